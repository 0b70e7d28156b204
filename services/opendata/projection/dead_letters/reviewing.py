"""Look again at what stands behind an event: count what can be counted now, in order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, true, update

from services.chassis.consuming.records import Unreadable
from services.chassis.log.port import EventLog, Partition
from services.opendata.projection.dead_letters.letters import Letter, Prepare, read_again
from services.opendata.projection.dead_letters.places import Place
from services.opendata.projection.dead_letters.standing import Standing, in_partition
from services.opendata.projection.dead_letters.tables import LetterState, dead_letters
from services.opendata.projection.fold import fold
from services.opendata.projection.writing import Writer

AT_ONCE = 500

_row = dead_letters.c


class Review:
    """Of one partition, inside one transaction.

    ``touched`` gathers where anything was counted, ``parked`` what was parked, and why.
    """

    def __init__(
        self, connection: Connection, log: EventLog, writer: Writer, prepare: Prepare, partition: Partition
    ) -> None:
        self._connection = connection
        self._log = log
        self._writer = writer
        self._prepare = prepare
        self._partition = partition
        self.touched: set[tuple[str, int]] = set()
        self.parked: list[tuple[Place, str]] = []

    def look_again(self, owner: str, at: int, subject: str | None) -> None:
        """Go through what is held in a stream from an offset on; in all where ``subject`` is None.

        ``owner`` is the name under which the partition owns its totals. Raises `LogError`; then
        the transaction must not be committed.
        """
        behind = true() if subject is None else _row.subject == subject
        while True:
            rows = self._held(behind, at)
            if not rows:
                return
            self._take(owner, rows)
            at = rows[-1].offset + 1

    def _held(self, behind: ColumnElement[bool], at: int) -> Sequence[Any]:
        return self._connection.execute(
            select(dead_letters)
            .where(
                in_partition(dead_letters, self._partition),
                behind,
                _row.offset >= at,
                _row.state == LetterState.HELD,
            )
            .order_by(_row.offset)
            .limit(AT_ONCE)
        ).all()

    def _take(self, owner: str, rows: Sequence[Any]) -> None:
        standing = Standing(self._connection, self._log, self._partition)
        standing.look_up(rows, leaving_out=[row.offset for row in rows])
        may_go = [row for row in rows if not standing.blocks(row)]
        letters = {letter.offset: letter for letter in read_again(self._log, self._partition, may_go)}
        counted: list[Letter] = []
        for row in rows:
            letter = letters.get(row.offset)
            if letter is None or standing.blocks(letter):
                standing.stays(row)
                continue
            try:
                letter.prepare(self._prepare, standing.in_totals(letter))
            except Unreadable as error:
                standing.stays(letter)
                self._park(letter, str(error))
                continue
            standing.applied(letter)
            counted.append(letter)
        if counted:
            self._count(owner, counted)
        standing.settle()

    def _count(self, owner: str, letters: Sequence[Letter]) -> None:
        applied = [letter.applied(self._partition) for letter in letters]
        deltas = fold((one.sequence, one.prepared) for one in applied)
        self._writer.add(self._connection, deltas, owner)
        self.touched |= deltas.touched.keys()
        offsets = [letter.offset for letter in letters]
        self._connection.execute(
            delete(dead_letters).where(in_partition(dead_letters, self._partition), _row.offset.in_(offsets))
        )

    def _park(self, letter: Letter, reason: str) -> None:
        self.parked.append((Place.of(self._partition, letter.offset), reason))
        self._connection.execute(
            update(dead_letters)
            .where(in_partition(dead_letters, self._partition), _row.offset == letter.offset)
            .values(state=LetterState.PARKED.value, reason=reason, open=True)
        )
