"""Which partitions this member of a group has, found out in a thread of its own.

kafka-python joins a group while somebody polls, and only then: a joining that ends between two
polls is thrown away and begun anew, which upsets the whole group again (3.0.12; members that were
polled in turn never got through). So a client of its own, which reads nothing, is polled without a
pause here, and a batch that takes long holds nobody up.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import kafka
from kafka import ConsumerRebalanceListener, TopicPartition
from kafka.errors import KafkaError

from services.chassis.log.kafka.client import open_client
from services.chassis.log.kafka.faults import log_faults
from services.chassis.log.kafka.options import Timing
from services.chassis.log.port import LogError, LogUnreachable
from services.chassis.loops import Backoff

POLL_SECONDS = 0.2
SILENCE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 2.0
CLOSE_SECONDS = 3.0

Share = frozenset[TopicPartition]


@dataclass(frozen=True, slots=True)
class Change:
    """What a member has from now on. All of it is to be sought: others may have had it meanwhile."""

    share: Share


class Membership:
    """A membership of one group, from `start` to `close`.

    It ends for a while when nobody asks for the time of the longest batch: who has one in hand for
    so long may hang, and others shall have its partitions. While a group shares out anew each
    member keeps what it had: nobody else gets that before the new shares are known.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        partitions: Iterable[TopicPartition],
        prepare: Callable[[], None],
        timing: Timing,
    ) -> None:
        """``prepare`` is called before the group is joined and raises `LogError` where that is no use."""
        self._options = options
        self._partitions = list(partitions)
        self._prepare = prepare
        self._timing = timing
        self._news = threading.Condition()
        self._change: Change | None = None
        self._fault: LogError | None = None
        self._has_share = False
        self._heard = self._asked = monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kafka-membership", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def change(self, timeout: float) -> Change | None:
        """The last change that was not told yet; None where there is none within ``timeout`` seconds."""
        with self._news:
            self._asked = monotonic()
            self._news.wait_for(lambda: self._change is not None or self._fault is not None, timeout)
            self._asked = monotonic()
            change, self._change = self._change, None
            return change

    def fault(self) -> LogError | None:
        """What kept this member out of its group when it last tried; told once."""
        with self._news:
            fault, self._fault = self._fault, None
            return fault

    def close(self) -> None:
        """Leave the group. Where no broker can be told, the session's end tells."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        backoff = Backoff(longest=LONGEST_PAUSE_SECONDS)
        while not self._stopping.is_set():
            if self._is_forgotten():
                self._stopping.wait(POLL_SECONDS)
                continue
            try:
                self._take_part(backoff)
            except LogError as fault:
                self._tell(fault)
            except Exception as error:
                self._tell(LogError(f"The membership of a group failed: {type(error).__name__}."))
            self._stopping.wait(backoff.pause())

    def _take_part(self, backoff: Backoff) -> None:
        """Be a member until told to stop or forgotten; raises what makes a new client necessary."""
        self._prepare()
        kind: Callable[..., Any] = kafka.KafkaConsumer
        client = open_client(kind, self._options)
        try:
            topics = sorted({partition.topic for partition in self._partitions})
            client.subscribe(topics, listener=_Listener(client, self._took))
            while not self._stopping.is_set() and not self._is_forgotten():
                try:
                    with log_faults():
                        client.poll(timeout_ms=POLL_SECONDS * 1_000)
                        self._make_sure(client)
                except LogUnreachable as fault:
                    self._tell(fault)
                    self._stopping.wait(backoff.pause())
                else:
                    backoff.reset()
        finally:
            with suppress(KafkaError, RuntimeError, OSError):
                client.close(autocommit=False, timeout_ms=CLOSE_SECONDS * 500)
            self._took(frozenset())

    def _make_sure(self, client: Any) -> None:
        """A member without a share asks from time to time whether the log is there at all."""
        if self._has_share or monotonic() - self._heard < SILENCE_SECONDS:
            return
        client.end_offsets(self._partitions[:1], timeout_ms=self._timing.request * 1_000)
        self._heard = monotonic()

    def _is_forgotten(self) -> bool:
        return monotonic() - self._asked > self._timing.longest_batch

    def _took(self, share: Share) -> None:
        with self._news:
            self._change, self._fault = Change(share), None
            self._has_share = bool(share)
            self._heard = monotonic()
            self._news.notify_all()

    def _tell(self, fault: LogError) -> None:
        with self._news:
            self._fault = fault
            self._news.notify_all()


class _Listener(ConsumerRebalanceListener):
    """What the client says of partitions given and taken; its assignor takes all before it gives."""

    def __init__(self, client: Any, took: Callable[[Share], None]) -> None:
        self._client = client
        self._took = took

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        share = frozenset(assigned)
        for partition in share:
            # With a position the client does not look for one; paused, it does not read.
            self._client.seek(partition, 0)
            self._client.pause(partition)
        self._took(share)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        del revoked
        # A poll whose time runs out leaves the joining to the next one. Where it was begun because
        # of what the client had learned of the topics, the next one finds no more reason to join,
        # and the member stays without partitions for ever (3.0.12; seen once in 70 joinings).
        self._client._coordinator.request_rejoin()

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        self.on_partitions_revoked(lost)
        self._took(frozenset())
