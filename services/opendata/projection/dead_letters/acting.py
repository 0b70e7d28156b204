"""Take in operations from the log, each in one transaction with all that follows from it.

Every projector does so before each batch, so that whoever folds the log anew knows what operators
did before it comes to the records that they did it to. What is done to a partition takes the row
of its mark, so that it and a batch of that partition never miss each other.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, select, update

from services.chassis import metrics
from services.chassis.consuming.judging import Judged, judge_records
from services.chassis.consuming.marks import Mark, MarkMoved, Marks
from services.chassis.consuming.records import Applied
from services.chassis.database import Database, Overtaken
from services.chassis.log.port import EventLog, LogRecord, Partition
from services.contract.topics import TopicGeneration
from services.opendata.projection import tables
from services.opendata.projection.dead_letters.ignored import Ignored, ignore
from services.opendata.projection.dead_letters.letters import Prepare
from services.opendata.projection.dead_letters.operation import (
    DROPPED,
    PARTITION,
    RETRIED,
    Operation,
    operation_of,
)
from services.opendata.projection.dead_letters.places import Place
from services.opendata.projection.dead_letters.reviewing import Review
from services.opendata.projection.dead_letters.standing import in_partition
from services.opendata.projection.dead_letters.tables import LetterState, dead_letters, operations
from services.opendata.projection.folded import owner_of
from services.opendata.projection.writing import Writer

log = structlog.get_logger()

GROUP = "operations"
READ_AT_ONCE = 100
ATTEMPTS = 20


class Operations:
    """Does to one projection, which folds some topics, what operators did."""

    def __init__(
        self,
        database: Database,
        log: EventLog,
        marks: Marks,
        writer: Writer,
        prepare: Prepare,
        topics: Sequence[TopicGeneration],
    ) -> None:
        self._topics = topics
        self._database = database
        self._log = log
        self._marks = marks
        self._writer = writer
        self._prepare = prepare
        self._at: Mark | None = None
        self._stopped = False

    def take_in(self) -> bool:
        """Take in all that stands on the log; True where any event was counted because of it.

        Another projector may be faster with some of it; all of it has been taken in afterwards.
        Raises `LogError` where the log can't be read, `MarkMoved` or `Overtaken` where others are
        faster again and again; what was taken in by then stays so.
        """
        if self._stopped:
            return False
        end = self._log.end_offsets(PARTITION.topic)[PARTITION.number]
        counted = False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                for review in self._up_to(end):
                    counted = counted or bool(review.touched)
                break
            except (MarkMoved, Overtaken):
                self._at = None
                if attempt == ATTEMPTS:
                    raise
        return counted

    def _up_to(self, end: int) -> Iterator[Review]:
        """Take in what stands before an offset; what was looked at again, operation by operation."""
        if self._at is None:
            self._at = self._marks.read([PARTITION])[PARTITION]
        while self._at.offset < end and not self._stopped:
            records = self._log.read(PARTITION.topic, PARTITION.number, self._at.offset, READ_AT_ONCE)
            if not records:
                return
            for record in records:
                self._at, review = self._take(self._at, record)
                if review is not None:
                    yield review

    def _take(self, at: Mark, record: LogRecord) -> tuple[Mark, Review | None]:
        judged = judge_records(PARTITION, [record], at, operation_of)
        if judged.broken:
            self._stop()
            return at, None
        review = None
        with self._database.write() as connection:
            for one in judged.events:
                review = self._act(connection, one)
            self._marks.move(connection, {PARTITION: (at, judged.after)})
        self._tell(judged, review)
        return judged.after, review

    def _act(self, connection: Connection, one: Applied) -> Review | None:
        """Do what an operation says, or nothing; whatever was looked at again is given back."""
        operation: Operation | None = one.prepared
        if operation is None:
            return None
        place = operation.place
        partition = place.partition_in(self._topics)
        if partition is None:
            ignore(Ignored.NO_SUCH_PLACE, place)
            return None
        read_up_to = self._take_mark(connection, partition)
        waits = place.offset >= read_up_to
        self._keep(connection, operation, one.sequence, waits=waits)
        if waits:
            return None
        row = connection.execute(select(dead_letters).where(*_at(place))).one_or_none()
        if row is None:
            ignore(Ignored.NOT_PARKED, place)
            return None
        if row.digest != operation.digest:
            ignore(Ignored.DIGEST, place)
            return None
        return self._carry_out(connection, operation, one.sequence, partition, row)

    def _take_mark(self, connection: Connection, partition: Partition) -> int:
        """The offset that a partition has been read up to, which nobody moves before we have ended."""
        marks = tables.marks
        here = in_partition(marks, partition)
        touched = connection.execute(update(marks).where(here).values(offset=marks.c.offset))
        if touched.rowcount == 0:
            topic = partition.topic
            first = {
                "topic": topic.topic,
                "generation": topic.generation,
                "partition": partition.number,
                "sequence": 0,
                "offset": 0,
                "recorded_time": "",
            }
            connection.execute(self._database.insert(marks).on_conflict_do_nothing(), first)
        offset: int = connection.execute(select(marks.c.offset).where(here)).scalar_one()
        return offset

    def _keep(self, connection: Connection, operation: Operation, sequence: int, *, waits: bool) -> None:
        connection.execute(
            self._database.insert(operations).on_conflict_do_nothing(),
            {
                **operation.place._asdict(),
                "sequence": sequence,
                "event_id": operation.event_id,
                "operation": operation.operation,
                "digest": operation.digest,
                "last_applied": operation.last_applied,
                "fault": operation.fault,
                "cause": operation.cause,
                "note": operation.note,
                "recorded_time": operation.recorded_time,
                "waits": waits,
            },
        )

    def _carry_out(
        self, connection: Connection, operation: Operation, sequence: int, partition: Partition, row: Any
    ) -> Review | None:
        place = operation.place
        change: dict[str, Any] = {}
        if operation.operation == RETRIED:
            change["tries"] = row.tries + 1
            if row.state == LetterState.PARKED:
                # Held behind nothing: the first to be looked at again.
                change |= {"state": LetterState.HELD.value, "reason": "", "open": False}
        elif row.state != LetterState.DROPPED:
            change |= {
                "state": DROPPED,
                "reason": operation.fault,
                "last_applied": operation.last_applied,
                "open": row.subject is not None and row.sequence is not None,
            }
        if change:
            connection.execute(update(dead_letters).where(*_at(place)).values(change))
        if "state" not in change:
            ignore(Ignored.NOT_PARKED, place)
            return None
        review = Review(connection, self._log, self._writer, self._prepare, partition)
        review.look_again(owner_of(partition), place.offset, row.subject)
        # The partition's own mark does not move: that of the operations tells of the change.
        self._writer.touch(connection, dict.fromkeys(review.touched, sequence), owner_of(PARTITION))
        return review

    def _stop(self) -> None:
        self._stopped = True
        topic = PARTITION.topic.topic
        metrics.CONSUMER_STOPPED.labels(GROUP, topic, PARTITION.number).set(1)
        log.error(
            "consumer.partition_stopped",
            group=GROUP,
            topic=topic,
            partition=PARTITION.number,
            reason="broken chain",
        )

    def _tell(self, judged: Judged, review: Review | None) -> None:
        topic = PARTITION.topic.topic
        if judged.repeats:
            metrics.CONSUMER_DUPLICATES.labels(topic).inc(judged.repeats)
        if judged.holes:
            metrics.LOG_GAPS.labels(topic).inc(judged.holes)
        for _ in judged.unread:
            metrics.CONSUMER_UNREADABLE.labels(GROUP, topic).inc()
            ignore(Ignored.UNREADABLE, None)
        for place, reason in review.parked if review is not None else ():
            metrics.CONSUMER_UNREADABLE.labels(GROUP, place.topic).inc()
            log.error("deadletter.parked_again", place=str(place), reason=reason)


def _at(place: Place) -> tuple[Any, ...]:
    return tuple(dead_letters.c[name] == value for name, value in place._asdict().items())
