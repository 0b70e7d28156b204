"""What a municipality is told beside the receipt of a decision."""

import pytest

from tests.chassis.commands.posting import event, warned

ISSUED = event("request.issued")


@pytest.mark.parametrize("name", ["quota.decided", "answer.delayed"])
@pytest.mark.parametrize(
    "seen",
    [
        [],
        [ISSUED, event("request.withdrawn")],
        [event("request.issued", changes={"municipality": "4601"})],
        [event("request.issued", changes={"year": 2023})],
        [event("need.announced"), event("figure.published")],
    ],
    ids=["nothing", "withdrawn", "another municipality", "another year", "no request"],
)
def test_a_decision_without_a_request_is_accepted_and_warned_of(decisions, name, seen):
    decisions.observe(*seen)

    answer = decisions.post(event(name))

    assert answer.status_code == 201
    assert answer.json["warnings"] == [
        {
            "code": "no-request",
            "pointer": "/data/municipality",
            "message": "No request to this municipality for 2024 has been seen.",
        }
    ]


@pytest.mark.parametrize(
    "seen",
    [[ISSUED], [ISSUED, event("request.revised")], [ISSUED, event("request.withdrawn"), ISSUED]],
    ids=["issued", "revised", "issued again"],
)
def test_none_where_one_is_in_force(decisions, seen):
    decisions.observe(*seen)

    assert decisions.post(event("quota.decided")).json["warnings"] == []


def test_a_revision_or_withdrawal_says_no_more_of_it(decisions):
    decisions.post(event("quota.decided"))

    assert decisions.post(event("quota.revised")).json["warnings"] == []
    assert decisions.post(event("quota.withdrawn")).json["warnings"] == []


@pytest.mark.parametrize(
    ("decided", "revised"),
    [
        ({"unaccompaniedMinors": 55}, {"persons": 54}),
        ({"persons": 10}, {"unaccompaniedMinors": 11}),
        ({"extraCapacity": 10, "extraCapacityUnaccompaniedMinors": 5}, {"extraCapacity": 4}),
    ],
)
def test_a_part_left_above_its_whole_is_warned_of(decisions, decided, revised):
    decisions.post(event("quota.decided", changes=decided))

    answer = decisions.post(event("quota.revised", changes=revised))

    assert answer.status_code == 201
    assert warned(answer) == {f"/data/{name}": "part-above-whole" for name in revised}


def test_once_where_it_came_about(decisions):
    decisions.post(event("quota.decided", changes={"unaccompaniedMinors": 55}))
    decisions.post(event("quota.revised", changes={"persons": 54}))

    assert decisions.post(event("quota.revised", changes={"caseReference": "1"})).json["warnings"] == []
