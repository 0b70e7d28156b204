"""Whatever merges, is split or gets a new code: numbers on another map are what a naive model says."""

from dataclasses import astuple
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contract.regions import Redrawing
from services.opendata.release.redrawn import merged_waits, redrawn
from services.opendata.release.totals import totals_of
from tests.opendata.release.maps import FIRST, LAST, MapMaker
from tests.opendata.release.naive_borders import NaiveMap, Year

SEEDS = st.integers(0, 1_000_000_000)
ANY_YEAR = st.integers(FIRST, LAST)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(seed=SEEDS, year=ANY_YEAR, map_year=ANY_YEAR)
def test_every_number_on_another_map_is_the_naive_models(seed, year, map_year):
    rnd = Random(seed)
    regions = MapMaker(rnd).draw()
    known = Year.by_chance(rnd, regions, year)
    sheet = on_map(known, map_year)
    naive = NaiveMap(known, map_year)

    for region in regions:
        if not region.valid_in(map_year):
            continue
        expected = naive.expected(region.code)
        if expected is not None:
            totals = totals_of(sheet, region, year, release=None)
            assert {name: _plain(totals, name) for name in expected} == expected, region.code


def on_map(known, map_year):
    sheet = known.sheet()
    if map_year == known.year:
        return sheet
    borders = Redrawing(known.regions, known.year, map_year)
    waits = known.waits()
    return redrawn(sheet, borders, {code: waits[code] for code in merged_waits(sheet, borders)})


def _plain(totals, name):
    value = getattr(totals, name)
    if name == "withheld":
        return {(one.measure.value, one.reason.value) for one in value}
    if name == "flows":
        return [(one.source.code, [target.code for target in one.targets], one.persons) for one in value]
    if name == "coverage":
        return astuple(value)
    if name == "answer_by":
        return value and value.isoformat()
    return value


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(seed=SEEDS, year=ANY_YEAR, map_year=ANY_YEAR)
def test_what_lies_below_and_what_is_not_placed_add_up(seed, year, map_year):
    rnd = Random(seed)
    regions = MapMaker(rnd).draw()
    sheet = on_map(Year.by_chance(rnd, regions, year), map_year)

    for region in regions:
        if region.valid_in(map_year) and regions.children(region, map_year):
            above = totals_of(sheet, region, year, release=None)
            if above.settled is not None:
                children = regions.children(region, map_year)
                below = [totals_of(sheet, child, year, release=None).settled or 0 for child in children]
                rest = above.not_placed_by_borders + (above.not_placed_in_district or 0)
                assert sum(below) + rest == above.settled
                assert above.not_placed_by_borders >= 0
