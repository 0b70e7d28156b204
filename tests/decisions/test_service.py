"""Every type of the decisions service, accepted and stored as the log will carry it."""

import pytest

from tests.chassis.commands.posting import SOURCE, event, told
from tests.contract.schemas.documents import LEAST, OPTIONAL_VALUES, SHORT

EARLIER = {
    "quota.decided": [],
    "quota.revised": ["quota.decided"],
    "quota.withdrawn": ["quota.decided"],
    "answer.delayed": [],
}


@pytest.mark.parametrize(("name", "earlier"), EARLIER.items())
def test_a_municipality_posts_each_type_and_gets_a_receipt(decisions, name, earlier):
    decisions.observe(event("request.issued"))
    for before in earlier:
        decisions.post(event(before), "0301")

    answer = decisions.post(event(name, id="one", subject="0301/2024"), "0301")

    version = len(earlier) + 1
    assert answer.status_code == 201
    assert answer.headers["ETag"] == f'"{version}"'
    assert answer.json | {"recordedTime": ""} == {
        "id": "one",
        "source": SOURCE,
        "stream": "0301/2024",
        "version": version,
        "recordedTime": "",
        "status": "accepted",
        "warnings": [],
    }
    stored = decisions.stored()[-1]
    assert stored["recordedtime"] == answer.json["recordedTime"]
    assert (stored["subject"], stored["partitionkey"], stored["streamversion"]) == (
        "0301/2024",
        "0301",
        version,
    )
    assert (stored["type"], stored["origin"]) == (SHORT[name].full_name, "reported")
    assert {field: value for field, value in stored["data"].items() if field != "previous"} == LEAST[name]
    assert ("previous" in stored["data"]) is bool(earlier)


@pytest.mark.parametrize(("name", "earlier"), EARLIER.items())
def test_every_field_that_may_be_told_is_stored(decisions, name, earlier):
    for before in earlier:
        decisions.post(event(before))
    optional = SHORT[name].loader.fields.keys() - LEAST[name].keys()
    told = {field: OPTIONAL_VALUES[field] for field in optional} | (
        {"persons": 100} if "persons" in optional else {}
    )

    answer = decisions.post(event(name, changes=told))

    assert answer.status_code == 201
    assert decisions.stored()[-1]["data"].items() >= told.items()


def test_previous_is_the_facts_in_force_before(decisions):
    shares = [{"code": "030101", "persons": 100}]
    steps = [
        event("answer.delayed", changes={"reason": "The council meets in May."}),
        event("quota.decided", changes={"districts": shares, "caseReference": "2024/1"}),
        event(
            "quota.revised", changes={"persons": 1650, "reason": "Fewer houses.", "reasonCode": "capacity"}
        ),
        event("quota.revised", changes={"districts": None, "caseReference": None}),
        event("quota.withdrawn"),
        event("quota.decided", changes={"persons": 0}),
    ]
    facts = []
    for step in steps:
        assert decisions.post(step).status_code == 201
        facts.append(decisions.facts("decisions", "0301/2024"))

    before = [one["data"].get("previous") for one in decisions.stored()]

    assert before == [None, *facts[:-1]]
    assert before[1] == {"municipality": "0301", "year": 2024, "expectedOn": "2024-03-15", "state": "delayed"}
    assert before[3] == {
        "municipality": "0301",
        "year": 2024,
        "persons": 1650,
        "decidedOn": "2024-05-02",
        "districts": shares,
        "caseReference": "2024/1",
        "original": {"persons": 2100},
        "state": "revised",
    }
    assert "districts" not in before[4]
    assert before[4]["persons"] == 1650


@pytest.mark.parametrize("subject", ["0301/2023", "4601/2024", "0301", "decisions/0301/2024"])
def test_a_subject_that_the_data_do_not_give_is_refused(decisions, subject):
    assert told(decisions.post(event("quota.decided", subject=subject))) == {"/subject": "subject"}
