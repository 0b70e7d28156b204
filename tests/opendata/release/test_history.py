"""The releases there have been: how much each changed, and an archive of which no page changes."""

import pytest
from sqlalchemy import update

from services.opendata.release import history, tables
from services.opendata.release.answers import Extent, NoSuchPage
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH


def page(world, number=None):
    with world.published.open() as numbers:
        return numbers.releases(number)


def begun(oldest):
    return oldest.releases[-1].release.published_at


def extents(world):
    return [one.changed for one in reversed(page(world).releases)]


def changed_since(world, release):
    with world.published.open() as numbers:
        found = numbers.changes(release, (0, 0, ""), None, None, 1_000)
        return {change.region.code for change in found}, {change.year for change in found}


def test_each_tells_of_how_many_regions_and_years_it_changed(world):
    world.publish()
    world.journal.settle(1, district="030101", settled_on="2024-05-17")
    world.publish()
    world.journal.settle(2, "4601", settled_on="2012")
    world.journal.settle(3, "0301", settled_on="2023-01-02")
    world.publish()
    world.journal.post("settlement.withdrawn", {}, subject=person(2))
    world.publish()

    assert extents(world) == [
        Extent(0, 0, None, None),
        Extent(4, 1, 2024, 2024),
        Extent(5, 2, 2012, 2023),
        Extent(3, 1, 2012, 2012),
    ]


def test_what_it_tells_is_what_the_changes_since_the_one_before_show(world):
    world.journal.settle(1, district="030101")
    world.publish()
    quota = {"municipality": "0301", "year": 2025, "persons": 0, "decidedOn": "2024"}
    hidden = {"region": "1103", "year": 2022, "measure": "settled", "status": "suppressed"}
    told = {"publishedOn": "2024-06-21", "sourceName": "IMDi"}
    for number, post in enumerate(
        [
            lambda: world.journal.settle(2, "4601"),
            lambda: world.journal.post("quota.decided", quota),
            lambda: world.journal.post("figure.published", {**hidden, **told}),
            lambda: world.journal.post("settlement.withdrawn", {}, subject=person(1)),
        ],
        start=1,
    ):
        post()
        world.publish()

        newest = page(world).releases[0]
        regions, years = changed_since(world, newest.before)
        assert newest.before == str(number)
        assert (newest.changed.regions, newest.changed.years) == (len(regions), len(years))
        assert {newest.changed.first_year, newest.changed.last_year} == {min(years), max(years)}


def test_where_something_is_known_for_the_first_time_counts_though_it_came_to_nothing(world):
    world.publish()
    world.journal.settle(1, "4601")
    world.journal.post("settlement.withdrawn", {}, subject=person(1))
    world.publish()

    newest = page(world).releases[0]
    regions, years = changed_since(world, newest.before)
    assert regions
    assert newest.changed == Extent(len(regions), len(years), 2024, 2024)


def test_what_was_not_counted_is_not_told_as_none_changed(world):
    world.journal.settle(1)
    world.publish()
    with world.released.write() as connection:
        connection.execute(update(tables.releases).values(changed_regions=None))

    assert extents(world) == [None]


def test_newest_and_archive_hold_every_release_once_and_no_page_changes(world, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 3)
    kept = {}
    for number in range(1, 14):
        world.journal.settle(number)
        world.publish()
        newest = page(world)
        archive = {one: page(world, one) for one in range(1, newest.archived + 1)}

        ids = [[past.release.id for past in one.releases] for one in (*archive.values(), newest)]
        in_order = [release for one in ids for release in reversed(one)]
        assert in_order == [str(one) for one in range(1, number + 1)]
        assert number < 3 or 3 <= len(newest.releases) < 6
        assert {one.began_at for one in (*archive.values(), newest)} == {begun(archive.get(1, newest))}
        for one, held in archive.items():
            assert held.releases == kept.setdefault(one, held.releases)
        with pytest.raises(NoSuchPage):
            page(world, newest.archived + 1)
    assert len(kept) == 3


@pytest.mark.parametrize("number", [0, -1, 1, 999_999_999])
def test_there_is_no_page_that_is_not_full_yet(world, number):
    world.publish()

    with pytest.raises(NoSuchPage):
        page(world, number)
