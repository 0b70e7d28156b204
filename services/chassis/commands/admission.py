"""What an event tells by itself: whether its sender may post it, and whether it is whole."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from services.chassis.commands import refusals
from services.chassis.commands.domain import Domain
from services.chassis.commands.parsing import ParsedEvent
from services.chassis.commands.preconditions import IfMatch
from services.contract.entitlements import Caller, may_post_type, may_say_origin, owns_data
from services.contract.envelope import digest_of, first_known_moment, said_by
from services.contract.event_types import EventType
from services.contract.faults import Fault
from services.contract.partial_date import today_in_oslo


class Admitted(NamedTuple):
    """An event that may be stored, as far as it tells itself, and under which condition."""

    event_type: EventType
    envelope: Mapping[str, Any]
    data: dict[str, Any]
    subject: str
    digest: str
    caller: Caller
    caller_name: str
    if_match: IfMatch | None
    size: int
    """Bytes that it will take in the store, near enough for a cap."""


_AROUND_CONTENT = 400


def admit(
    parsed: ParsedEvent, caller: Caller, domain: Domain, now: datetime, if_match: IfMatch | None = None
) -> Admitted:
    """An event that nothing in itself speaks against; raises `Problem` 403 or 422 with every fault."""
    event_type, envelope, data = parsed.event_type, parsed.envelope, parsed.data
    if event_type is not None and not may_post_type(caller, event_type):
        raise refusals.forbidden("You may not post events of this type.")
    if not may_say_origin(caller, envelope.get("origin"), envelope.get("knowntime")):
        raise refusals.forbidden("Only an importer may send origin and knowntime.")
    faults = parsed.faults + _faults_in(parsed, domain, now)
    subject = _subject_of(parsed, domain)
    if isinstance(subject, Fault):
        faults.append(subject)
    if event_type is None or subject is None or isinstance(subject, Fault) or faults:
        raise refusals.invalid(faults)
    if not owns_data(caller, event_type, data):
        raise refusals.not_your_data()
    said = said_by(event_type.full_name, subject, envelope, data)
    return Admitted(
        event_type,
        envelope,
        data,
        subject,
        digest_of(said),
        caller,
        caller.name,
        if_match,
        _AROUND_CONTENT + len(said),
    )


def _faults_in(parsed: ParsedEvent, domain: Domain, now: datetime) -> list[Fault]:
    faults: list[Fault] = []
    known = parsed.envelope.get("knowntime")
    if known is not None and first_known_moment(known) > now:
        faults.append(Fault("/knowntime", "in-future", "A fact can't be known before now."))
    if parsed.event_type is not None:
        found = domain.faults_in(parsed.event_type, parsed.data, today_in_oslo(now))
        if found:
            told = {fault.pointer for fault in parsed.faults}
            faults += [fault for fault in found if fault.pointer not in told]
    return faults


def _subject_of(parsed: ParsedEvent, domain: Domain) -> str | Fault | None:
    """The stream, what is wrong with it, or None where faulty data do not give it."""
    if parsed.event_type is None or any(fault.pointer == "/subject" for fault in parsed.faults):
        return None
    try:
        return domain.subject_of(parsed.event_type, parsed.envelope.get("subject"), parsed.data)
    except KeyError:
        return None
