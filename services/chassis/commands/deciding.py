"""Decide on one admitted event by what the store holds: give a receipt, or refuse it."""

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.commands import refusals
from services.chassis.commands.admission import Admitted
from services.chassis.commands.domain import Domain
from services.chassis.commands.receipts import Outcome, Receipt
from services.chassis.commands.seen import Seen
from services.chassis.store import NewEvent, StoredReceipt, StoreTransaction, StreamHead
from services.contract.codes import Origin
from services.contract.entitlements import owns_stream, owns_subject
from services.contract.envelope import known_time_of
from services.contract.facts import facts_after, previous_of
from services.contract.states import allows

_CARRIED = ("time", "knowntime", "traceparent")

TakeRoom = Callable[[int], bool]
"""Takes room for one event of so many bytes; False where there is none."""


def decide(tx: StoreTransaction, one: Admitted, domain: Domain, seen: Seen, take_room: TakeRoom) -> Receipt:
    """Add an event to what the transaction stores and give its receipt, or the first one of a repeat.

    Raises `Problem` 403, 409, 412, 422 or 503; then it has changed nothing.
    """
    event_type, envelope, data, subject = one.event_type, one.envelope, one.data, one.subject
    stored = tx.receipt(one.caller_name, envelope["source"], envelope["id"])
    if stored is not None:
        first = _first_receipt(stored)
        if stored.digest != one.digest:
            raise refusals.other_content(first)
        return first
    head = tx.head(event_type.kind, subject)
    _check_stream(one, head, domain)
    before = None if head is None else head.facts
    origin = envelope.get("origin", Origin.REPORTED)
    content = _content(one, head, domain, origin)
    recorded = tx.next_moment(head)
    after = facts_after(event_type.name, before, data, origin, _known(envelope, recorded))
    warnings = [remark.as_document() for remark in domain.warnings(event_type, data, after, seen)]
    if not take_room(one.size):
        raise refusals.backlog()
    version = 0 if head is None else head.version
    new = NewEvent(
        one.caller_name,
        envelope["source"],
        envelope["id"],
        one.digest,
        event_type.kind,
        subject,
        version,
        content["partitionkey"],
        content,
        warnings,
        lambda _recorded: after,
    )
    tx.add(new, recorded)
    return Receipt(
        envelope["id"], envelope["source"], subject, version + 1, recorded, Outcome.ACCEPTED, warnings
    )


def _first_receipt(stored: StoredReceipt) -> Receipt:
    return Receipt(
        stored.event_id,
        stored.source,
        stored.subject,
        stored.version,
        stored.recorded_time,
        Outcome.DUPLICATE,
        stored.warnings,
    )


def _check_stream(one: Admitted, head: StreamHead | None, domain: Domain) -> None:
    if not _may_learn_of(one, head):
        raise refusals.not_your_data()
    if one.if_match is not None and not one.if_match.holds(None if head is None else head.version):
        raise refusals.changed_meanwhile(None if head is None else head.version)
    state = None if head is None else head.facts["state"]
    if not allows(one.event_type.name, state):
        raise refusals.wrong_state(one.event_type.name, state)
    if head is not None:
        faults = domain.faults_against(one.event_type, one.data, head.facts)
        if faults:
            raise refusals.invalid(faults)


def _may_learn_of(one: Admitted, head: StreamHead | None) -> bool:
    """Whether the sender may be told anything of the stream, be it that there is none."""
    if head is not None:
        return owns_stream(one.caller, head.facts, head.partition_key)
    return allows(one.event_type.name, None) or owns_subject(one.caller, one.subject)


def _content(one: Admitted, head: StreamHead | None, domain: Domain, origin: str) -> dict[str, Any]:
    """The event as it will stand on the log, all but what store and relay add."""
    event_type, envelope, data = one.event_type, one.envelope, one.data
    if head is None:
        key = domain.region_of(event_type, data)
        told = data
    else:
        key = head.partition_key
        told = {**data, "previous": previous_of(event_type.name, head.facts, data)}
    content = {
        "specversion": "1.0",
        "id": envelope["id"],
        "source": envelope["source"],
        "type": event_type.full_name,
        "subject": one.subject,
        "datacontenttype": "application/json",
        "origin": origin,
        "partitionkey": key,
        "streamversion": 1 if head is None else head.version + 1,
        "data": told,
    }
    for name in _CARRIED:
        if name in envelope:
            content[name] = envelope[name]
    return content


def _known(envelope: Mapping[str, Any], recorded: str) -> str:
    if "knowntime" not in envelope:
        return recorded
    return known_time_of({"recordedtime": recorded, "knowntime": envelope["knowntime"]})
