"""Reads the partitions that a member of a group was given."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

import kafka
from kafka import TopicPartition
from kafka.errors import KafkaError

from services.chassis.log.kafka.client import open_client
from services.chassis.log.kafka.faults import log_faults
from services.chassis.log.kafka.membership import Membership
from services.chassis.log.kafka.records import as_records
from services.chassis.log.port import LogError, LogUnreachable, Partition, Polled

SILENCE_SECONDS = 2.0
"""After so long without a record the broker is asked whether it is there."""

CLOSE_SECONDS = 2.0


class KafkaLogConsumer:
    """A `Consumer` for use by one thread; `assignment` may be asked for from others.

    It joins its group with its first poll.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        partitions: Mapping[TopicPartition, Partition],
        membership: Membership,
        request_seconds: float,
    ) -> None:
        self._options = options
        self._membership = membership
        self._seconds = request_seconds
        self._partitions = partitions
        self._places = {partition: place for place, partition in partitions.items()}
        self._client: Any = None
        self._held: frozenset[Partition] = frozenset()
        self._coming: frozenset[Partition] | None = None
        self._unsought: set[Partition] = set()
        self._heard = monotonic()
        self._started = False
        self._closed = False

    def poll(self, timeout: float, most: int) -> Polled:
        """Wait up to ``timeout`` seconds for an assignment or for up to ``most`` records.

        While no broker answers it brings nothing or raises `LogUnreachable`, after no more than
        the time-out and the time of a request. Raises `LogError` where a newly assigned partition
        was not sought or the topics are not there.
        """
        if self._closed:
            raise LogError("This consumer is closed.")
        if self._unsought:
            raise LogError(f"Assigned and not sought: {_names(self._unsought)}.")
        if not self._started:
            self._membership.start()
            self._started = True
        change = self._membership.change(0.0 if self._held else timeout)
        if change is not None:
            self._coming = frozenset(self._partitions[place] for place in change.share)
        if self._coming is not None:
            return self._take_over(self._coming)
        if self._held:
            return self._read(timeout, most)
        fault = self._membership.fault()
        if fault is not None:
            raise fault
        return Polled(frozenset(), {})

    def seek(self, offsets: Mapping[Partition, int]) -> None:
        """Go on reading partitions at these offsets; `LogError` where one is not assigned."""
        if strangers := offsets.keys() - self._held:
            raise LogError(f"Sought and not assigned: {_names(strangers)}.")
        if any(offset < 0 for offset in offsets.values()):
            raise LogError("An offset is never below 0.")
        for partition, offset in offsets.items():
            self._client.seek(self._places[partition], offset)
            self._unsought.discard(partition)

    def assignment(self) -> frozenset[Partition]:
        """The partitions that this member reads, as of its last poll."""
        return self._held

    def close(self) -> None:
        """Leave the group at once. Where no broker can be told, the session's end tells."""
        if self._closed:
            return
        self._closed = True
        self._held, self._unsought = frozenset(), set()
        self._let_go()
        if self._started:
            self._membership.close()

    def _take_over(self, share: frozenset[Partition]) -> Polled:
        if share:
            if self._client is None:
                kind: Callable[..., Any] = kafka.KafkaConsumer
                self._client = open_client(kind, self._options)
            self._client.assign([self._places[partition] for partition in share])
        self._held, self._unsought, self._coming = share, set(share), None
        self._heard = monotonic()
        return Polled(share, {})

    def _read(self, timeout: float, most: int) -> Polled:
        try:
            with log_faults():
                found = self._client.poll(timeout_ms=timeout * 1_000, max_records=most)
                if not found:
                    self._make_sure()
        except LogUnreachable:
            raise
        except LogError:
            # Trying again would not mend it: another client, and everything sought anew.
            self._let_go()
            self._coming = self._held
            raise
        if found:
            self._heard = monotonic()
        return Polled(
            frozenset(), {self._partitions[place]: as_records(records) for place, records in found.items()}
        )

    def _make_sure(self) -> None:
        """After some silence ask the log for something: is it quiet, or away?"""
        if monotonic() - self._heard < SILENCE_SECONDS:
            return
        one = self._places[next(iter(self._held))]
        self._client.end_offsets([one], timeout_ms=self._seconds * 1_000)
        self._heard = monotonic()

    def _let_go(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(KafkaError, RuntimeError, OSError):
                client.close(autocommit=False, timeout_ms=CLOSE_SECONDS * 1_000)


def _names(partitions: Iterable[Partition]) -> str:
    return ", ".join(sorted(f"{partition.topic.name}/{partition.number}" for partition in partitions))
