"""Reading: every answer of an open release is from one and the same state."""

import threading

import pytest

from services.contract.codes import Dimension
from services.contract.regions import registry
from services.opendata.release import reader
from services.opendata.release.broken_down import cells_by
from services.opendata.release.reader import NothingReleased
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH

OSLO = registry().find("0301")


def test_before_the_first_release_there_is_nothing_to_read(world):
    with pytest.raises(NothingReleased), world.published.open():
        pass


def test_a_reader_stays_in_the_release_that_it_opened(world):
    world.journal.settle(1, sex="female")
    world.publish()
    with world.published.open() as numbers:
        world.journal.settle(2, sex="male")
        world.publish()
        newer = world.totals("0301")

        seen = numbers.totals(OSLO, 2024)
        cells = numbers.breakdown(OSLO, 2024, [Dimension.SEX])

        assert (seen.settled, seen.release.id, numbers.release.id) == (1, "1", "1")
        assert [cell.categories for cell in cells] == [("female",)]
        assert sum(day.persons for day in numbers.days(OSLO, 2024).dated) == 1
    assert (newer.settled, newer.release.id) == (2, "2")
    # The older reader's sheet has not come in the place of the newer one's.
    assert world.totals("0301").settled == 2


def test_combinations_are_summed_once_until_their_year_changes(world, monkeypatch):
    summed = []
    monkeypatch.setattr(reader, "cells_by", lambda *given: summed.append(given) or cells_by(*given))

    def persons(year, *by):
        with world.published.open() as numbers:
            return sum(cell.persons for cell in numbers.breakdown(OSLO, year, by))

    world.journal.settle(1, settled_on="2023-05-17")
    world.journal.settle(2)
    world.publish()
    both = [persons(2024, Dimension.SEX, Dimension.CARE) for _ in range(3)]
    other = persons(2023, Dimension.SEX, Dimension.CARE)
    world.journal.settle(3)
    world.publish()
    after = [persons(2024, Dimension.SEX, Dimension.CARE), persons(2023, Dimension.SEX, Dimension.CARE)]

    assert (both, other, after) == ([1, 1, 1], 1, [2, 1])
    assert len(summed) == 3


def test_no_answer_mixes_two_states_while_releases_go_on(world):
    """A second thread settles persons, one a release; every open release must agree with itself."""
    world.publish()
    done = threading.Event()
    failures = []

    def read():
        while not done.is_set():
            with world.published.open() as numbers:
                settled = numbers.totals(OSLO, 2024).settled or 0
                cells = numbers.breakdown(OSLO, 2024, [Dimension.SEX])
                combined = numbers.breakdown(OSLO, 2024, [Dimension.SEX, Dimension.MONTH])
                days = numbers.days(OSLO, 2024)
            sums = {
                settled,
                sum(cell.persons for cell in cells),
                sum(cell.persons for cell in combined),
                sum(day.persons for day in days.dated) + (days.undated or 0),
                int(numbers.release.id) - 1,
            }
            if len(sums) > 1:
                failures.append(sums)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(25):
        world.journal.settle(number, sex="female")
        world.publish()
    done.set()
    reader.join()

    assert failures == []


def test_sheets_of_many_years_are_kept_and_the_oldest_given_up(world, monkeypatch):
    monkeypatch.setattr("services.opendata.release.kept_sheets.MOST_SHEETS", 2)
    for year in range(2019, 2024):
        world.journal.settle(year, settled_on=str(year))
    world.publish()

    seen = [world.totals("0301", year).settled for year in (*range(2019, 2024), 2019)]

    assert seen == [1] * 6
    assert len(world.published._sheets._kept) == 2


def test_a_year_on_another_map_is_worked_out_once_for_as_long_as_it_is_the_same(world):
    world.journal.settle(1, "1601", settled_on="2012")
    world.journal.settle(2, "1662", settled_on="2012")
    world.publish()

    def on_maps_of(*map_years, region="5001"):
        with world.published.open() as numbers:
            found = [numbers.totals(registry().find(region), 2012, map_year) for map_year in map_years]
        return [totals and totals.settled for totals in found]

    def kept():
        _, sheet = world.published._sheets._kept[2012]
        return sheet.remembered["redrawn"]

    assert on_maps_of(2026, 2019, 2012) == [2, 1, None]
    # Of another region, because the totals of the first are kept by themselves.
    assert on_maps_of(2026, region="50") == [2]
    first = kept()
    assert on_maps_of(2026, 2025) == [2, 2]
    assert kept() is first

    world.journal.settle(3, "1662", settled_on="2012")
    world.publish()

    assert on_maps_of(2026, 2019, 2026) == [3, 1, 3]
    assert kept() is not first


def test_the_years_of_a_region_on_another_map_are_those_of_all_that_came_into_it(world):
    world.journal.settle(1, "1601", settled_on="2012")
    world.journal.settle(2, "1662", settled_on="2013")
    world.journal.settle(3, "5001", settled_on="2021")
    world.journal.settle(4, "1640", settled_on="2014")
    world.publish()

    def years(code, map_year=None):
        with world.published.open() as numbers:
            return list(numbers.years(registry().find(code), map_year))

    assert years("5001", 2026) == [2012, 2013, 2021]
    assert years("5001") == [2021]
    assert years("50", 2026) == [2012, 2013, 2014, 2021]
    assert years("NO", 2026) == years("NO") == [2012, 2013, 2014, 2021]
    assert years("1601", 2026) == []
