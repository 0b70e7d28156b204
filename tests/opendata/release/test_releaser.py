"""Releases: numbered states, of which each holds what has changed since the one before."""

import threading

import orjson
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from services.chassis import metrics
from services.contract.codes import Dimension
from services.contract.regions import Level, registry
from services.opendata.projection import tables as live
from services.opendata.projection.cells import parted
from services.opendata.projection.projector import owner_of
from services.opendata.release import tables
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH


def releases(world):
    with world.released.read() as connection:
        return connection.execute(select(tables.releases).order_by(tables.releases.c.number)).all()


def changed_in(world, table, number):
    with world.released.read() as connection:
        return connection.execute(select(table).where(table.c.release == number)).mappings().all()


def test_an_empty_system_has_release_one_and_no_other(world):
    world.releaser.step()
    world.releaser.step()

    (first,) = releases(world)
    assert (first.number, first.data_through, first.recorded_through) == (1, None, "")
    assert world.totals("NO").settled is None


def test_a_step_says_whether_it_released_anything(world):
    first = world.releaser.step()
    nothing = world.releaser.step()
    world.journal.settle(1)
    world.project()

    assert (first, nothing, world.releaser.step(), world.releaser.step()) == (True, False, True, False)


def test_numbers_rise_by_one_and_each_holds_the_marks_behind_it(world):
    for number in range(3):
        world.journal.settle(number)
        world.publish()

    found = releases(world)

    assert [row.number for row in found] == [1, 2, 3]
    marks = {owner_of(partition): mark.sequence for partition, mark in world.marks_of_a_release().items()}
    assert orjson.loads(found[-1].marks) == marks
    assert max(marks.values()) == 3
    assert found[-1].recorded_through == world.journal.last_recorded
    assert {row.policy for row in found} == {"exact"}


def test_only_what_has_changed_is_copied(world):
    world.journal.settle(1, "0301", district="030101", sex="female")
    world.journal.settle(2, "4601", sex="male")
    world.publish()
    world.journal.settle(3, "0301", sex="female")

    world.publish()

    assert {row["region"] for row in changed_in(world, tables.places, 2)} == {"0301", "03", "NO"}
    totals = {(row["region"], row["measure"]) for row in changed_in(world, tables.totals, 2)}
    assert totals == {("0301", "settled"), ("03", "settled"), ("NO", "settled")}
    cells = changed_in(world, tables.cells, 2)
    (cell,) = cells
    assert (cell["region"], parted(cell["categories"])[0], cell["persons"]) == ("0301", "female", 1)
    country = {
        (row["dimension"], row["category"])
        for row in changed_in(world, tables.categories, 2)
        if row["region"] == "NO"
    }
    assert ("sex", "female") in country
    assert ("sex", "male") not in country


def test_the_rows_of_several_partitions_are_summed(world):
    codes = ["0301", "4601", "1103", "3401", "5001", "1505", "5501", "4204"]
    for number, code in enumerate(codes):
        world.journal.settle(number, code, sex="female", settled_on="2024-05-17")
    world.publish()
    owners = {owner for owner, sequence in orjson.loads(releases(world)[-1].marks).items() if sequence}

    world.journal.settle(20, "4601", sex="female", settled_on="2024-05-17")
    world.publish()

    assert len(owners) > 1
    assert world.totals("NO").settled == 9
    assert world.breakdown("NO", Dimension.SEX) == {"female": 9}
    assert world.breakdown("NO", Dimension.SEX, Dimension.MONTH) == {("female", "2024-05"): 9}
    assert [day.persons for day in world.days("NO").dated] == [9]


def test_many_places_at_once_are_gathered_in_parts(world):
    codes = [region.code for region in registry().at_level(Level.MUNICIPALITY, 2024)][:250]
    for number, code in enumerate(codes):
        world.journal.settle(number, code)

    world.publish()

    assert world.totals("NO").settled == 250
    assert world.totals("NO").coverage.reporting == 250
    assert world.totals(codes[-1]).settled == 1


def test_a_releaser_that_starts_again_goes_on(world):
    world.journal.settle(1)
    world.publish()
    world.journal.settle(2)
    world.project()

    world.new_releaser().step()
    world.new_releaser().step()

    assert [row.number for row in releases(world)] == [1, 2]
    assert world.totals("0301").settled == 2


def test_a_release_that_fails_half_way_leaves_nothing_behind(world):
    world.journal.settle(1)
    world.publish()
    world.journal.settle(2)
    world.project()
    with world.released.write() as connection:
        connection.execute(text("ALTER TABLE years RENAME TO elsewhere"))

    with pytest.raises(DatabaseError, match="years"):
        world.releaser.step()

    with world.released.write() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO years"))
    assert (world.totals("0301").settled, len(releases(world))) == (1, 1)
    world.releaser.step()
    assert (world.totals("0301").settled, releases(world)[-1].number) == (2, 2)


def test_a_release_is_told_of_in_metrics(world):
    metrics.RELEASE_PUBLISHED.set(0)

    world.releaser.step()

    assert metrics.RELEASE_PUBLISHED._value.get() > 1_700_000_000
    assert metrics.RELEASE_WITHHELD._value.get() == 0


def test_two_releasers_never_give_one_number_twice(world):
    world.journal.settle(1)
    world.project()
    together, made = threading.Barrier(2), []

    def release():
        releaser = world.new_releaser()
        together.wait()
        made.append(releaser.step())

    threads = [threading.Thread(target=release) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = [row.number for row in releases(world)]
    assert (len(made), numbers) == (2, list(range(1, len(numbers) + 1)))
    assert world.totals("0301").settled == 1


def test_while_the_projection_is_made_anew_nothing_is_released_that_was_more_before(world):
    for number, code in enumerate(("0301", *["4601"] * 6, *["1103"] * 5)):
        world.journal.settle(number, code)
    world.publish()
    world.projector.close()
    with world.projection.write() as connection:
        for table in live.metadata.tables.values():
            connection.execute(table.delete())
    world.journal.settle(20, "0301")
    projector, seen = world.new_projector(most=1), []

    while world.waiting():
        projector.step()
        world.releaser.step()
        seen.append(world.totals("NO").settled)

    assert set(seen[:-1]) <= {12, 13}
    assert seen[-1] == 13
    assert [world.totals(code).settled for code in ("0301", "4601", "1103")] == [2, 6, 5]


def test_what_comes_between_two_releases_and_goes_again_is_copied_as_nought(world):
    world.journal.settle(1)
    world.publish()
    world.journal.post("settlement.withdrawn", {}, subject=person(1))
    world.publish()

    cells = changed_in(world, tables.cells, 2)

    assert [row["persons"] for row in cells] == [0]


def test_a_release_that_another_process_has_made_meanwhile_is_left_to_it(world, monkeypatch):
    world.publish()
    world.journal.settle(1)
    world.project()
    releaser = world.releaser
    last = releaser._last

    def overtaken():
        before = last()
        monkeypatch.setattr(releaser, "_last", last)
        assert releaser.step()
        return before

    monkeypatch.setattr(releaser, "_last", overtaken)

    assert releaser.step() is False
    assert world.totals("0301", 2024).settled == 1


def test_where_only_combinations_change_the_places_have_changed_too(world):
    world.journal.settle(1, sex="female", countryOfOrigin="UKR")
    world.journal.settle(2, sex="male", countryOfOrigin="SYR")
    world.publish()
    for number, sex, country in ((1, "female", "SYR"), (2, "male", "UKR")):
        facts = {"municipality": "0301", "settledOn": "2024-05-17", "sex": sex, "countryOfOrigin": country}
        world.journal.post("settlement.corrected", facts, subject=person(number))

    world.publish()

    assert world.breakdown("NO", Dimension.SEX, Dimension.COUNTRY_OF_ORIGIN) == {
        ("female", "SYR"): 1,
        ("male", "UKR"): 1,
    }
    assert changed_in(world, tables.categories, 2) == []
    assert {row["region"] for row in changed_in(world, tables.places, 2)} == {"0301", "03", "NO"}
