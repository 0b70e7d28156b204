"""Read batches from the log, apply them with their marks in one transaction, or not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog
from prometheus_client import Gauge
from sqlalchemy import Connection

from services.chassis import metrics
from services.chassis.consuming.judging import Glance, Judged, judge_on, judge_records, see_nothing
from services.chassis.consuming.marks import Mark, MarkMoved, Marks
from services.chassis.consuming.records import Applied, Unread, Unreadable
from services.chassis.database import Database, Overtaken
from services.chassis.log.port import Consumer, LogRecord, Partition

__all__ = ["Applied", "ConsumerLoop", "Sifted", "Unread", "Unreadable", "leave_out"]

log = structlog.get_logger()

AT_ONCE = 5_000
"""Records asked for in one poll."""

PLENTY = 1_000
"""A poll that brings as many tells that there are more: better together than each in its commit."""

LONGEST_GATHERING = 0.5
"""Seconds for which records are gathered before what was read is committed."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """The events of a batch that are to be applied, in their partitions' order, and what was put aside."""

    events: Sequence[Applied]
    aside: Sequence[Unread]


def leave_out(_connection: Connection, batch: Sequence[Judged]) -> Sifted:
    """Apply what can be read and leave out the rest."""
    return Sifted(
        [event for judged in batch for event in judged.events],
        [unread for judged in batch for unread in judged.unread],
    )


class ConsumerLoop:
    """One consumer's step: poll, judge, sift, apply, move marks.

    ``prepare`` sees each event before anything is written and raises `Unreadable` where it makes
    no sense; ``glance`` spares it the most common one. ``sift`` says, inside the transaction that
    moves the marks, which events are applied now; it may keep there what it puts aside. ``apply``
    gets those events in their partitions' order. Up to ``most`` records go into one transaction. If
    anything in it fails, all is rolled back, the batch is forgotten, marks are read anew and the
    consumer goes back to them before it reads on.

    What can't be read never stops a partition. A chain that is broken does, in front of the
    record that can't be.
    """

    def __init__(
        self,
        group: str,
        database: Database,
        marks: Marks,
        consumer: Consumer,
        apply: Callable[[Connection, Sequence[Applied]], None],
        *,
        prepare: Callable[[dict[str, Any]], Any] = lambda event: event,
        glance: Glance = see_nothing,
        sift: Callable[[Connection, Sequence[Judged]], Sifted] = leave_out,
        most: int = AT_ONCE,
        wait: float = 0.5,
        after_commit: Callable[[Sequence[Applied]], None] = lambda _events: None,
    ) -> None:
        self._group = group
        self._database = database
        self._marks = marks
        self._consumer = consumer
        self._prepare = prepare
        self._glance = glance
        self._sift = sift
        self._apply = apply
        self._after_commit = after_commit
        self.most = most
        self._wait = wait
        self._at: dict[Partition, Mark] = {}
        self._adrift: set[Partition] = set()
        self._stopped: set[Partition] = set()

    def step(self) -> bool:
        """One round. Always True: the poll itself waits for more.

        Raises whatever made a batch fail; the next round begins at the marks.
        """
        self._go_to_marks()
        polled = self._consumer.poll(self._wait, min(self.most, AT_ONCE))
        self._adrift |= polled.assigned
        self._go_to_marks()
        if polled.batches:
            self._take(polled.batches)
        return True

    def assignment(self) -> dict[Partition, Mark]:
        """The partitions that this consumer reads and how far it is in each."""
        mine = self._consumer.assignment()
        return {partition: mark for partition, mark in self._at.items() if partition in mine}

    def close(self) -> None:
        self._consumer.close()

    def _go_to_marks(self) -> None:
        """Read marks anew and go there, where partitions are new or a batch was forgotten.

        Nothing else is read before this has succeeded: a later batch would carry the mark past
        what was not applied, and nobody would send it again.
        """
        if not self._adrift:
            return
        at = self._marks.read(self._adrift & self._consumer.assignment())
        self._consumer.seek({partition: mark.offset for partition, mark in at.items()})
        self._at.update(at)
        for partition in self._stopped & at.keys():
            self._stopped_gauge(partition).set(0)
        self._stopped -= at.keys()
        self._adrift.clear()

    def _take(self, batches: Mapping[Partition, Sequence[LogRecord]]) -> None:
        sifted = Sifted([], [])
        try:
            batch = self._gather(batches)
            moves = {one.partition: (one.before, one.after) for one in batch if one.after != one.before}
            if moves:
                with self._database.write() as connection:
                    sifted = self._sift(connection, batch)
                    self._apply(connection, sifted.events)
                    self._marks.move(connection, moves)
        except Exception as error:
            metrics.CONSUMER_RESTARTS.labels(self._group, type(error).__name__).inc()
            self._adrift |= self._consumer.assignment()
            if isinstance(error, (MarkMoved, Overtaken)):
                return
            raise
        self._at.update({partition: after for partition, (_, after) in moves.items()})
        for judged in batch:
            self._tell(judged)
        self._tell_aside(sifted.aside)
        self._after_commit(sifted.events)

    def _gather(self, batches: Mapping[Partition, Sequence[LogRecord]]) -> list[Judged]:
        """Judge what was read, and where the log has plenty more, that with it: one commit for all."""
        found: dict[Partition, Judged] = {}
        until = monotonic() + LONGEST_GATHERING
        count = self._judge(found, batches)
        last = count
        while last >= PLENTY and count < self.most and monotonic() < until:
            polled = self._consumer.poll(0.0, min(self.most - count, AT_ONCE))
            if polled.assigned:
                self._adrift |= polled.assigned
                break
            last = self._judge(found, polled.batches)
            count += last
        return list(found.values())

    def _judge(self, found: dict[Partition, Judged], batches: Mapping[Partition, Sequence[LogRecord]]) -> int:
        """Judge the records of partitions that are not stopped; how many were read in all."""
        for partition, records in batches.items():
            if partition in found:
                judge_on(found[partition], records, self._prepare, self._glance)
            elif partition not in self._stopped and partition in self._at:
                found[partition] = judge_records(
                    partition, records, self._at[partition], self._prepare, self._glance
                )
        return sum(map(len, batches.values()))

    def _tell(self, judged: Judged) -> None:
        topic = judged.partition.topic.topic
        if judged.repeats:
            metrics.CONSUMER_DUPLICATES.labels(topic).inc(judged.repeats)
        if judged.holes:
            metrics.LOG_GAPS.labels(topic).inc(judged.holes)
        if judged.broken:
            self._stopped.add(judged.partition)
            self._stopped_gauge(judged.partition).set(1)
            log.error(
                "consumer.partition_stopped",
                group=self._group,
                topic=topic,
                partition=judged.partition.number,
                reason="broken chain",
            )

    def _tell_aside(self, aside: Sequence[Unread]) -> None:
        """Count what was put aside, and say where the first of each partition stands."""
        told: set[Partition] = set()
        for one in aside:
            topic = one.partition.topic.topic
            metrics.CONSUMER_UNREADABLE.labels(self._group, topic).inc()
            if one.partition not in told:
                told.add(one.partition)
                log.error(
                    "consumer.unreadable",
                    group=self._group,
                    topic=topic,
                    partition=one.partition.number,
                    offset=one.record.offset,
                    reason=one.reason,
                )

    def _stopped_gauge(self, partition: Partition) -> Gauge:
        return metrics.CONSUMER_STOPPED.labels(self._group, partition.topic.topic, partition.number)
