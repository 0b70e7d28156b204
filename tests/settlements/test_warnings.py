"""What a municipality is told beside the receipt of a settlement."""

import pytest

from tests.chassis.commands.posting import event, new_person, warned

DECIDED = event("quota.decided", changes={"persons": 2})
SETTLED = event("person.settled")


def settled(settlements, name="person.settled", **changes):
    return settlements.post(event(name, changes=changes, subject=new_person()))


def with_previous(name, state="settled", changes=None, **settlement):
    """A later event of a settlement as it stands on the log."""
    facts = {"municipality": "0301", "settledOn": "2024-06-20", **settlement}
    return event(name, changes={**(changes or {}), "previous": {"state": state, "settlement": facts}})


@pytest.mark.parametrize(
    "seen",
    [
        [],
        [DECIDED, event("quota.withdrawn", changes={"previous": {"persons": 2}})],
        [event("answer.delayed")],
        [event("quota.decided", changes={"year": 2023})],
        [event("quota.decided", changes={"municipality": "4601"})],
        [DECIDED, event("quota.revised", changes={"persons": None})],
    ],
    ids=["nothing", "withdrawn", "delayed", "another year", "another municipality", "no longer known"],
)
def test_a_settlement_without_a_decision_is_accepted_and_warned_of(settlements, seen):
    settlements.observe(*seen)

    answer = settled(settlements)

    assert answer.status_code == 201
    assert answer.json["warnings"] == [
        {
            "code": "no-decision",
            "pointer": "/data/municipality",
            "message": "No decision of 0301 for 2024 has been seen; settlement goes on meanwhile.",
        }
    ]


def test_one_within_the_quota_is_not(settlements):
    settlements.observe(DECIDED, SETTLED)

    assert settled(settlements).json["warnings"] == []


def test_one_above_it_is_accepted_and_warned_of(settlements):
    settlements.observe(DECIDED, SETTLED, SETTLED)

    answer = settled(settlements)

    assert answer.status_code == 201
    assert answer.json["warnings"] == [
        {
            "code": "above-quota",
            "pointer": "/data/municipality",
            "message": "With this person 3 are settled in 2024; 2 were decided.",
        }
    ]


def test_decided_nought_is_a_quota_of_nought(settlements):
    settlements.observe(event("quota.decided", changes={"persons": 0}))

    assert warned(settled(settlements)) == {"/data/municipality": "above-quota"}


def test_the_year_is_that_of_the_settlement(settlements):
    settlements.observe(DECIDED, SETTLED, SETTLED, event("quota.decided", changes={"year": 2023}))

    assert settled(settlements, settledOn="2023").json["warnings"] == []


@pytest.mark.parametrize(
    "revised",
    [
        event("quota.revised", changes={"persons": 3}),
        event("quota.revised", changes={"previous": {"persons": 3}}),
    ],
    ids=["persons", "something else"],
)
def test_the_quota_is_the_decision_as_revised(settlements, revised):
    settlements.observe(DECIDED, SETTLED, SETTLED, revised)

    assert settled(settlements).json["warnings"] == []


@pytest.mark.parametrize(
    ("later", "warnings"),
    [
        (with_previous("settlement.withdrawn"), {}),
        (with_previous("settlement.withdrawn", "attributes-erased", settledOn="2024"), {}),
        (with_previous("settlement.corrected", changes={"settledOn": "2023-05-05"}), {}),
        (
            with_previous("settlement.corrected", settledOn="2023-05-05"),
            {"/data/municipality": "above-quota"},
        ),
        (with_previous("settlement.corrected"), {"/data/municipality": "above-quota"}),
        (with_previous("settlement.attributes-erased"), {"/data/municipality": "above-quota"}),
    ],
    ids=["withdrawn", "erased, withdrawn", "moved away", "moved here", "corrected", "erased"],
)
def test_those_settled_are_counted_as_the_log_tells(settlements, later, warnings):
    settlements.observe(DECIDED, SETTLED, SETTLED, later)

    assert warned(settled(settlements)) == warnings


def test_allocations_are_not_counted(settlements):
    allocated = [event("person.allocated"), event("allocation.accepted"), event("allocation.declined")]
    settlements.observe(DECIDED, SETTLED, *allocated)

    assert settled(settlements).json["warnings"] == []


def test_a_correction_or_withdrawal_is_not_warned_of(settlements):
    person = new_person()
    settlements.post(event("person.settled", subject=person))

    for name in ("settlement.corrected", "settlement.attributes-erased", "settlement.withdrawn"):
        assert settlements.post(event(name, subject=person)).json["warnings"] == []
