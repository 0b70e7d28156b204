"""The ways in which an event is refused, as problem details."""

from collections.abc import Sequence

from services.chassis.commands.receipts import Receipt
from services.chassis.problems import Problem
from services.contract.codes import Role
from services.contract.event_types import EVENT_TYPES, PREFIX, VERSION, EventType, types_of
from services.contract.faults import Fault
from services.contract.states import State, allows


def invalid(faults: Sequence[Fault]) -> Problem:
    """Something in the event itself must be mended."""
    return Problem(
        422,
        "invalid-event",
        "The event can't be accepted as it is",
        f"{len(faults)} thing{'s' if len(faults) > 1 else ''} to mend; nothing was stored.",
        faults=faults,
    )


def forbidden(detail: str) -> Problem:
    return Problem(403, "forbidden", "Not allowed", detail)


def not_your_data() -> Problem:
    """One text for all cases, so that it does not tell whether anything exists."""
    return forbidden(
        "You may post events about your own data only, and subject and data name nothing of yours. "
        "Look at both."
    )


def wrong_state(event: str, state: str | None) -> Problem:
    """The event can't follow in its stream; says what can, and what to do."""
    event_type = EVENT_TYPES[f"{PREFIX}{event}.{VERSION}"]
    able = [one for one in types_of(event_type.service).values() if _may_follow(one, event_type.kind, state)]
    if state is None:
        named, advice = "does not exist yet", "Nothing has been reported in it: check its subject."
    else:
        named = f"is in the state {state}"
        advice = f"See what was posted: GET /{event_type.service}/v1/streams/SUBJECT."
    return Problem(
        409,
        "state",
        "The event does not fit the stream's state",
        f"The stream {named}; {event} can't follow. What can: {', '.join(map(_with_poster, able))}. {advice}",
        members={"state": state or "none", "allowed": [one.full_name for one in able]},
    )


def _may_follow(event_type: EventType, kind: str, state: str | None) -> bool:
    return event_type.kind == kind and allows(event_type.name, None if state is None else State(state))


def _with_poster(event_type: EventType) -> str:
    by_directorate = Role.DIRECTORATE in event_type.posted_by
    return f"{event_type.name} (by the directorate)" if by_directorate else event_type.name


def changed_meanwhile(version: int | None) -> Problem:
    """The stream is at another version than the sender has seen."""
    now = "does not exist" if version is None else f"is at version {version}"
    return Problem(
        412,
        "changed-meanwhile",
        "The stream is not as you have seen it",
        f"The stream {now}. Look at its events, and send yours again with its ETag if it still fits.",
        members={} if version is None else {"version": version},
        headers={} if version is None else {"ETag": f'"{version}"'},
    )


def other_content(first: Receipt) -> Problem:
    """The event's source and id were used before for something else."""
    return Problem(
        409,
        "event-conflict",
        "Another event has this source and id",
        "An event with the same source and id, but other content, was stored before. Give a new event "
        "a new id; to change what was reported, post the type of event that revises or corrects it.",
        members={"receipt": first.as_document()},
    )


def busy() -> Problem:
    """The store could not be written to in time; on a lost connection nobody knows whether it was."""
    return Problem(
        503,
        "busy",
        "The store is busy",
        "Send the event again: however often it is sent, it is stored once.",
        headers={"Retry-After": "1"},
    )


def unread() -> Problem:
    """The store could not be read in time."""
    return Problem(
        503,
        "busy",
        "The store is busy",
        "What is stored can't be read at the moment. Ask again.",
        headers={"Retry-After": "1"},
    )


def closed(reason: str) -> Problem:
    """The log is ahead of the store; accepting would give its sequences to other events."""
    return Problem(
        503,
        "closed",
        "The service is closed until it is restored",
        f"{reason} Those who run it must call: bosatt restore.",
        headers={"Retry-After": "60"},
    )


def backlog() -> Problem:
    """So much waits for the log that no more is taken; it opens by itself as that gets less."""
    return Problem(
        503,
        "backlog",
        "Too much waits to be passed on",
        "The event was not stored: the event log can't be reached, or not fast enough, and the events "
        "that wait for it have reached their cap. Send it again later.",
        headers={"Retry-After": "30"},
    )
