"""What stands in the way of events in one partition: who is parked, and what was left out before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

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


class Placed(Protocol):
    """What tells whom something stands in the way of: a letter, or the row of one."""

    @property
    def offset(self) -> int: ...

    @property
    def subject(self) -> str | None: ...

    @property
    def key(self) -> str: ...


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

    def look_up(self, letters: Sequence[Placed], *, leaving_out: Sequence[int] = ()) -> None:
        """Read what stands in the way of these; ``leaving_out`` names rows that are told of by `stays`.

        Memory is bounded by the letters, not by how much is parked.
        """
        connection = self._connection
        here = in_partition(dead_letters, self._partition)
        waiting = _row.state.in_((LetterState.PARKED, LetterState.HELD))
        for part in _parts({letter.subject for letter in letters if letter.subject is not None}):
            stands = select(_row.subject, func.min(_row.offset)).where(here, waiting, _row.subject.in_(part))
            if leaving_out:
                stands = stands.where(_row.offset.not_in(leaving_out))
            for subject, offset in connection.execute(stands.group_by(_row.subject)).all():
                self._streams[subject] = offset
            dropped = select(_row.subject, _row.offset, _row.last_applied).where(
                here, _row.open, _row.state == LetterState.DROPPED, _row.subject.in_(part)
            )
            for subject, offset, last_applied in connection.execute(dropped).all():
                self._left_out[subject].append((offset, last_applied))
        nameless = select(_row.key, func.min(_row.offset)).where(here, _row.open, _row.subject.is_(None))
        for part in _parts({letter.key for letter in letters}):
            for key, offset in connection.execute(
                nameless.where(_row.key.in_(part)).group_by(_row.key)
            ).all():
                self._keys[key] = offset

    def blocks(self, letter: Placed) -> bool:
        """Whether something stands before a letter in its stream, or something parked in its key."""
        offset, subject = letter.offset, letter.subject
        if self._keys.get(letter.key, offset) < offset:
            return True
        return subject is not None and self._streams.get(subject, offset) < offset

    def stays(self, letter: Placed) -> None:
        """From now on a letter that is held or parked stands in the way of those behind it.

        One whose stream can't be read is in the way of its key. Held ones of that kind add
        nothing: what they are held behind is in the way already.
        """
        if letter.subject is None:
            self._keys[letter.key] = min(letter.offset, self._keys.get(letter.key, letter.offset))
        else:
            first = self._streams.get(letter.subject, letter.offset)
            self._streams[letter.subject] = min(letter.offset, first)

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
        try:
            event = event_in(records[0].value)
            if stream_of(event) == subject and last_applied < offset:
                return facts_left_by(event)
        except Unreadable:
            pass
        raise Unreadable("the facts before it can't be told")

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


def _parts(names: Iterable[str]) -> Iterable[list[str]]:
    rest = sorted(names)
    for start in range(0, len(rest), ASKED_AT_ONCE):
        yield rest[start : start + ASKED_AT_ONCE]
