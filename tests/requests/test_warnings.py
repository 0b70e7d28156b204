"""What the directorate is told beside its receipt."""

import pytest

from tests.chassis.commands.posting import event, warned

DECIDED = event("quota.decided")
WITHDRAWN = event("quota.withdrawn", changes={"previous": {"persons": 2100}})


@pytest.mark.parametrize("name", ["request.revised", "request.withdrawn"])
def test_a_request_changed_after_its_answer_is_warned_of(requests, name):
    requests.post(event("request.issued"))
    requests.observe(DECIDED)

    answer = requests.post(event(name))

    assert answer.status_code == 201
    assert answer.json["warnings"] == [
        {
            "code": "already-decided",
            "pointer": "/data/municipality",
            "message": "The municipality has already decided to settle 2100.",
        }
    ]


@pytest.mark.parametrize(
    "seen",
    [
        [],
        [DECIDED, WITHDRAWN],
        [event("answer.delayed")],
        [event("quota.decided", changes={"municipality": "4601"})],
        [event("quota.decided", changes={"year": 2023})],
        [DECIDED, event("quota.revised", changes={"persons": None})],
    ],
    ids=["nothing", "withdrawn", "delayed", "another municipality", "another year", "no longer known"],
)
def test_not_before_there_is_one(requests, seen):
    requests.post(event("request.issued"))
    requests.observe(*seen)

    assert requests.post(event("request.revised")).json["warnings"] == []


def test_the_latest_decision_is_named(requests):
    requests.post(event("request.issued"))
    requests.observe(DECIDED, event("quota.revised", changes={"persons": 7}))
    requests.observe(event("quota.revised", changes={"previous": {"persons": 7}}))

    assert "settle 7." in requests.post(event("request.revised")).json["warnings"][0]["message"]


def test_the_first_request_is_not_warned_of(requests):
    requests.observe(DECIDED)

    assert requests.post(event("request.issued")).json["warnings"] == []


@pytest.mark.parametrize(
    ("first", "then"),
    [("request.issued", "request.revised"), ("need.announced", "need.announced")],
)
def test_a_part_left_above_its_whole_is_warned_of(requests, first, then):
    requests.post(event(first, changes={"unaccompaniedMinors": 55}))

    assert warned(requests.post(event(then, changes={"persons": 54}))) == {
        "/data/persons": "part-above-whole"
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"persons": 55},
        {"persons": 54, "unaccompaniedMinors": 54},
        {"persons": 1, "unaccompaniedMinors": None},
    ],
)
def test_none_where_the_part_fits_or_is_no_longer_known(requests, changes):
    requests.post(event("request.issued", changes={"unaccompaniedMinors": 55}))

    assert requests.post(event("request.revised", changes=changes)).json["warnings"] == []


def test_a_resettlement_left_above_its_whole_is_warned_of(requests):
    requests.post(event("need.announced", changes={"persons": 5000, "resettlement": 3000}))

    answer = requests.post(event("need.announced", changes={"persons": 2000}))

    assert warned(answer) == {"/data/persons": "part-above-whole"}
