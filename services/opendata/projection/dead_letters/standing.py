"""What stands in the way of events in one partition: who is parked, and what was left out before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from services.chassis.consuming.records import Unreadable, event_in, stream_of
from services.chassis.log.port import EventLog, Partition
from services.contract.facts import Facts
from services.opendata.projection.dead_letters.letters import Letter
from services.opendata.projection.dead_letters.tables import LetterState, dead_letters
from services.opendata.projection.effects import facts_left_by

ASKED_AT_ONCE = 500

_row = dead_letters.c


def in_partition(table: Any, partition: Partition) -> ColumnElement[bool]:
    """The condition for rows of a table about one partition."""
    topic = partition.topic
    return and_(
        table.c.topic == topic.topic,
        table.c.generation == topic.generation,
        table.c.partition == partition.number,
    )


class Standing:
    """Of one partition, as one transaction sees it and changes it. Letters come in rising order."""

    def __init__(self, connection: Connection, log: EventLog, partition: Partition) -> None:
        self._connection = connection
        self._log = log
        self._partition = partition
        self._streams: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._left_out: dict[str, list[tuple[int, int | None]]] = defaultdict(list)
        self._followed: dict[str, int] = {}

    def look_up(self, letters: Sequence[Letter]) -> None:
        """Read what stands in the way of these; memory is bounded by them, not by what is parked."""
        subjects = {letter.subject for letter in letters if letter.subject is not None}
        keys = {letter.key for letter in letters}
        open_here = (_row.open, in_partition(dead_letters, self._partition))
        for part in _parts(subjects):
            query = select(_row.subject, _row.offset, _row.state, _row.last_applied)
            for row in self._connection.execute(query.where(*open_here, _row.subject.in_(part))).all():
                if row.state == LetterState.PARKED:
                    _earliest(self._streams, row.subject, row.offset)
                else:
                    self._left_out[row.subject].append((row.offset, row.last_applied))
        for part in _parts(keys):
            nameless = select(_row.key, _row.offset).where(*open_here, _row.subject.is_(None))
            for key, offset in self._connection.execute(nameless.where(_row.key.in_(part))).all():
                _earliest(self._keys, key, offset)

    def blocks(self, letter: Letter) -> bool:
        """Whether something parked stands before a letter in its stream, or in its key."""
        if self._keys.get(letter.key, letter.offset) < letter.offset:
            return True
        return letter.subject is not None and self._streams.get(letter.subject, letter.offset) < letter.offset

    def parked(self, letter: Letter) -> None:
        """From now on a letter stands in the way of those behind it."""
        if letter.subject is None:
            _earliest(self._keys, letter.key, letter.offset)
        else:
            _earliest(self._streams, letter.subject, letter.offset)

    def dropped(self, letter: Letter, last_applied: int | None) -> None:
        """A letter is left out for good: the next of its stream follows the one before it."""
        if is_awaited(letter):
            assert letter.subject is not None
            self._left_out[letter.subject].append((letter.offset, last_applied))

    def in_totals(self, letter: Letter) -> Facts | None:
        """The facts in the totals for a letter's stream; None where it carries them itself.

        Raises `Unreadable` where they can't be had and `LogError` where the log can't be read.
        """
        subject = letter.subject
        before = [one for one in self._left_out.get(subject or "", ()) if one[0] < letter.offset]
        if subject is None or not before:
            return None
        offset, last_applied = max(before, key=lambda one: one[0])
        if self._followed.get(subject, -1) > offset:
            return None
        if last_applied is None:
            return {}
        records = self._log.read(self._partition.topic, self._partition.number, last_applied, 1)
        if not records or records[0].offset != last_applied:
            raise Unreadable("the facts before it are gone from the log")
        event = event_in(records[0].value)
        if stream_of(event) != subject:
            raise Unreadable("the facts before it are of another stream")
        return facts_left_by(event)

    def applied(self, letter: Letter) -> None:
        """A letter is counted: the next of its stream carries the facts that are in the totals."""
        if letter.subject in self._left_out:
            self._followed[letter.subject] = letter.offset

    def settle(self) -> None:
        """Write down which of those left out have been followed by now."""
        for subject, offset in self._followed.items():
            self._connection.execute(
                update(dead_letters)
                .where(
                    in_partition(dead_letters, self._partition),
                    _row.subject == subject,
                    _row.offset < offset,
                    _row.state == LetterState.DROPPED,
                    _row.open,
                )
                .values(open=False)
            )


def is_awaited(letter: Letter) -> bool:
    """Whether the next event of a dropped letter's stream has to know of it.

    What is not in the chain was never an event of a stream, so no stream lacks it.
    """
    return letter.subject is not None and letter.sequence is not None


def _earliest(found: dict[str, int], name: str, offset: int) -> None:
    found[name] = min(offset, found.get(name, offset))


def _parts(names: Iterable[str]) -> Iterable[list[str]]:
    rest = sorted(names)
    for start in range(0, len(rest), ASKED_AT_ONCE):
        yield rest[start : start + ASKED_AT_ONCE]
