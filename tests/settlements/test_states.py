"""What may follow what in the streams of the settlements service."""

import pytest

from tests.chassis.commands.posting import event, new_person
from tests.chassis.commands.states import brought_to, each_pair, expect

ANSWERS = ["allocation.declined", "allocation.withdrawn"]
SETTLEMENTS = {
    "none": ["person.allocated", "person.settled"],
    "allocated": ["allocation.accepted", *ANSWERS],
    "accepted": ["person.settled", *ANSWERS],
    "declined": ["person.allocated"],
    "allocation-withdrawn": ["person.allocated"],
    "settled": ["settlement.corrected", "settlement.withdrawn", "settlement.attributes-erased"],
    "corrected": ["settlement.corrected", "settlement.withdrawn", "settlement.attributes-erased"],
    "attributes-erased": ["settlement.withdrawn"],
    "closed": ["settlement.attributes-erased"],
}


@pytest.mark.parametrize(("state", "name", "allowed"), each_pair("settlements", SETTLEMENTS))
def test_a_settlement_takes_what_its_state_allows(settlements, state, name, allowed):
    person = new_person()
    version = brought_to(settlements, "settlements", state, subject=person)

    answer = settlements.post(event(name, subject=person))

    expect(answer, state, name, allowed=allowed, version=version + 1, instead=SETTLEMENTS[state])
    assert len(settlements.stored()) == version + allowed


def post_all(settlements, *names):
    """Post events to one stream; the state that the last one leads to."""
    person = new_person()
    for name in names:
        answer = settlements.post(event(name, subject=person))
        assert answer.status_code == 201, answer.text
    return settlements.facts("settlements", person)["state"]


ALLOCATED = ("person.allocated", "allocation.accepted", "person.settled")


def test_withdrawing_the_settlement_of_a_person_allocated_leads_back_there(settlements):
    assert post_all(settlements, *ALLOCATED, "settlement.withdrawn") == "allocated"


def test_and_so_after_a_correction_or_an_erasure(settlements):
    assert post_all(settlements, *ALLOCATED, "settlement.corrected", "settlement.withdrawn") == "allocated"
    assert (
        post_all(settlements, *ALLOCATED, "settlement.attributes-erased", "settlement.withdrawn")
        == "allocated"
    )


def test_from_there_the_person_can_be_settled_again(settlements):
    again = ("settlement.withdrawn", "allocation.accepted", "person.settled")

    assert post_all(settlements, *ALLOCATED, *again) == "settled"


def test_a_settlement_without_allocation_is_closed_when_withdrawn(settlements):
    assert post_all(settlements, "person.settled", "settlement.withdrawn") == "closed"


def test_a_closed_settlement_can_be_erased_and_stays_closed(settlements):
    names = ("person.settled", "settlement.withdrawn", "settlement.attributes-erased")

    assert post_all(settlements, *names) == "closed"
