"""What has changed since a release: in order, by pages, with nothing missed."""

import random

import pytest

from services.contract.codes import Dimension, Measure
from services.contract.regions import registry
from services.opendata.release.answers import Category, UnknownRelease
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH

BEGINNING = (0, 0, "")


def changes(world, since="0", after=BEGINNING, region=None, year=None, most=1_000):
    with world.published.open() as numbers:
        return numbers.changes(since, after, region, year, most)


def named(found):
    return [(change.release, change.year, change.region.code) for change in found]


def test_a_person_settled_changes_every_region_above(world):
    world.publish()
    world.journal.settle(1, district="030101", settled_on="2024-05-17", sex="female")
    world.publish()

    found = changes(world, "1")

    assert named(found) == [("2", 2024, code) for code in ("03", "0301", "030101", "NO")]
    for change in found:
        assert change.measures == (
            Measure.SETTLED,
            Measure.REMAINING,
            Measure.FULFILMENT,
            Measure.SETTLED_PER_THOUSAND,
            Measure.NOT_PLACED_IN_DISTRICT,
        )
        assert Category(Dimension.SEX, "female") in change.categories
        assert [day.isoformat() for day in change.days] == ["2024-05-17"]


def test_what_is_the_same_is_no_change(world):
    world.journal.settle(1)
    world.publish()

    assert changes(world, "1") == []
    world.publish()
    assert changes(world, "1") == []


def test_a_quota_tells_what_follows_from_it(world):
    world.publish()
    data = {"municipality": "0301", "year": 2024, "persons": 10, "decidedOn": "2024-01-10"}
    world.journal.post("quota.decided", data)
    world.publish()

    (oslo,) = changes(world, "1", region="0301")

    assert set(oslo.measures) == {
        Measure.DECIDED,
        Measure.QUOTA,
        Measure.SPARE_CAPACITY,
        Measure.REMAINING,
        Measure.FULFILMENT,
    }
    assert (oslo.categories, oslo.days) == ((), ())


def test_only_a_region_or_a_year_may_be_asked_for(world):
    world.journal.settle(1, settled_on="2024-05-17")
    world.journal.settle(2, settled_on="2023-05-17", municipality="4601")
    world.publish()

    assert named(changes(world, region="4601")) == [("1", 2023, "4601")]
    assert {year for _, year, _ in named(changes(world, year=2023))} == {2023}
    assert changes(world, region="0301", year=2023) == []


def test_a_person_who_is_no_more_is_told_too(world):
    world.journal.settle(1, settled_on="2024-05-17")
    world.publish()
    world.journal.post("settlement.withdrawn", {}, subject=person(1))
    world.publish()

    (oslo,) = changes(world, "1", region="0301")

    assert Measure.SETTLED in oslo.measures
    assert [day.isoformat() for day in oslo.days] == ["2024-05-17"]


def test_pages_are_the_whole(world):
    for number, code in enumerate(("0301", "4601", "5001", "1103")):
        world.journal.settle(number, municipality=code)
        world.publish()
    whole = changes(world)

    pages, after = [], BEGINNING
    while page := changes(world, after=after, most=2):
        pages += page
        after = page[-1].spot

    assert pages == whole
    assert named(whole) == sorted(named(whole))


@pytest.mark.parametrize("since", ["9", "-1", "x", "", "1.0", "١"])
def test_a_release_that_has_not_been_is_told(world, since):
    world.publish()

    with pytest.raises(UnknownRelease):
        changes(world, since)


@pytest.mark.parametrize("seed", range(5))
def test_whoever_follows_by_pages_holds_what_is_released(world, seed):
    """While releases go on between the pages: what is read again after a change is never missed."""
    chance = random.Random(seed)
    held, since, after, number = {}, "0", BEGINNING, 0

    def act():
        nonlocal number
        for _ in range(chance.randint(1, 3)):
            number += 1
            code = chance.choice(("0301", "4601", "5001"))
            world.journal.settle(number, municipality=code, settled_on=f"{chance.choice((2023, 2024))}-05-17")
        world.publish()

    act()
    for _ in range(30):
        if chance.random() < 0.4:
            act()
        with world.published.open() as numbers:
            page = numbers.changes(since, after, None, None, chance.randint(1, 4))
            for change in page:
                held[change.region.code, change.year] = numbers.totals(change.region, change.year).settled
            after = page[-1].spot if page else after
    while page := changes(world, since, after, most=3):
        for change in page:
            held[change.region.code, change.year] = world.totals(change.region.code, change.year).settled
        after = page[-1].spot

    for code in ("NO", *(one.code for one in registry().at_level("municipality", 2024))):
        for year in (2023, 2024):
            assert held.get((code, year)) == world.totals(code, year).settled
