"""Read batches from the log, apply them with their marks in one transaction, or not at all."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from prometheus_client import Gauge
from sqlalchemy import Connection

from services.chassis import metrics
from services.chassis.consuming.chain import Verdict, judge
from services.chassis.consuming.marks import Mark, MarkMoved, Marks
from services.chassis.database import Database
from services.chassis.log.port import Consumer, LogRecord, Partition

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Applied:
    """An event to apply, the partition that it came from, and what ``prepare`` made of it."""

    partition: Partition
    sequence: int
    event: dict[str, Any]
    prepared: Any


class Unreadable(Exception):
    """An event that makes no sense to its reader: it stops its partition. The text is a reason."""


@dataclass(slots=True)
class _Batch:
    """What a poll is turned into before anything is written."""

    events: list[Applied] = field(default_factory=list)
    moves: dict[Partition, tuple[Mark, Mark]] = field(default_factory=dict)
    stopped: dict[Partition, str] = field(default_factory=dict)
    repeats: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    holes: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class ConsumerLoop:
    """One consumer's step: poll, judge, apply, move marks.

    ``prepare`` sees each event before anything is written and raises `Unreadable` where it makes
    no sense; that, or its failing in another way, stops the event's partition in front of it.
    ``apply`` gets the events of a batch in their partitions' order, inside the transaction that
    moves the marks. If anything in it fails, all is rolled back, the batch is forgotten, marks
    are read anew and the consumer goes back to them before it reads on.
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
        most: int = 5_000,
        wait: float = 0.5,
        after_commit: Callable[[Sequence[Applied]], None] = lambda _events: None,
    ) -> None:
        self._group = group
        self._database = database
        self._marks = marks
        self._consumer = consumer
        self._prepare = prepare
        self._apply = apply
        self._after_commit = after_commit
        self._most = most
        self._wait = wait
        self._at: dict[Partition, Mark] = {}
        self._adrift: set[Partition] = set()
        self._stopped: set[Partition] = set()

    def step(self) -> bool:
        """One round. Always True: the poll itself waits for more.

        Raises whatever made a batch fail; the next round begins at the marks.
        """
        self._go_to_marks()
        polled = self._consumer.poll(self._wait, self._most)
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
        try:
            batch = self._judge_all(batches)
            if batch.moves:
                with self._database.write() as connection:
                    self._apply(connection, batch.events)
                    self._marks.move(connection, batch.moves)
        except Exception as error:
            metrics.CONSUMER_RESTARTS.labels(self._group, type(error).__name__).inc()
            self._adrift |= self._consumer.assignment()
            if isinstance(error, MarkMoved):
                return
            raise
        self._at.update({partition: after for partition, (_, after) in batch.moves.items()})
        for partition, reason in batch.stopped.items():
            self._stop(partition, reason)
        for topic, count in batch.repeats.items():
            metrics.CONSUMER_DUPLICATES.labels(topic).inc(count)
        for topic, count in batch.holes.items():
            metrics.LOG_GAPS.labels(topic).inc(count)
        self._after_commit(batch.events)

    def _judge_all(self, batches: Mapping[Partition, Sequence[LogRecord]]) -> _Batch:
        batch = _Batch()
        for partition, found in batches.items():
            if partition not in self._stopped and partition in self._at:
                self._judge(partition, found, batch)
        return batch

    def _judge(self, partition: Partition, records: Sequence[LogRecord], batch: _Batch) -> None:
        before = self._at[partition]
        sequence, recorded, offset = before.sequence, before.recorded_time, before.offset
        topic = partition.topic.topic
        for record in records:
            try:
                event = orjson.loads(record.value)
                found, previous = int(event["sequence"]), int(event["previoussequence"])
                recorded_here = str(event["recordedtime"])
            except (ValueError, KeyError, TypeError):
                batch.stopped[partition] = "undecodable"
                break
            verdict = judge(sequence, previous, found)
            if verdict is Verdict.BROKEN:
                batch.stopped[partition] = "broken chain"
                break
            if verdict is Verdict.APPLY:
                try:
                    prepared = self._prepare(event)
                except Unreadable as error:
                    batch.stopped[partition] = str(error)
                    break
                except Exception as error:
                    batch.stopped[partition] = f"can't be prepared ({type(error).__name__})"
                    break
                batch.events.append(Applied(partition, found, event, prepared))
                sequence, recorded = found, recorded_here
            elif verdict is Verdict.REPEAT:
                batch.repeats[topic] += 1
            else:
                batch.holes[topic] += 1
            offset = record.offset + 1
        after = Mark(sequence, offset, recorded)
        if after != before:
            batch.moves[partition] = (before, after)

    def _stop(self, partition: Partition, reason: str) -> None:
        self._stopped.add(partition)
        self._stopped_gauge(partition).set(1)
        log.error(
            "consumer.partition_stopped",
            group=self._group,
            topic=partition.topic.topic,
            partition=partition.number,
            reason=reason,
        )

    def _stopped_gauge(self, partition: Partition) -> Gauge:
        return metrics.CONSUMER_STOPPED.labels(self._group, partition.topic.topic, partition.number)
