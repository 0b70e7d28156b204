"""Inhabitants on 1 January, as published by Statistics Norway on the regions of 2024."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib import resources

from services.contract.regions.registry import Level, registry

YEAR_OF_BORDERS = 2024


@cache
def _by_code_and_year() -> dict[tuple[str, int], int]:
    text = resources.files(__package__).joinpath("population_1_january.csv").read_text(encoding="utf-8")
    return {
        (row["code"], int(row["year"])): int(row["population"]) for row in csv.DictReader(text.splitlines())
    }


@cache
def population(code: str, year: int) -> int | None:
    """The inhabitants of a region on 1 January of a year; None where no figure is at hand.

    The figures of former years are on the borders of 2024. So a region that was there already is
    summed from the municipalities that its own became, and has none where those reach beyond it.
    """
    region = registry().find_in(code, year)
    if region is None or year >= YEAR_OF_BORDERS or region.level in (Level.COUNTRY, Level.DISTRICT):
        return _by_code_and_year().get((code, year))
    if region.level is Level.MUNICIPALITY:
        return _summed([code], year)
    return _summed([child.code for child in registry().children(region, year)], year)


def _summed(municipalities: Iterable[str], year: int) -> int | None:
    inside = set(municipalities)
    became, came_from = _flows(year)
    now = {later for code in inside for later in became[code]}
    figures = [_by_code_and_year().get((code, year)) for code in now]
    known = [figure for figure in figures if figure is not None]
    if not now or len(known) < len(figures) or any(came_from[code] - inside for code in now):
        return None
    return sum(known)


@cache
def _flows(year: int) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Which municipalities of 2024 each one of a year became, and which each one came from."""
    became: dict[str, set[str]] = defaultdict(set)
    came_from: dict[str, set[str]] = defaultdict(set)
    for region in registry().at_level(Level.MUNICIPALITY, year):
        for later in registry().successors_in(region, YEAR_OF_BORDERS):
            became[region.code].add(later.code)
            came_from[later.code].add(region.code)
    return became, came_from
