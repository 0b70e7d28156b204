"""Decide on one event: refuse it with every fault, or store it once and give a receipt."""

import random
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson
import structlog

from services.chassis import metrics
from services.chassis.clock import Clock, utc_now
from services.chassis.commands import refusals
from services.chassis.commands.backlog import DEFAULT_CAP, Cap, Place, Room
from services.chassis.commands.domain import Domain
from services.chassis.commands.parsing import ParsedEvent, parse_event
from services.chassis.commands.receipts import Outcome, Receipt
from services.chassis.commands.seen import Seen
from services.chassis.database import UNAVAILABLE
from services.chassis.problems import Problem
from services.chassis.relay import outbox
from services.chassis.store import EventStore, NewEvent, StoreTransaction, StreamHead, VersionConflict
from services.contract.codes import Origin
from services.contract.entitlements import Caller, may_post_type, may_say_origin, owns_data, owns_stream
from services.contract.envelope import content_digest, first_known_moment, known_time_of
from services.contract.event_types import EventType, types_of
from services.contract.facts import facts_after, previous_of
from services.contract.faults import Fault
from services.contract.partial_date import today_in_oslo
from services.contract.states import allows
from services.contract.topics import TopicGeneration

log = structlog.get_logger()

ATTEMPTS = 100
"""How often an event is tried that others overtake; each time one of them has got through."""

LONGEST_PAUSE = 0.02


class CommandHandler:
    """Takes the events of one service."""

    def __init__(
        self,
        topic: TopicGeneration,
        domain: Domain,
        store: EventStore,
        clock: Clock = utc_now,
        cap: Cap = DEFAULT_CAP,
    ) -> None:
        service = topic.topic.removeprefix("bosatt.")
        self.service = service
        self.event_types = types_of(service)
        self._domain = domain
        self._store = store
        self._clock = clock
        self._store_fault: str | None = None
        self._room = Room(lambda: outbox.backlog(store.database), cap)

    def handle(self, document: Any, caller: Caller, *, dry_run: bool = False) -> Receipt:
        """Accept one CloudEvent or raise `Problem` (403, 409, 422, 503) with what to do about it."""
        parsed = parse_event(document, self.event_types)
        try:
            receipt = self._decide(parsed, caller, dry_run)
        except Problem as problem:
            self._count_refusal(parsed, problem)
            raise
        self._count(parsed.event_type, "dry-run" if dry_run else receipt.status)
        return receipt

    def _decide(self, parsed: ParsedEvent, caller: Caller, dry_run: bool) -> Receipt:
        event_type, envelope, data = parsed.event_type, parsed.envelope, parsed.data
        if event_type is not None and not may_post_type(caller, event_type):
            raise refusals.forbidden("You may not post events of this type.")
        if not may_say_origin(caller, envelope.get("origin"), envelope.get("knowntime")):
            raise refusals.forbidden("Only an importer may send origin and knowntime.")
        faults = parsed.faults + self._faults_in(parsed)
        subject = self._subject_of(parsed)
        if isinstance(subject, Fault):
            faults.append(subject)
        if event_type is None or subject is None or isinstance(subject, Fault) or faults:
            raise refusals.invalid(faults)
        if not owns_data(caller, event_type, data):
            raise refusals.not_your_data()
        self._room.look()
        for _ in range(ATTEMPTS):
            try:
                receipt = self._store_once(event_type, envelope, data, subject, caller, dry_run)
            except VersionConflict:
                time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - spread, not secrecy
            except UNAVAILABLE as error:
                self._note_store(type(error).__name__)
                break
            else:
                self._note_store(None)
                return receipt
        raise refusals.busy()

    def _note_store(self, fault: str | None) -> None:
        """Tell operators once when the store can't be used, and once when it can again.

        Locked for longer than we wait, or out of order, only they can tell. Its own text may hold data.
        """
        if fault != self._store_fault:
            self._store_fault = fault
            if fault is None:
                log.warning("store.available", service=self.service)
            else:
                log.error("store.unavailable", service=self.service, error=fault)

    def _faults_in(self, parsed: ParsedEvent) -> list[Fault]:
        faults: list[Fault] = []
        known = parsed.envelope.get("knowntime")
        if known is not None and first_known_moment(known) > self._clock():
            faults.append(Fault("/knowntime", "in-future", "A fact can't be known before now."))
        if parsed.event_type is not None:
            today = today_in_oslo(self._clock())
            found = self._domain.faults_in(parsed.event_type, parsed.data, today)
            told = {fault.pointer for fault in parsed.faults}
            faults += [fault for fault in found if fault.pointer not in told]
        return faults

    def _subject_of(self, parsed: ParsedEvent) -> str | Fault | None:
        """The stream, what is wrong with it, or None where faulty data do not give it."""
        if parsed.event_type is None or any(fault.pointer == "/subject" for fault in parsed.faults):
            return None
        try:
            return self._domain.subject_of(parsed.event_type, parsed.envelope.get("subject"), parsed.data)
        except KeyError:
            return None

    def _store_once(
        self,
        event_type: EventType,
        envelope: Mapping[str, Any],
        data: dict[str, Any],
        subject: str,
        caller: Caller,
        dry_run: bool,
    ) -> Receipt:
        transaction = self._store.rehearsal if dry_run else self._store.transaction
        place = Place(self._room, needed=not dry_run)
        try:
            with transaction() as tx:
                return self._append(tx, event_type, envelope, data, subject, caller, place)
        except VersionConflict:
            place.give_back()
            raise

    def _append(
        self,
        tx: StoreTransaction,
        event_type: EventType,
        envelope: Mapping[str, Any],
        data: dict[str, Any],
        subject: str,
        caller: Caller,
        place: Place,
    ) -> Receipt:
        found = tx.look(
            caller.name,
            envelope["source"],
            envelope["id"],
            event_type.kind,
            subject,
        )
        if found.closed is not None:
            raise refusals.closed(found.closed)
        digest = content_digest(event_type.full_name, subject, envelope, data)
        stored, head = found.receipt, found.head
        if stored is not None:
            first = Receipt(
                stored.event_id,
                stored.source,
                stored.subject,
                stored.version,
                stored.recorded_time,
                Outcome.DUPLICATE,
                stored.warnings,
            )
            if stored.digest != digest:
                raise refusals.other_content(first)
            return first
        before = None if head is None else head.facts
        self._check_stream(event_type, data, head, caller)
        origin = envelope.get("origin", Origin.REPORTED)
        content = self._content(event_type, envelope, data, subject, head, origin)
        rehearsal = facts_after(event_type.name, before, data, origin, "")
        warnings = self._domain.warnings(
            event_type, data, rehearsal, Seen(self._store.database, tx.connection)
        )
        new = NewEvent(
            caller=caller.name,
            source=envelope["source"],
            event_id=envelope["id"],
            digest=digest,
            kind=event_type.kind,
            subject=subject,
            expected_version=0 if head is None else head.version,
            partition_key=content["partitionkey"],
            content=content,
            warnings=[asdict(warning) for warning in warnings],
            facts_of=lambda recorded: facts_after(
                event_type.name, before, data, origin, _known(envelope, recorded)
            ),
        )
        if not place.take(len(orjson.dumps(content))):
            raise refusals.backlog()
        recorded = tx.append(new)
        return Receipt(
            new.event_id,
            new.source,
            subject,
            new.expected_version + 1,
            recorded,
            Outcome.ACCEPTED,
            list(new.warnings),
        )

    def _check_stream(
        self, event_type: EventType, data: dict[str, Any], head: StreamHead | None, caller: Caller
    ) -> None:
        before = None if head is None else head.facts
        if head is not None and not owns_stream(caller, head.facts, head.partition_key):
            raise refusals.not_your_data()
        state = None if before is None else before["state"]
        if not allows(event_type.name, state):
            raise refusals.wrong_state(event_type.name, state)
        if before is not None:
            faults = self._domain.faults_against(event_type, data, before)
            if faults:
                raise refusals.invalid(faults)

    def _content(
        self,
        event_type: EventType,
        envelope: Mapping[str, Any],
        data: dict[str, Any],
        subject: str,
        head: StreamHead | None,
        origin: str,
    ) -> dict[str, Any]:
        """The event as it will stand on the log, all but what store and relay add."""
        carried = {name: envelope[name] for name in ("time", "knowntime", "traceparent") if name in envelope}
        if head is None:
            key = self._domain.region_of(event_type, data)
            told = data
        else:
            key = head.partition_key
            told = {**data, "previous": previous_of(event_type.name, head.facts, data)}
        return {
            "specversion": "1.0",
            "id": envelope["id"],
            "source": envelope["source"],
            "type": event_type.full_name,
            "subject": subject,
            "datacontenttype": "application/json",
            **carried,
            "origin": origin,
            "partitionkey": key,
            "streamversion": 1 if head is None else head.version + 1,
            "data": told,
        }

    def _count(self, event_type: EventType | None, outcome: str) -> None:
        name = "unknown" if event_type is None else event_type.name
        metrics.COMMANDS.labels(self.service, name, outcome).inc()

    def _count_refusal(self, parsed: ParsedEvent, problem: Problem) -> None:
        self._count(parsed.event_type, problem.kind)
        for rule in sorted({fault.rule for fault in problem.faults} or {problem.kind}):
            metrics.COMMANDS_REJECTED.labels(self.service, rule).inc()


def _known(envelope: Mapping[str, Any], recorded: str) -> str:
    return known_time_of({"recordedtime": recorded, "knowntime": envelope.get("knowntime")})
