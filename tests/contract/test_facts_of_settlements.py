"""The facts in force in a settlement: its allocation, its own facts, and what is left of them."""

import pytest

from services.contract.facts import facts_after
from tests.contract.folding import JUNE, fold

JULY = "2024-07-21T10:00:00.000000Z"
ALLOCATED = (
    "person.allocated",
    {"municipality": "0301", "allocatedOn": "2024-02-01", "readyOn": "2024-03-01"},
)
ACCEPTED = ("allocation.accepted", {"municipality": "0301", "plannedWeek": "2024-W35"})
SETTLED = (
    "person.settled",
    {
        "municipality": "0301",
        "settledOn": "2024-06-20",
        "district": "030101",
        "sex": "female",
        "ageGroup": None,
    },
)


def test_an_allocation_is_kept_through_its_acceptance_and_its_settlement():
    facts = fold(ALLOCATED, ACCEPTED, SETTLED)

    assert facts["state"] == "settled"
    assert facts["allocation"] == {
        "municipality": "0301",
        "allocatedOn": "2024-02-01",
        "readyOn": "2024-03-01",
        "plannedWeek": "2024-W35",
        "origin": "reported",
        "known": JUNE,
    }
    assert facts["settlement"] == {
        "municipality": "0301",
        "settledOn": "2024-06-20",
        "district": "030101",
        "sex": "female",
        "origin": "reported",
        "known": JUNE,
    }


@pytest.mark.parametrize(
    ("event", "state"),
    [("allocation.declined", "declined"), ("allocation.withdrawn", "allocation-withdrawn")],
)
def test_an_allocation_declined_or_withdrawn_is_no_longer_in_force(event, state):
    ended = (event, {"municipality": "0301", "reason": "x"})

    assert fold(ALLOCATED, ended) == {"state": state}
    assert fold(ALLOCATED, ACCEPTED, ended) == {"state": state}


def test_a_person_allocated_anew_has_the_new_allocation_alone():
    anew = ("person.allocated", {"municipality": "4601", "allocatedOn": "2024-04-01"})

    facts = fold(ALLOCATED, ACCEPTED, ("allocation.declined", {"municipality": "0301"}), anew)

    assert facts == {
        "state": "allocated",
        "allocation": {
            "municipality": "4601",
            "allocatedOn": "2024-04-01",
            "origin": "reported",
            "known": JUNE,
        },
    }


def test_a_correction_states_the_facts_whole():
    corrected = ("settlement.corrected", {"municipality": "0301", "settledOn": "2024-06", "reason": "x"})

    facts = facts_after(corrected[0], fold(ALLOCATED, ACCEPTED, SETTLED), corrected[1], "imported", JULY)

    assert facts["state"] == "corrected"
    assert facts["settlement"] == {
        "municipality": "0301",
        "settledOn": "2024-06",
        "origin": "imported",
        "known": JULY,
    }
    assert facts["allocation"]["plannedWeek"] == "2024-W35"


def test_a_correction_of_other_facts_leaves_when_the_date_became_known():
    same_day = ("settlement.corrected", {"municipality": "0301", "settledOn": "2024-06-20", "sex": "male"})

    facts = facts_after(same_day[0], fold(SETTLED), same_day[1], "reported", JULY)

    assert facts["settlement"]["known"] == JUNE
    assert facts["settlement"]["sex"] == "male"


def test_a_withdrawn_settlement_goes_back_to_its_allocation_or_is_closed():
    withdrawn = ("settlement.withdrawn", {"reason": "x"})

    assert fold(SETTLED, withdrawn) == {"state": "closed"}
    assert fold(ALLOCATED, ACCEPTED, SETTLED, withdrawn) == {
        "state": "allocated",
        "allocation": fold(ALLOCATED, ACCEPTED)["allocation"],
    }


def test_erasure_leaves_municipality_district_and_year():
    erased = ("settlement.attributes-erased", {})

    assert fold(SETTLED, erased) == {
        "state": "attributes-erased",
        "settlement": {
            "municipality": "0301",
            "district": "030101",
            "settledOn": "2024",
            "origin": "reported",
            "known": JUNE,
        },
    }


def test_erasure_reaches_the_allocation_too():
    facts = fold(ALLOCATED, ACCEPTED, SETTLED, ("settlement.attributes-erased", {}))

    assert facts["allocation"] == {
        "municipality": "0301",
        "allocatedOn": "2024",
        "origin": "reported",
        "known": JUNE,
    }


def test_erasure_of_a_closed_stream_leaves_it_closed():
    facts = fold(SETTLED, ("settlement.withdrawn", {}), ("settlement.attributes-erased", {}))

    assert facts == {"state": "closed"}


def test_after_erasure_a_withdrawal_goes_back_to_what_is_left_of_the_allocation():
    erased = ("settlement.attributes-erased", {})
    withdrawn = ("settlement.withdrawn", {})

    assert fold(SETTLED, erased, withdrawn) == {"state": "closed"}
    assert fold(ALLOCATED, ACCEPTED, SETTLED, erased, withdrawn) == {
        "state": "allocated",
        "allocation": {"municipality": "0301", "allocatedOn": "2024", "origin": "reported", "known": JUNE},
    }


def test_a_planned_week_no_longer_known_is_forgotten_and_one_not_mentioned_stays():
    back = [ALLOCATED, ACCEPTED, SETTLED, ("settlement.withdrawn", {})]

    forgotten = fold(*back, ("allocation.accepted", {"municipality": "0301", "plannedWeek": None}))
    kept = fold(*back, ("allocation.accepted", {"municipality": "0301"}))

    assert "plannedWeek" not in forgotten["allocation"]
    assert kept["allocation"]["plannedWeek"] == "2024-W35"
