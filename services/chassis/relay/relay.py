"""The relay of one service: lease, sequence, send in order, move the cursor.

The rules (design, "The flow"): sequences come from the store's table, never from memory or the
log. The cursor is the highest sequence up to which every record is acknowledged. After any send
error and as a new leader a new producer sends everything after the cursor again. An
acknowledgement whose offset is not above that of its predecessor counts as a send error. A
leader sequences nothing before it has looked whether the log holds more than the store.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from services.chassis import metrics
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Stillness
from services.chassis.log.port import EventLog, Fenced, LogError, Producer, SendFailed
from services.chassis.relay import outbox
from services.chassis.relay.heartbeat import Heartbeats
from services.chassis.relay.lease import Lease, LeaseLost, Leases
from services.chassis.relay.log_check import close_where_behind, highest_on_log
from services.chassis.relay.sequencing import Sequenced, sequence_events
from services.chassis.store import EventStore
from services.chassis.store.order import Claims
from services.contract.envelope import time_text
from services.contract.topics import TopicGeneration

log = structlog.get_logger()

CLAIM_PAUSE = 0.2
"""Seconds until it is looked again whether the transactions have ended that keep a claim back."""


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """How a relay works: ``lease_seconds`` until another may take over, ``batch`` records a send."""

    holder: str
    lease_seconds: float = 10.0
    batch: int = 1_000


@dataclass(slots=True)
class _Leadership:
    """What a leader has in hand; all of it is given up with the lease.

    ``unclaimed`` is the latest recorded time of the events sequenced that no claim covers yet, "" for
    none.
    """

    lease: Lease
    producer: Producer
    closed: bool
    cursor: int
    offsets: dict[int, int]
    claims: Claims
    held_at: float
    unclaimed: str = ""


class Relay:
    """Brings one service's events to its topic. Call `step` again and again from one thread."""

    def __init__(
        self,
        service: str,
        store: EventStore,
        log: EventLog,
        topic: TopicGeneration,
        settings: RelaySettings,
        heartbeats: Heartbeats,
        clock: Clock = utc_now,
        announced: Callable[[], TopicGeneration] | None = None,
    ) -> None:
        """``announced`` tells the generation that the log says is in force."""
        self.service = service
        self.topic = topic
        self._store = store
        self._log = log
        self._settings = settings
        self._clock = clock
        self._heartbeats = heartbeats
        self._announced = announced or (lambda: topic)
        self._leases = Leases(store.database, topic, settings.holder, settings.lease_seconds, clock)
        self._leading: _Leadership | None = None
        self._stillness = Stillness(store.database)
        metrics.RELAY_LEADER.labels(service).set(0)

    def step(self) -> bool:
        """One round; True when there may be more to do at once.

        Raises `LogError` after a failed send or while the log can't be reached; the next round
        begins again after the cursor.
        """
        if self._stillness.is_still():
            return False
        leading = self._leading or self._lead()
        if leading is None:
            return False
        try:
            return self._round(leading)
        except (LeaseLost, Fenced):
            self._count_failure("lease_lost")
            self._abandon(leading)
            return False
        except LogError as error:
            self._count_failure(type(error).__name__)
            self._begin_anew(leading)
            raise

    def close(self) -> None:
        """Give the lease back, so that another relay need not wait for it to expire."""
        leading = self._leading
        if leading is not None:
            self._abandon(leading)
            self._leases.give_back(leading.lease)
        self._heartbeats.close()
        self._stillness.close()

    def _round(self, leading: _Leadership) -> bool:
        if leading.closed and not self._opened_again(leading):
            return False
        sequenced = self._sequence(leading)
        if sequenced is not None and sequenced.through is not None:
            self._heartbeats.note(self.topic, sequenced.through, sequenced.last)
        waiting = outbox.after_cursor(
            self._store.database, self.topic.generation, leading.cursor, self._settings.batch
        )
        if waiting:
            self._send(leading, waiting)
        self._heartbeats.send_due(self._log, leading.cursor)
        self._stillness.found(nothing=sequenced is None and not waiting)
        return len(waiting) == self._settings.batch

    def _sequence(self, leading: _Leadership) -> Sequenced | None:
        """Sequence what waits; None where nothing does and the lease need not be prolonged."""
        now = time.monotonic()
        most = self._settings.batch
        newest = outbox.newest_unsequenced(self._store, self.topic.generation, most)
        if newest is None and not self._is_due(leading):
            return None
        leading.claims.begin(newest or "")
        with self._store.database.write() as connection:
            leading.lease.hold(connection, self._leases.expiry())
            sequenced = sequence_events(
                connection, leading.lease, self.topic, most, self._store.order, leading.claims
            )
        leading.held_at = now
        leading.unclaimed = max(leading.unclaimed, sequenced.newest)
        if sequenced.through is not None and time_text(sequenced.through) >= leading.unclaimed:
            leading.unclaimed = ""
        return sequenced

    def _send(self, leading: _Leadership, waiting: Sequence[outbox.ToSend]) -> None:
        offsets = leading.producer.send([one.record for one in waiting])
        reached: dict[int, int] = {}
        for one, offset in zip(waiting, offsets, strict=True):
            partition = one.record.partition
            if offset <= reached.get(partition, leading.offsets[partition]):
                raise SendFailed("An acknowledged offset does not rise.")
            reached[partition] = offset
        cursor = waiting[-1].sequence
        with self._store.database.write() as connection:
            leading.lease.hold(connection, self._leases.expiry())
            outbox.move_cursor(connection, leading.lease, cursor, reached)
        leading.cursor = cursor
        leading.offsets.update(reached)
        leading.held_at = time.monotonic()
        metrics.RELAY_PUBLISHED.labels(self.service).inc(len(waiting))

    def _lead(self) -> _Leadership | None:
        lease = self._leases.take()
        if lease is None:
            return None
        try:
            self._leading = self._prepare(lease)
        except LeaseLost:
            return None
        except LogError:
            # Who can't lead lets another try, and comes back with a higher token.
            self._leases.give_back(lease)
            raise
        metrics.RELAY_LEADER.labels(self.service).set(1)
        return self._leading

    def _prepare(self, lease: Lease) -> _Leadership:
        try:
            # This shuts out whoever had a lower token, before anything is read.
            producer = self._log.producer(self.topic, lease.token)
        except Fenced:
            # Another relay leads by now; or the store is an old back-up, its tokens as old.
            self._is_behind(lease)
            raise
        with contextlib.ExitStack() as undo:
            undo.callback(producer.close)
            closed = self._is_behind(lease)
            cursor, offsets = outbox.acknowledged(self._store.database, self.topic.generation)
            undo.pop_all()
        claims = self._store.order.claims()
        return _Leadership(lease, producer, closed, cursor, offsets, claims, time.monotonic())

    def _is_behind(self, lease: Lease) -> bool:
        """Look whether the log holds more than the store, and close or open the service by it."""
        highest = highest_on_log(self._log, self._store.database, self.topic)
        announced = self._announced()
        with self._store.database.write() as connection:
            lease.hold(connection, self._leases.expiry())
            closed = close_where_behind(connection, self.topic, highest, announced)
        metrics.SERVICE_CLOSED.labels(self.service).set(closed)
        if closed:
            log.error("relay.service_closed", service=self.service, mend=f"bosatt restore {self.service}")
        return closed

    def _opened_again(self, leading: _Leadership) -> bool:
        """Look from time to time, keeping the lease, whether the store has been filled since."""
        if not self._is_due(leading):
            return False
        leading.closed = self._is_behind(leading.lease)
        leading.cursor, leading.offsets = outbox.acknowledged(self._store.database, self.topic.generation)
        leading.held_at = time.monotonic()
        return not leading.closed

    def _is_due(self, leading: _Leadership) -> bool:
        """Whether it is time to prolong the lease, or to look whether all is sequenced by now."""
        pause = self._settings.lease_seconds / 3
        return time.monotonic() - leading.held_at >= min(pause, CLAIM_PAUSE if leading.unclaimed else pause)

    def _begin_anew(self, leading: _Leadership) -> None:
        """After a send error: a new producer, and everything after the cursor again."""
        with contextlib.suppress(LogError):
            leading.producer.close()
        try:
            leading.producer = self._log.producer(self.topic, leading.lease.token)
        except LogError:
            self._abandon(leading)
            self._leases.give_back(leading.lease)

    def _abandon(self, leading: _Leadership) -> None:
        self._leading = None
        metrics.RELAY_LEADER.labels(self.service).set(0)
        with contextlib.suppress(LogError):
            leading.producer.close()

    def _count_failure(self, reason: str) -> None:
        metrics.RELAY_FAILURES.labels(self.service, reason).inc()
