"""The state tables: what may follow what in each kind of stream.

`None` is the state of a stream that does not exist yet. Where a withdrawal of a settlement
leads (back to ``allocated`` or to ``closed``) depends on the facts; see ``facts.py``.
"""

from enum import StrEnum


class State(StrEnum):
    ANNOUNCED = "announced"
    PUBLISHED = "published"
    ISSUED = "issued"
    REVISED = "revised"
    DELAYED = "delayed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    ALLOCATED = "allocated"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ALLOCATION_WITHDRAWN = "allocation-withdrawn"
    SETTLED = "settled"
    CORRECTED = "corrected"
    ERASED = "attributes-erased"
    CLOSED = "closed"
    RETRIED = "retried"
    DROPPED = "dropped"


_SETTLED = (State.SETTLED, State.CORRECTED)
# A place of the log may come to hold another record, where the log itself had to be made anew.
_OPERATED = frozenset((None, State.RETRIED, State.DROPPED))

ALLOWED_FROM: dict[str, frozenset[State | None]] = {
    "need.announced": frozenset((None, State.ANNOUNCED)),
    "figure.published": frozenset((None, State.PUBLISHED)),
    "request.issued": frozenset((None, State.WITHDRAWN)),
    "request.revised": frozenset((State.ISSUED, State.REVISED)),
    "request.withdrawn": frozenset((State.ISSUED, State.REVISED)),
    "answer.delayed": frozenset((None, State.DELAYED)),
    "quota.decided": frozenset((None, State.DELAYED, State.WITHDRAWN)),
    "quota.revised": frozenset((State.DECIDED, State.REVISED)),
    "quota.withdrawn": frozenset((State.DECIDED, State.REVISED)),
    "person.allocated": frozenset((None, State.DECLINED, State.ALLOCATION_WITHDRAWN)),
    "allocation.accepted": frozenset((State.ALLOCATED,)),
    "allocation.declined": frozenset((State.ALLOCATED, State.ACCEPTED)),
    "allocation.withdrawn": frozenset((State.ALLOCATED, State.ACCEPTED)),
    "person.settled": frozenset((None, State.ACCEPTED)),
    "settlement.corrected": frozenset(_SETTLED),
    "settlement.withdrawn": frozenset((*_SETTLED, State.ERASED)),
    "settlement.attributes-erased": frozenset((*_SETTLED, State.CLOSED)),
    "release.published": frozenset((None,)),
    "heartbeat.sent": frozenset((None,)),
    "generation.switched": frozenset((None,)),
    "deadletter.retried": _OPERATED,
    "deadletter.dropped": _OPERATED,
}
"""For each event, the states in which its stream may be for the event to be accepted."""

STATES_OF: dict[str, tuple[State, ...]] = {
    "needs": (State.ANNOUNCED,),
    "figures": (State.PUBLISHED,),
    "requests": (State.ISSUED, State.REVISED, State.WITHDRAWN),
    "decisions": (State.DELAYED, State.DECIDED, State.REVISED, State.WITHDRAWN),
    "settlements": (
        State.ALLOCATED,
        State.ACCEPTED,
        State.DECLINED,
        State.ALLOCATION_WITHDRAWN,
        State.SETTLED,
        State.CORRECTED,
        State.ERASED,
        State.CLOSED,
    ),
}
"""The states in which a stream of each kind that clients post to can be."""


def allows(event: str, state: State | None) -> bool:
    """Whether an event may follow in a stream that is in a state."""
    return state in ALLOWED_FROM[event]
