"""Deltas added to the stored totals."""

from sqlalchemy import select

from services.opendata.projection import tables
from services.opendata.projection.effects import effects_of
from services.opendata.projection.fold import fold
from services.opendata.projection.writing import Writer
from tests.opendata.projection.journal import Composer, person
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH

SETTLED = {"municipality": "0301", "settledOn": "2024-05-17"}


def deltas_of(*events, since=0):
    return fold((since + 1 + number, effects_of(event)) for number, event in enumerate(events))


def write(database, since, *events, owner="settlements/1/0"):
    """Write events as one batch; the first of them has the sequence after ``since``."""
    with database.write() as connection:
        Writer(database).add(connection, deltas_of(*events, since=since), owner)


def rows(database, table):
    with database.read() as connection:
        return [row._asdict() for row in connection.execute(select(table))]


def test_a_second_batch_adds_to_the_first(world):
    composer = Composer()
    events = [composer.compose("person.settled", SETTLED, subject=person(n)) for n in range(3)]
    write(world.projection, 0, *events[:2])

    write(world.projection, 2, events[2])

    (settled,) = [
        row
        for row in rows(world.projection, tables.totals)
        if row["region"] == "03" and row["measure"] == "settled"
    ]
    assert (settled["value"], settled["reports"]) == (3, 3)
    assert [row["persons"] for row in rows(world.projection, tables.cells)] == [3]


def test_a_place_knows_the_last_event_that_touched_it(world):
    composer = Composer()
    here = composer.compose("person.settled", SETTLED, subject=person(1))
    elsewhere = composer.compose("person.settled", SETTLED | {"municipality": "4601"}, subject=person(2))
    again = composer.compose("settlement.withdrawn", {}, subject=person(1))
    write(world.projection, 0, here, elsewhere)

    write(world.projection, 2, again)

    at = {row["region"]: row["sequence"] for row in rows(world.projection, tables.changes)}
    assert at == {"0301": 3, "03": 3, "NO": 3, "4601": 2, "46": 2}


def test_what_nets_to_nothing_is_written_as_nought(world):
    composer = Composer()
    settled = composer.compose("person.settled", SETTLED, subject=person(1))
    withdrawn = composer.compose("settlement.withdrawn", {}, subject=person(1))

    write(world.projection, 0, settled, withdrawn)

    assert [(row["persons"], row["sequence"]) for row in rows(world.projection, tables.cells)] == [(0, 2)]


def test_another_day_is_another_cell(world):
    composer = Composer()
    first = composer.compose("person.settled", SETTLED, subject=person(1))
    second = composer.compose(
        "settlement.corrected", SETTLED | {"settledOn": "2024-05-18"}, subject=person(1)
    )
    write(world.projection, 0, first)

    write(world.projection, 1, second)

    found = {row["day"]: row["persons"] for row in rows(world.projection, tables.cells)}
    assert found == {"2024-05-17": 0, "2024-05-18": 1}


def test_a_cell_that_is_counted_late_keeps_the_higher_sequence(world):
    composer = Composer()
    events = [composer.compose("person.settled", SETTLED, subject=person(n)) for n in range(2)]
    write(world.projection, 7, events[0])

    write(world.projection, 3, events[1])

    (cell,) = rows(world.projection, tables.cells)
    assert (cell["persons"], cell["sequence"]) == (2, 8)


def test_a_request_for_nobody_is_written_down(world):
    asked = {"municipality": "0301", "year": 2024, "persons": 0, "issuedOn": "2024"}

    write(world.projection, 0, Composer().compose("request.issued", asked))

    found = {
        row["measure"]: (row["value"], row["reports"])
        for row in rows(world.projection, tables.totals)
        if row["region"] == "0301"
    }
    assert found["requested"] == (0, 1)


def test_each_partition_owns_its_rows(world):
    composer = Composer()
    for number in range(2):
        event = composer.compose("person.settled", SETTLED, subject=person(number))
        write(world.projection, 0, event, owner=f"settlements/1/{number}")

    found = [(row["owner"], row["persons"]) for row in rows(world.projection, tables.cells)]

    assert sorted(found) == [("settlements/1/0", 1), ("settlements/1/1", 1)]
