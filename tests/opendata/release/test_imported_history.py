"""27 years of real figures: what lies below adds up to what is above, on both maps, in every year."""

import pytest

from services.contract.codes import Measure
from services.contract.regions import Level, redrawing, registry
from services.opendata.release.redrawn import redrawn
from services.opendata.release.totals import totals_of
from tests.opendata.release.imported import imported_sheets

TODAY = 2026
YEARS = range(1995, 2022)
FIRST_SETTLED = 2012
"""Of former years the file has requests and decisions only."""
SUMMED = (Measure.REQUESTED, Measure.DECIDED, Measure.QUOTA)


def on_map(year, map_year):
    sheet = imported_sheets()[year]
    return sheet if map_year == year else redrawn(sheet, redrawing(year, map_year), {})


def totals_on(sheet, year, code):
    return totals_of(sheet, registry().find(code), year, release=None)


@pytest.mark.parametrize("map_of", ["the year", "today"])
@pytest.mark.parametrize("year", YEARS)
def test_what_lies_below_and_what_is_not_placed_add_up_at_every_level(year, map_of):
    map_year = TODAY if map_of == "today" else year
    sheet = on_map(year, map_year)
    checked = set()
    for region in registry():
        if region.level is Level.DISTRICT or not region.valid_in(map_year):
            continue
        above = totals_on(sheet, year, region.code)
        children = [totals_on(sheet, year, child.code) for child in registry().children(region, map_year)]
        if above.settled is None or not children:
            continue
        below = sum(child.settled or 0 for child in children) + above.not_placed_by_borders
        assert below + (above.not_placed_in_district or 0) == above.settled, region
        assert above.not_placed_by_borders >= 0
        assert map_of == "today" or (above.not_placed_by_borders == 0 and above.flows == ())
        checked.add(region.level)
    settled_is_known = year >= FIRST_SETTLED
    assert checked == ({Level.COUNTRY, Level.COUNTY, Level.MUNICIPALITY} if settled_is_known else set())


@pytest.mark.parametrize("year", YEARS)
def test_the_country_is_the_same_on_both_maps(year):
    then, now = (totals_on(on_map(year, map_year), year, "NO") for map_year in (year, TODAY))

    assert now == then


@pytest.mark.parametrize("year", YEARS)
def test_nobody_is_lost_between_the_maps(year):
    """Every count of a municipality is in one region of today that shows it, or in a county's rest."""
    then, now = on_map(year, year), on_map(year, TODAY)
    municipalities = [*registry().at_level(Level.MUNICIPALITY, TODAY), registry().find("9999")]
    counties = [*registry().at_level(Level.COUNTY, TODAY), registry().find("99")]
    placed = [totals_on(now, year, one.code) for one in municipalities]
    rest = [totals_on(now, year, one.code).not_placed_by_borders or 0 for one in counties]
    country = totals_on(then, year, "NO")

    rest.append(totals_on(now, year, "NO").not_placed_by_borders or 0)

    assert sum(one.settled or 0 for one in placed) + sum(rest) == (country.settled or 0)
    assert {one.region.code for one in placed if not one.comparable} == set(redrawing(year, TODAY).divided)
    for measure in SUMMED:
        of_counties = [totals_on(now, year, one.code).measure(measure) or 0 for one in counties]
        assert sum(of_counties) == (country.measure(measure) or 0)


@pytest.mark.parametrize("year", YEARS)
def test_flows_of_a_region_that_can_be_compared_add_up_to_it(year):
    now = on_map(year, TODAY)
    for region in registry():
        if not region.valid_in(TODAY):
            continue
        totals = totals_on(now, year, region.code)
        if totals.flows and totals.comparable:
            assert sum(flow.persons or 0 for flow in totals.flows) == (totals.settled or 0)


def test_the_figures_are_those_that_are_known():
    assert totals_on(on_map(2015, 2015), 2015, "NO").settled == 11_342
    assert totals_on(on_map(2015, 2015), 2015, "NO").coverage.not_stated == 74
    assert totals_on(on_map(2012, TODAY), 2012, "NO").settled == 5_757
    trondheim = totals_on(on_map(2012, TODAY), 2012, "5001")
    assert [flow.source.code for flow in trondheim.flows] == ["1601", "1662"]
    county = totals_on(on_map(2012, TODAY), 2012, "15")
    assert not totals_on(on_map(2012, TODAY), 2012, "1508").comparable
    assert county.not_placed_by_borders == sum(
        totals_on(on_map(2012, 2012), 2012, code).settled or 0
        for code in ("1504", "1523", "1529", "1534", "1546")
    )
    assert county.not_placed_by_borders > 0
