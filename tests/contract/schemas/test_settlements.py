"""Events of the settlements service."""

import pytest

from tests.contract.schemas.documents import faults, load

SETTLED = ["person.settled", "settlement.corrected"]


@pytest.mark.parametrize("name", SETTLED)
@pytest.mark.parametrize(
    ("age", "group"), [(0, "0-17"), (17, "0-17"), (18, "18-29"), (68, "68+"), (130, "68+")]
)
def test_an_age_becomes_its_group_and_is_not_kept(name, age, group):
    loaded = load(name, age=age)

    assert loaded["ageGroup"] == group
    assert "age" not in loaded


@pytest.mark.parametrize("age", [-1, 131, 17.5, 17.0, "17", True, None])
def test_an_age_is_a_whole_number_of_years(age):
    assert list(faults("person.settled", age=age)) == ["age"]


@pytest.mark.parametrize("name", SETTLED)
def test_an_age_and_a_group_are_not_given_both(name):
    assert faults(name, age=20, ageGroup="18-29") == {"age": ["Give age or ageGroup, not both."]}


@pytest.mark.parametrize("care", ["institution", "shared_housing", "foster_home"])
def test_only_an_unaccompanied_minor_has_a_form_of_care(care):
    assert faults("person.settled", care=care, unaccompaniedMinor=True) == {}
    assert faults("person.settled", care=care) == {}
    assert list(faults("person.settled", care=care, unaccompaniedMinor=False)) == ["care"]
    assert faults("person.settled", care=None, unaccompaniedMinor=False) == {}


@pytest.mark.parametrize("name", SETTLED)
@pytest.mark.parametrize(
    "field",
    [
        "district",
        "countryOfOrigin",
        "sex",
        "ageGroup",
        "unaccompaniedMinor",
        "care",
        "arrival",
        "housing",
        "alternativeReceptionPlace",
    ],
)
def test_what_is_not_known_of_a_person_may_be_null(name, field):
    assert load(name, **{field: None})[field] is None


@pytest.mark.parametrize("name", SETTLED)
@pytest.mark.parametrize("field", ["municipality", "settledOn"])
def test_where_and_when_a_person_was_settled_must_be_known(name, field):
    assert list(faults(name, **{field: None})) == [field]


@pytest.mark.parametrize(
    "field", ["name", "address", "birthDate", "nationalIdentityNumber", "dufNumber", "hash", "reason"]
)
def test_who_the_person_is_has_no_place_in_a_settlement(field):
    found = faults("person.settled", **{field: "x"})

    assert list(found) == [field]
    assert "nothing about a person is stored that nobody has a use for" in found[field][0]


@pytest.mark.parametrize(
    ("field", "value"), [("sex", "unknown"), ("ageGroup", "unknown"), ("countryOfOrigin", "XXX")]
)
def test_unknown_and_other_can_be_said(field, value):
    assert load("person.settled", **{field: value})[field] == value


@pytest.mark.parametrize("settled_on", ["2016", "2016-05", "2016-05-17"])
def test_the_day_of_a_settlement_may_be_a_month_or_a_year(settled_on):
    assert load("person.settled", settledOn=settled_on)["settledOn"] == settled_on


@pytest.mark.parametrize("week", ["2024-W01", "2024-W35", "2024-W52", "2020-W53", None])
def test_a_person_is_planned_for_a_week(week):
    assert load("allocation.accepted", plannedWeek=week)["plannedWeek"] == week


@pytest.mark.parametrize(
    "week",
    [
        "2024-W00",
        "2024-W54",
        "2023-W53",
        "0000-W01",
        "2024-W35\n",
        "2024-35",
        "W35",
        "2024-W5",
        "2024-W35-1",
        35,
        "",
    ],
)
def test_what_is_no_week_is_refused(week):
    assert list(faults("allocation.accepted", plannedWeek=week)) == ["plannedWeek"]


@pytest.mark.parametrize("field", ["readyOn", "unaccompaniedMinor", "arrival"])
def test_what_is_not_known_of_an_allocation_may_be_null(field):
    assert load("person.allocated", **{field: None})[field] is None


def test_an_erasure_says_nothing():
    found = faults("settlement.attributes-erased", reason="x", municipality="0301")

    assert set(found) == {"reason", "municipality"}


def test_what_does_not_fit_together_is_said_at_once_with_all_other_faults():
    found = faults(
        "person.settled",
        age=20,
        ageGroup="18-29",
        care="institution",
        unaccompaniedMinor=False,
        sex="x",
        name="y",
    )

    assert set(found) == {"age", "care", "sex", "name"}
