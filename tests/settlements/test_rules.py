"""The rules of the settlements service, by HTTP."""

import pytest

from tests.chassis.commands.posting import detail_at, event, new_person, told

IN_OSLO = {"municipality": "0301"}
IN_BERGEN = {"municipality": "4601"}


@pytest.fixture
def person():
    return new_person()


@pytest.fixture
def post(settlements, person):
    """Post an event about one person."""
    return lambda name, /, **changes: settlements.post(event(name, changes=changes, subject=person))


@pytest.mark.parametrize("when", ["2024-07-02", "2024-08", "2025"])
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("person.settled", "settledOn"),
        ("person.allocated", "allocatedOn"),
        ("settlement.corrected", "settledOn"),
    ],
)
def test_what_has_happened_does_not_lie_in_the_future(post, name, field, when):
    assert told(post(name, **{field: when})) == {f"/data/{field}": "in-future"}


@pytest.mark.parametrize("when", ["2024-07-01", "2024-07", "2024", "2016-05", "2016"])
def test_a_day_a_month_or_a_year_that_has_begun_does_not(post, when):
    assert post("person.settled", settledOn=when).status_code == 201


def test_today_is_the_day_in_norway(settlements, post):
    settlements.clock.advance(hours=12, minutes=30)

    assert post("person.settled", settledOn="2024-07-02").status_code == 201


@pytest.mark.parametrize(
    "when", ["2024-13", "2024-02-30", "24", "2024-6-1", "20240601", "1989", "yesterday", "", None, 2024]
)
def test_what_is_no_date_is_refused(post, when):
    assert told(post("person.settled", settledOn=when)) == {"/data/settledOn": "form"}


@pytest.mark.parametrize(
    ("allocated", "settled"),
    [("2024-02-01", "2024-01-31"), ("2024-02-01", "2024-01"), ("2024-02", "2023"), ("2024", "2023-12-31")],
)
def test_nobody_is_settled_before_being_allocated(post, allocated, settled):
    post("person.allocated", allocatedOn=allocated)
    post("allocation.accepted")

    answer = post("person.settled", settledOn=settled)

    assert told(answer) == {"/data/settledOn": "before-allocation"}
    assert allocated in detail_at(answer, "/data/settledOn")


@pytest.mark.parametrize(
    ("allocated", "settled"),
    [("2024-02-01", "2024-02-01"), ("2024-02-15", "2024-02"), ("2024-02-15", "2024"), ("2024", "2024-01-01")],
)
def test_dates_that_may_be_in_order_are_accepted(post, allocated, settled):
    post("person.allocated", allocatedOn=allocated)
    post("allocation.accepted")

    assert post("person.settled", settledOn=settled).status_code == 201


def test_nor_is_a_settlement_corrected_to_a_day_before_it(post):
    post("person.allocated")
    post("allocation.accepted")
    post("person.settled")

    assert told(post("settlement.corrected", settledOn="2023")) == {"/data/settledOn": "before-allocation"}
    assert post("settlement.corrected", settledOn="2024").status_code == 201


def test_a_person_allocated_is_settled_by_the_municipality_that_it_was_allocated_to(post):
    post("person.allocated", **IN_OSLO)
    post("allocation.accepted", **IN_OSLO)

    answer = post("person.settled", **IN_BERGEN)

    assert told(answer) == {"/data/municipality": "municipality-changed"}
    assert "another allocation comes first" in detail_at(answer, "/data/municipality")


@pytest.mark.parametrize("name", ["allocation.accepted", "allocation.declined", "allocation.withdrawn"])
def test_an_answer_is_about_the_municipality_of_the_allocation(post, name):
    post("person.allocated", **IN_OSLO)

    assert told(post(name, **IN_BERGEN)) == {"/data/municipality": "municipality-changed"}


def test_after_another_allocation_the_person_is_settled_there(post):
    for name in ("person.allocated", "allocation.declined"):
        post(name, **IN_OSLO)
    for name in ("person.allocated", "allocation.accepted", "person.settled"):
        assert post(name, **IN_BERGEN).status_code == 201


def test_a_correction_keeps_the_municipality(post):
    post("person.settled", **IN_OSLO)

    answer = post("settlement.corrected", **IN_BERGEN)

    assert told(answer) == {"/data/municipality": "municipality-changed"}
    assert "withdraw here" in detail_at(answer, "/data/municipality")
    assert post("settlement.corrected", **IN_OSLO, district="030105").status_code == 201


def test_a_retired_municipality_is_refused_with_its_successor_named(post):
    answer = post("person.settled", municipality="1201")

    assert told(answer) == {"/data/municipality": "region-not-valid"}
    assert "4601 Bergen" in detail_at(answer, "/data/municipality")


def test_a_municipality_is_valid_by_the_day_of_settlement_not_by_today(post):
    assert post("person.settled", municipality="1201", settledOn="2019-12-31").status_code == 201
    assert told(post("settlement.corrected", municipality="1201", settledOn="2020-01-01")) == {
        "/data/municipality": "region-not-valid"
    }


def test_a_municipality_that_is_not_there_yet_is_refused(post):
    assert "1201 Bergen" in detail_at(
        post("person.settled", municipality="4601", settledOn="2019"), "/data/municipality"
    )


def test_the_municipality_not_stated_is_one(post):
    assert post("person.settled", municipality="9999").status_code == 201


@pytest.mark.parametrize(
    ("district", "rule"),
    [("460101", "district-elsewhere"), ("030199", "region-unknown"), ("0301", "region-level")],
)
def test_a_district_is_one_of_the_municipality(post, district, rule):
    assert told(post("person.settled", district=district)) == {"/data/district": rule}


@pytest.mark.parametrize("name", ["person.settled", "settlement.corrected", "person.allocated"])
@pytest.mark.parametrize("field", ["name", "birthDate", "nationalIdentityNumber", "address", "conditions"])
def test_nothing_undeclared_about_a_person_is_taken(post, name, field):
    answer = post(name, **{field: "canary"})

    assert told(answer) == {f"/data/{field}": "undeclared-field"}
    assert "Only declared fields" in detail_at(answer, f"/data/{field}")
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    ("age", "group"),
    [(0, "0-17"), (17, "0-17"), (18, "18-29"), (55, "30-55"), (67, "56-67"), (68, "68+"), (130, "68+")],
)
def test_an_age_becomes_the_age_group(settlements, post, age, group):
    post("person.settled", age=age)

    data = settlements.stored()[0]["data"]
    assert data["ageGroup"] == group
    assert "age" not in data


def test_an_age_is_kept_nowhere(settlements, post, log_lines):
    post("person.settled", age=101)
    post("settlement.corrected", age=102)
    post("settlement.corrected", age=-103)

    for text in (settlements.bytes_on_disk(), log_lines().encode()):
        assert b'"age"' not in text
        for age in (b":101", b":102", b":-103", b": 101", b": 102"):
            assert age not in text


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"age": 30, "ageGroup": "30-55"}, "/data/age"),
        ({"age": 131}, "/data/age"),
        ({"age": "30"}, "/data/age"),
        ({"care": "institution", "unaccompaniedMinor": False}, "/data/care"),
        ({"sex": "f"}, "/data/sex"),
        ({"ageGroup": "30-54"}, "/data/ageGroup"),
        ({"countryOfOrigin": "UA"}, "/data/countryOfOrigin"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_pointer(post, changes, pointer):
    assert told(post("person.settled", **changes)) == {pointer: "form"}


@pytest.mark.parametrize(
    "field", ["district", "countryOfOrigin", "sex", "ageGroup", "unaccompaniedMinor", "housing"]
)
def test_what_is_not_known_of_a_person_may_be_null(post, field):
    assert post("person.settled", **{field: None}).status_code == 201
