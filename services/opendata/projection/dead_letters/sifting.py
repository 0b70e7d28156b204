"""Take a batch apart, inside the transaction that moves the marks: what is counted now, what waits.

Where nothing is out of order this costs one query a batch and nothing per event.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from services.chassis.clock import Clock
from services.chassis.consuming.consumer_loop import Sifted
from services.chassis.consuming.judging import Judged
from services.chassis.consuming.records import Applied, Unread, Unreadable
from services.chassis.database import Database
from services.chassis.log.port import EventLog, Partition
from services.contract.envelope import time_text
from services.opendata.projection.dead_letters.concerns import concerned_by
from services.opendata.projection.dead_letters.ignored import Ignored, ignore
from services.opendata.projection.dead_letters.letters import Letter, Prepare, letters_of
from services.opendata.projection.dead_letters.places import Place
from services.opendata.projection.dead_letters.standing import Standing, in_partition, is_awaited
from services.opendata.projection.dead_letters.tables import LetterState, dead_letters, operations

_TROUBLED = (
    select(dead_letters.c.topic, dead_letters.c.generation, dead_letters.c.partition)
    .where(dead_letters.c.open)
    .union(
        select(operations.c.topic, operations.c.generation, operations.c.partition).where(operations.c.waits)
    )
)


class Sifter:
    """Sifts the batches of one projection's consumer."""

    def __init__(self, database: Database, log: EventLog, prepare: Prepare, clock: Clock) -> None:
        self._log = log
        self._prepare = prepare
        self._clock = clock
        self._insert = database.insert(dead_letters).on_conflict_do_nothing()

    def __call__(self, connection: Connection, batch: Sequence[Judged]) -> Sifted:
        """What of a batch is to be counted now, and what was parked. The rest is held or left out."""
        troubled = set(map(tuple, connection.execute(_TROUBLED)))
        events: list[Applied] = []
        aside: list[Unread] = []
        for judged in batch:
            topic = judged.partition.topic
            if judged.unread or (topic.topic, topic.generation, judged.partition.number) in troubled:
                sifted = self._sift(connection, judged)
                events += sifted.events
                aside += sifted.aside
            else:
                events += judged.events
        return Sifted(events, aside)

    def _sift(self, connection: Connection, judged: Judged) -> Sifted:
        partition = judged.partition
        waiting = _Waiting(connection, judged)
        letters = letters_of(judged, concerned_by(connection, judged, waiting.offsets))
        standing = Standing(connection, self._log, partition)
        standing.look_up(letters)
        looked_at = {letter.offset for letter in letters}
        events = [event for event in judged.events if event.record.offset not in looked_at]
        aside: list[Unread] = []
        rows = []
        for letter in letters:
            dropped, tries = waiting.for_letter(letter)
            if dropped is not None:
                standing.dropped(letter, dropped.last_applied)
                rows.append(
                    self._row(
                        partition,
                        letter,
                        LetterState.DROPPED,
                        dropped.fault,
                        tries,
                        last_applied=dropped.last_applied,
                        open=is_awaited(letter),
                    )
                )
            elif standing.blocks(letter):
                standing.stays(letter)
                rows.append(self._row(partition, letter, LetterState.HELD, "", tries))
            else:
                try:
                    letter.prepare(self._prepare, standing.in_totals(letter))
                    events.append(letter.applied(partition))
                    standing.applied(letter)
                except Unreadable as error:
                    reason = str(error)
                    standing.stays(letter)
                    aside.append(letter.unread(partition, reason))
                    rows.append(self._row(partition, letter, LetterState.PARKED, reason, tries, open=True))
        if rows:
            connection.execute(self._insert, rows)
        standing.settle()
        waiting.passed()
        events.sort(key=lambda event: event.sequence)
        return Sifted(events, aside)

    def _row(
        self,
        partition: Partition,
        letter: Letter,
        state: LetterState,
        reason: str,
        tries: int,
        *,
        last_applied: int | None = None,
        open: bool = False,  # noqa: A002 - the column's name
    ) -> dict[str, Any]:
        return {
            **Place.of(partition, letter.offset)._asdict(),
            "sequence": letter.sequence,
            "previous_sequence": letter.previous,
            "subject": letter.subject,
            "key": letter.key,
            "state": state.value,
            "reason": reason,
            "digest": letter.digest,
            "tries": tries,
            "last_applied": last_applied,
            "open": open,
            "set_aside_at": time_text(self._clock()),
        }


class _Waiting:
    """Operations that were read before the records of a batch that they are about."""

    def __init__(self, connection: Connection, judged: Judged) -> None:
        self._connection = connection
        self._here = (
            operations.c.waits,
            in_partition(operations, judged.partition),
            operations.c.offset >= judged.before.offset,
            operations.c.offset < judged.after.offset,
        )
        self._found: dict[int, list[Any]] = defaultdict(list)
        for row in connection.execute(select(operations).where(*self._here).order_by(operations.c.sequence)):
            self._found[row.offset].append(row)

    @property
    def offsets(self) -> Collection[int]:
        """Of the records that they are about."""
        return self._found.keys()

    def for_letter(self, letter: Letter) -> tuple[Any, int]:
        """The operation that drops a letter, None where there is none, and how often it was retried."""
        dropped, tries = None, 0
        for row in self._found.get(letter.offset, ()):
            if row.digest != letter.digest:
                ignore(Ignored.DIGEST, Place(row.topic, row.generation, row.partition, row.offset))
            elif row.operation == LetterState.DROPPED:
                dropped = dropped or row
            else:
                tries += 1
        return dropped, tries

    def passed(self) -> None:
        """Nothing waits any more for a place that the mark has passed."""
        if self._found:
            self._connection.execute(update(operations).where(*self._here).values(waits=False))
