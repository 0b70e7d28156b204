"""Persons allocated and settled: null until something is reported, then true to the last one."""

import pytest

from services.contract.codes import Dimension, Origin
from services.contract.regions import population
from services.opendata.release.answers import Withheld
from tests.opendata.projection.journal import person

OSLO = {"municipality": "0301", "year": 2024}


def settled(world, *codes, year=2024):
    return [world.totals(code, year).settled for code in codes]


def test_persons_settled_add_up_and_those_in_no_district_are_named(world):
    for number, district in enumerate(("030101", "030101", "030102", None)):
        world.journal.settle(number, district=district)
    world.journal.settle(10, "4601")
    world.journal.settle(11, "9999")

    world.publish()

    assert settled(world, "030101", "030102", "030103") == [2, 1, None]
    assert settled(world, "0301", "03", "46", "99", "NO") == [4, 4, 1, 1, 6]
    assert world.totals("0301").not_placed_in_district == 1
    assert world.totals("4601").not_placed_in_district == 1
    assert world.totals("9999").not_placed_in_district is None
    assert world.totals("NO").not_placed_in_district is None
    assert world.totals("NO").coverage.not_stated == 1
    assert world.totals("46").coverage.not_stated == 0


def test_all_derived_from_settled_follows_it(world):
    world.journal.post("quota.decided", OSLO | {"persons": 4, "decidedOn": "2024", "unaccompaniedMinors": 2})
    for number, minor in enumerate((True, False, None, None, None)):
        world.journal.settle(number, unaccompaniedMinor=minor)

    world.publish()

    oslo = world.totals("0301")
    assert (oslo.remaining, oslo.fulfilment, oslo.not_placed_by_borders) == (-1, 1.25, 0)
    assert oslo.settled_per_thousand == pytest.approx(5000 / population("0301", 2024))
    assert (oslo.unaccompanied_minors.settled, oslo.unaccompanied_minors.remaining) == (1, 1)


def test_nothing_is_fulfilled_of_a_quota_of_nobody(world):
    world.journal.post("quota.decided", OSLO | {"persons": 0, "decidedOn": "2024"})
    world.journal.settle(1)

    world.publish()

    assert (world.totals("0301").fulfilment, world.totals("0301").remaining) == (None, -1)


def test_a_rate_needs_the_inhabitants_of_the_region_as_it_was(world):
    world.journal.settle(1, "1103", settled_on="2019-05-17")
    world.journal.settle(2, "1103", settled_on="2020-05-17")

    world.publish()

    # Finnøy and Rennesøy came to Stavanger in 2020; the figures of former years contain them.
    assert world.totals("1103", 2019).settled_per_thousand is None
    assert world.totals("1103", 2020).settled_per_thousand == 1000 / 143574


def test_after_a_withdrawal_it_is_nought_and_not_blank(world):
    world.journal.settle(1, district="030101", unaccompaniedMinor=True)
    world.journal.post("settlement.withdrawn", {}, subject=person(1))

    world.publish()

    assert settled(world, "030101", "0301", "NO", "030102", "4601") == [0, 0, 0, None, None]
    assert world.totals("0301").unaccompanied_minors.settled == 0
    assert world.totals("0301").origins == ()
    assert world.breakdown("0301", Dimension.SEX) == {}
    assert world.totals("0301").coverage.reporting == 1


def test_what_is_withdrawn_after_its_release_is_nought_in_the_next(world):
    world.journal.settle(1)
    world.publish()
    world.journal.post("settlement.withdrawn", {}, subject=person(1))

    world.publish()

    assert settled(world, "0301") == [0]
    assert world.days("0301").dated == ()


def test_a_person_is_allocated_awaits_and_is_settled(world):
    world.journal.allocate(1, unaccompaniedMinor=True)
    world.journal.allocate(2)
    world.publish()
    before = world.totals("0301")
    world.journal.accept(1)
    world.journal.settle(1)

    world.publish()

    after = world.totals("0301")
    assert (before.allocated, before.awaiting, before.settled) == (2, 2, None)
    assert (after.allocated, after.awaiting, after.settled) == (2, 1, 1)
    assert after.unaccompanied_minors.allocated == 1
    assert (world.totals("NO").awaiting, world.totals("4601").allocated) == (1, None)


def test_a_person_declined_by_one_municipality_goes_to_another(world):
    world.journal.allocate(1, "0301")
    world.journal.post("allocation.declined", {"municipality": "0301"}, subject=person(1))
    world.journal.allocate(1, "4601")

    world.publish()

    assert (world.totals("0301").allocated, world.totals("0301").awaiting) == (0, 0)
    assert (world.totals("4601").allocated, world.totals("4601").awaiting) == (1, 1)
    assert world.totals("NO").allocated == 1


def test_a_person_settled_and_withdrawn_awaits_again(world):
    world.journal.allocate(1)
    world.journal.accept(1)
    world.journal.settle(1)
    world.journal.post("settlement.withdrawn", {}, subject=person(1))

    world.publish()

    assert (world.totals("0301").awaiting, world.totals("0301").settled) == (1, 0)


def test_allocated_counts_by_the_year_of_allocation_and_settled_by_its_own(world):
    world.journal.allocate(1, allocated_on="2023-11")
    world.journal.accept(1)
    world.journal.settle(1, settled_on="2024-01-31")

    world.publish()

    then, now = world.totals("0301", 2023), world.totals("0301", 2024)
    assert (then.allocated, then.settled, now.allocated, now.settled) == (1, None, None, 1)


def wait(world, number, days):
    world.journal.allocate(number, allocated_on="2024-01-01")
    world.journal.accept(number)
    world.journal.settle(number, settled_on=f"2024-01-{1 + days:02d}")


def test_a_median_wait_needs_ten_persons(world):
    for number in range(9):
        wait(world, number, days=number)
    world.publish()
    of_nine = world.totals("0301")
    wait(world, 9, days=9)

    world.publish()

    of_ten = world.totals("0301")
    assert of_nine.median_wait_days is None
    assert of_nine.withheld == (Withheld("median_wait_days", "small_numbers"),)
    # Of an even number it lies between the two in the middle.
    assert (of_ten.median_wait_days, of_ten.withheld) == (4.5, ())
    assert world.totals("NO").median_wait_days == 4.5


def test_only_full_dates_have_waited(world):
    for number in range(10):
        wait(world, number, days=5)
    world.journal.allocate(20, allocated_on="2024-01")
    world.journal.accept(20)
    world.journal.settle(20, settled_on="2024-01-20")
    world.journal.settle(21)
    world.publish()
    before = world.totals("0301").median_wait_days
    world.journal.post("settlement.attributes-erased", {}, subject=person(0))

    world.publish()

    assert before == 5.0
    assert world.totals("0301").median_wait_days is None


def test_waits_that_are_all_undone_are_no_wait(world):
    wait(world, 1, days=5)
    world.publish()
    world.journal.post("settlement.withdrawn", {}, subject=person(1))

    world.publish()

    assert world.totals("0301").withheld == ()


def test_origins_are_those_of_the_persons_counted(world):
    world.journal.settle(1, origin="imported")
    world.journal.settle(2, origin="synthetic")
    world.journal.allocate(3)
    world.publish()
    before = world.totals("03").origins
    world.journal.post("settlement.withdrawn", {}, subject=person(2))

    world.publish()

    assert before == (Origin.IMPORTED, Origin.REPORTED, Origin.SYNTHETIC)
    assert world.totals("03").origins == (Origin.IMPORTED, Origin.REPORTED)


def test_a_total_says_how_complete_it_is(world):
    world.journal.settle(1, "0301")
    world.journal.settle(2, "4601")

    world.publish()

    assert world.totals("03").coverage.complete
    assert world.totals("0301").coverage.complete
    bergen, vestland, country = (world.totals(code).coverage for code in ("4601", "46", "NO"))
    assert (bergen.municipalities, bergen.reporting, bergen.complete) == (1, 1, True)
    assert (vestland.municipalities, vestland.reporting, vestland.complete) == (43, 1, False)
    assert (country.municipalities, country.reporting, country.complete) == (357, 2, False)
    assert not world.totals("9999").coverage.complete


def test_a_region_has_no_totals_in_a_year_in_which_it_did_not_exist(world):
    world.journal.settle(1, "3024", settled_on="2021")

    world.publish()

    assert world.totals("3024", 2021).settled == 1
    assert world.totals("3024", 2024) is None
    assert world.totals("3201", 2021) is None
    assert list(world.years("3024")) == [2021]
