"""The state tables, written out by hand: for each kind, what may happen in each state."""

import pytest

from services.contract.event_types import EVENT_TYPES
from services.contract.states import ALLOWED_FROM, State, allows

# Rows: state (None = no such stream yet). Entries: the events that may follow in it.
ALLOWED = {
    "needs": {
        None: {"need.announced"},
        "announced": {"need.announced"},
    },
    "figures": {
        None: {"figure.published"},
        "published": {"figure.published"},
    },
    "requests": {
        None: {"request.issued"},
        "issued": {"request.revised", "request.withdrawn"},
        "revised": {"request.revised", "request.withdrawn"},
        "withdrawn": {"request.issued"},
    },
    "decisions": {
        None: {"answer.delayed", "quota.decided"},
        "delayed": {"answer.delayed", "quota.decided"},
        "decided": {"quota.revised", "quota.withdrawn"},
        "revised": {"quota.revised", "quota.withdrawn"},
        "withdrawn": {"quota.decided"},
    },
    "settlements": {
        None: {"person.allocated", "person.settled"},
        "allocated": {"allocation.accepted", "allocation.declined", "allocation.withdrawn"},
        "accepted": {"person.settled", "allocation.declined", "allocation.withdrawn"},
        "declined": {"person.allocated"},
        "allocation-withdrawn": {"person.allocated"},
        "settled": {"settlement.corrected", "settlement.withdrawn", "settlement.attributes-erased"},
        "corrected": {"settlement.corrected", "settlement.withdrawn", "settlement.attributes-erased"},
        "attributes-erased": {"settlement.withdrawn"},
        "closed": {"settlement.attributes-erased"},
    },
    "releases": {None: {"release.published"}},
    "heartbeats": {None: {"heartbeat.sent"}},
    "generations": {None: {"generation.switched"}},
    "operations": {
        None: {"deadletter.retried", "deadletter.dropped"},
        "retried": {"deadletter.retried", "deadletter.dropped"},
        "dropped": {"deadletter.retried", "deadletter.dropped"},
    },
}

PAIRS = [
    (event.name, state, event.name in ALLOWED[event.kind].get(state, set()))
    for event in EVENT_TYPES.values()
    for state in (None, *State)
]


@pytest.mark.parametrize(("event", "state", "expected"), PAIRS)
def test_an_event_follows_in_a_state_only_where_the_table_says_so(event, state, expected):
    assert allows(event, state) is expected


def test_every_event_type_has_its_states():
    assert set(ALLOWED_FROM) == {event.name for event in EVENT_TYPES.values()}


def test_every_state_belongs_to_some_kind_of_stream():
    named = {state for table in ALLOWED.values() for state in table if state is not None}

    assert named == set(State)
