"""Of two that move a mark from where both saw it, one does and one is told."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from services.chassis.consuming.marks import Mark, MarkMoved
from services.chassis.log.port import Partition
from tests.chassis.consuming.bench import TOPIC, Bench
from tests.servers.databases import POSTGRESQL

PARTITION = Partition(TOPIC, 0)
FIRST, SECOND, OTHER = Mark(1, 1), Mark(2, 2), Mark(3, 3)


def move(bench: Bench, connection: Connection, before: Mark, after: Mark) -> None:
    bench.marks.move(connection, {PARTITION: (before, after)})


@pytest.mark.parametrize("before", [Mark(), FIRST])
def test_a_mark_moves_from_where_it_is_and_from_nowhere_else(bench: Bench, before: Mark) -> None:
    if before != Mark():
        bench.move_mark(Mark(), before)

    bench.move_mark(before, SECOND)
    for wrong in (Mark(), FIRST, OTHER):
        with pytest.raises(MarkMoved):
            bench.move_mark(wrong, OTHER)

    assert bench.mark() == (2, 2)


@pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)
@pytest.mark.parametrize("before", [Mark(), FIRST])
def test_who_is_overtaken_in_the_middle_of_its_transaction_leaves_nothing(bench: Bench, before: Mark) -> None:
    if before != Mark():
        bench.move_mark(Mark(), before)

    def slow(meanwhile: Callable[[], None]) -> None:
        with bench.database.write() as connection:
            bench.marks.read_in(connection, [PARTITION])
            meanwhile()
            move(bench, connection, before, OTHER)

    with pytest.raises(MarkMoved):
        slow(lambda: bench.move_mark(before, SECOND))

    assert bench.mark() == (2, 2)
