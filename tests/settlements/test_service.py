"""Every type of the settlements service, accepted and stored as the log will carry it."""

import pytest

from tests.chassis.commands.posting import POSTED_BY, SOURCE, event, new_person, told
from tests.contract.schemas.documents import LEAST, OPTIONAL_VALUES, SHORT

ACCEPTED = ["person.allocated", "allocation.accepted"]
EARLIER = {
    "person.allocated": [],
    "allocation.accepted": ["person.allocated"],
    "allocation.declined": ACCEPTED,
    "allocation.withdrawn": ACCEPTED,
    "person.settled": ACCEPTED,
    "settlement.corrected": [*ACCEPTED, "person.settled"],
    "settlement.withdrawn": ["person.settled"],
    "settlement.attributes-erased": ["person.settled"],
}


@pytest.mark.parametrize(("name", "earlier"), EARLIER.items())
def test_each_type_is_posted_by_who_it_is_for_and_gets_a_receipt(settlements, name, earlier):
    settlements.observe(event("quota.decided"))
    person = new_person()
    for before in earlier:
        assert settlements.post(event(before, subject=person), POSTED_BY[before]).status_code == 201

    answer = settlements.post(event(name, id="one", subject=person), POSTED_BY[name])

    version = len(earlier) + 1
    assert answer.status_code == 201
    assert answer.headers["ETag"] == f'"{version}"'
    assert answer.json | {"recordedTime": ""} == {
        "id": "one",
        "source": SOURCE,
        "stream": person,
        "version": version,
        "recordedTime": "",
        "status": "accepted",
        "warnings": [],
    }
    stored = settlements.stored()[-1]
    assert stored["recordedtime"] == answer.json["recordedTime"]
    assert (stored["subject"], stored["partitionkey"], stored["streamversion"]) == (person, "0301", version)
    assert (stored["type"], stored["origin"]) == (SHORT[name].full_name, "reported")
    assert {field: value for field, value in stored["data"].items() if field != "previous"} == LEAST[name]
    assert ("previous" in stored["data"]) is bool(earlier)


@pytest.mark.parametrize(("name", "earlier"), EARLIER.items())
def test_every_field_that_may_be_told_is_stored(settlements, name, earlier):
    person = new_person()
    for before in earlier:
        settlements.post(event(before, subject=person))
    optional = SHORT[name].loader.fields.keys() - LEAST[name].keys() - {"age"}
    said = {field: OPTIONAL_VALUES[field] for field in optional}

    answer = settlements.post(event(name, changes=said, subject=person))

    assert answer.status_code == 201
    assert settlements.stored()[-1]["data"].items() >= said.items()


def test_previous_is_the_facts_in_force_before(settlements):
    person = new_person()
    steps = [
        event("person.allocated", subject=person, changes={"arrival": "resettlement"}),
        event("allocation.declined", subject=person, changes={"reasonCode": "capacity"}),
        event("person.allocated", subject=person, origin="imported"),
        event("allocation.accepted", subject=person, changes={"plannedWeek": "2024-W20"}),
        event("person.settled", subject=person, changes={"sex": "female", "age": 31}, knowntime="2024-06"),
        event("settlement.corrected", subject=person, changes={"sex": "male", "reason": "A slip."}),
        event("settlement.attributes-erased", subject=person),
        event("settlement.withdrawn", subject=person),
        event("allocation.declined", subject=person),
    ]
    facts = []
    for step in steps:
        assert settlements.post(step).status_code == 201
        facts.append(settlements.facts("settlements", person))

    before = [one["data"].get("previous") for one in settlements.stored()]

    assert before == [None, *facts[:-1]]
    assert (
        before[5]["allocation"].items()
        >= {
            "municipality": "0301",
            "allocatedOn": "2024-02-01",
            "origin": "imported",
            "plannedWeek": "2024-W20",
        }.items()
    )
    assert before[5]["settlement"] == {
        "municipality": "0301",
        "settledOn": "2024-06-20",
        "sex": "female",
        "ageGroup": "30-55",
        "origin": "reported",
        "known": "2024-06-30T21:59:59.000000Z",
    }
    assert "A slip." not in str(before)


@pytest.mark.parametrize(
    "subject",
    ["0301/2024", "12", "", "not-a-uuid-at-all-but-36-characters-x", "6ba7b8109dad11d180b400c04fd430c8"],
)
def test_a_subject_that_is_no_settlement_id_is_refused(settlements, subject):
    answer = settlements.post(event("person.settled", subject=subject))

    assert answer.status_code == 422
    assert told(answer)["/subject"] in ("subject", "form")


def test_a_settlement_wants_its_id(settlements):
    assert told(settlements.post(event("person.settled"))) == {"/subject": "required"}
