"""Every type of the requests service, accepted and stored as the log will carry it."""

import pytest

from tests.chassis.commands.posting import SOURCE, event
from tests.contract.schemas.documents import LEAST, OPTIONAL_VALUES, SHORT

EARLIER = {"request.revised": ["request.issued"], "request.withdrawn": ["request.issued"]}
STREAMS = {
    "need.announced": ("NO/2024", "NO"),
    "figure.published": ("figure/0301/2024", "0301"),
    "request.issued": ("0301/2024", "0301"),
    "request.revised": ("0301/2024", "0301"),
    "request.withdrawn": ("0301/2024", "0301"),
}


@pytest.mark.parametrize("name", STREAMS)
def test_the_directorate_posts_each_type_and_gets_a_receipt(requests, name):
    for earlier in EARLIER.get(name, ()):
        requests.post(event(earlier), "imdi")
    stream, key = STREAMS[name]

    answer = requests.post(event(name, id="one"), "imdi")

    version = len(EARLIER.get(name, ())) + 1
    assert answer.status_code == 201
    assert answer.headers["ETag"] == f'"{version}"'
    assert answer.json["recordedTime"].startswith("2024-07-01T10:00:00.00000")
    assert answer.json | {"recordedTime": ""} == {
        "id": "one",
        "source": SOURCE,
        "stream": stream,
        "version": version,
        "recordedTime": "",
        "status": "accepted",
        "warnings": [],
    }
    stored = requests.stored()[-1]
    assert stored["recordedtime"] == answer.json["recordedTime"]
    assert (stored["subject"], stored["partitionkey"], stored["streamversion"]) == (stream, key, version)
    assert (stored["type"], stored["origin"]) == (SHORT[name].full_name, "reported")
    assert {field: value for field, value in stored["data"].items() if field != "previous"} == LEAST[name]
    assert ("previous" in stored["data"]) is (version > 1)


@pytest.mark.parametrize("name", STREAMS)
def test_every_field_that_may_be_told_is_stored(requests, name):
    for earlier in EARLIER.get(name, ()):
        requests.post(event(earlier))
    told = {
        field: OPTIONAL_VALUES[field]
        for field in SHORT[name].loader.fields
        if field in OPTIONAL_VALUES and field not in (*LEAST[name], "dimension", "category")
    }
    if name == "figure.published":
        told |= {"dimension": "sex", "category": "female"}

    answer = requests.post(
        event(name, changes={**told, "persons": 4_000} if "persons" in LEAST[name] else told)
    )

    assert answer.status_code == 201
    assert requests.stored()[-1]["data"].items() >= told.items()


def test_previous_is_the_facts_in_force_before(requests):
    steps = [
        event("request.issued", changes={"unaccompaniedMinors": 60, "answerBy": "2024-03-01"}),
        event("request.revised", changes={"persons": 1900, "answerBy": None}),
        event("request.revised", changes={"persons": 1800}),
        event("request.withdrawn"),
        event("request.issued", changes={"original": False}),
    ]
    facts = []
    for step in steps:
        assert requests.post(step).status_code == 201
        facts.append(requests.facts("requests", "0301/2024"))

    before = [one["data"].get("previous") for one in requests.stored()]

    assert before == [None, *facts[:-1]]
    assert [one["state"] for one in facts] == ["issued", "revised", "revised", "withdrawn", "issued"]
    assert before[2] == {
        "municipality": "0301",
        "year": 2024,
        "persons": 1900,
        "issuedOn": "2023-12-05",
        "revisedOn": "2024-03",
        "unaccompaniedMinors": 60,
        "original": {"persons": 2100},
        "state": "revised",
    }


def test_a_need_told_again_carries_the_need_before(requests):
    requests.post(event("need.announced", changes={"persons": 5120}))
    requests.post(event("need.announced", changes={"persons": 3600, "status": "revised"}))

    previous = requests.stored()[1]["data"]["previous"]
    assert previous["persons"] == 5120
    assert previous["original"] == {"status": "issued", "persons": 5120}


def test_a_figure_carries_only_the_one_that_it_replaces(requests):
    requests.post(event("figure.published", changes={"persons": 7}))
    requests.post(event("figure.published", changes={"measure": "quota", "persons": 9}))
    requests.post(event("figure.published", changes={"persons": 8}))

    second, third = (one["data"]["previous"]["figures"] for one in requests.stored()[1:])
    assert second == {}
    assert [figure["persons"] for figure in third.values()] == [7]
    assert len(requests.facts("figures", "figure/0301/2024")["figures"]) == 2


@pytest.mark.parametrize("name", STREAMS)
def test_a_subject_that_the_data_do_not_give_is_refused(requests, name):
    right, wrong = STREAMS[name][0], "0301/2023"

    answer = requests.post(event(name, subject=wrong))

    assert answer.status_code == 422
    assert answer.json["errors"] == [
        {
            "pointer": "/subject",
            "rule": "subject",
            "detail": f"The data give the subject {right}; leave it out or send that.",
        }
    ]
