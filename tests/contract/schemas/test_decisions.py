"""Events of the decisions service."""

import pytest

from tests.contract.schemas.documents import LEAST, OPTIONAL_VALUES, SHORT, faults, load

DECISIONS = ["quota.decided", "quota.revised", "quota.withdrawn", "answer.delayed"]
REVISABLE = [
    "persons",
    "decidedBy",
    "acceptsUnaccompaniedMinors",
    "unaccompaniedMinors",
    "extraCapacity",
    "extraCapacityUnaccompaniedMinors",
    "capacityNeeds",
    "caseReference",
    "districts",
]


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize(
    "field", ["conditions", "reservations", "nationality", "familyReunification", "onlyFamilies", "previous"]
)
def test_a_condition_or_reservation_is_refused_with_the_reason_for_the_rule(name, field):
    found = faults(name, **{field: "Only families from Ukraine."})

    assert list(found) == [field]
    assert "A decision gives a clear number for one year" in found[field][0]
    assert "no conditions on nationality or family" in found[field][0]
    assert "family reunification is not counted" in found[field][0]


def test_a_condition_on_a_districts_share_is_refused_likewise():
    found = faults("quota.decided", districts=[{"code": "030101", "persons": 5, "conditions": "none"}])

    assert list(found["districts"][0]) == ["conditions"]
    assert "A decision gives a clear number" in found["districts"][0]["conditions"][0]


@pytest.mark.parametrize("field", REVISABLE)
def test_a_revision_may_say_of_every_fact_that_it_is_no_longer_known(field):
    assert load("quota.revised", **{field: None})[field] is None


@pytest.mark.parametrize("field", REVISABLE)
def test_a_revision_may_change_every_fact(field):
    assert load("quota.revised", **{field: OPTIONAL_VALUES[field]})[field] == OPTIONAL_VALUES[field]


@pytest.mark.parametrize("field", ["municipality", "year", "persons", "decidedOn"])
def test_a_first_decision_must_know_its_number_and_its_date(field):
    assert list(faults("quota.decided", **{field: None})) == [field]


@pytest.mark.parametrize("field", ["municipality", "year", "decidedOn", "reason", "reasonCode"])
def test_a_revision_must_know_what_it_is_about(field):
    assert list(faults("quota.revised", **{field: None})) == [field]


def test_a_decided_nought_is_a_number():
    assert load("quota.decided", persons=0)["persons"] == 0


def test_everything_wrong_with_districts_is_said_by_place():
    shares = [{"code": "030101", "persons": "1"}, None, 3, {"persons": 1}, {"code": "030102", "persons": 1}]

    found = faults("quota.decided", districts=shares)["districts"]

    assert {place: list(messages) for place, messages in found.items() if place in (0, 3)} == {
        0: ["persons"],
        3: ["code"],
    }
    assert found[1] == ["Field may not be null."]
    assert found[2] == {"_schema": ["Must be a JSON object."]}


@pytest.mark.parametrize(("number", "fine"), [(0, True), (100, True), (101, False)])
def test_a_decision_has_at_most_a_hundred_shares(number, fine):
    shares = [{"code": f"{place:06d}", "persons": 0} for place in range(number)]

    assert (faults("quota.decided", districts=shares) == {}) is fine


@pytest.mark.parametrize("expected", ["2024", "2024-03"])
def test_a_delay_names_a_full_date(expected):
    assert list(faults("answer.delayed", expectedOn=expected)) == ["expectedOn"]


@pytest.mark.parametrize("name", DECISIONS)
def test_a_document_is_kept_as_written(name):
    assert SHORT[name].loader.load(LEAST[name]) == LEAST[name]
