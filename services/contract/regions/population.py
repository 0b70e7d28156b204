"""Inhabitants on 1 January, as published by Statistics Norway on the regions of 2024."""

import csv
from functools import cache
from importlib import resources

from services.contract.regions.redrawing import redrawing
from services.contract.regions.registry import registry

YEAR_OF_BORDERS = 2024


def population(code: str, year: int, map_year: int | None = None) -> int | None:
    """The inhabitants of a region on 1 January of a year; None where no figure is at hand.

    The region is that of the year itself, or of another map where ``map_year`` is given. The figures
    of all years are on the borders of 2024, so a region has them only if it is the same as then.
    """
    of = year if map_year is None else map_year
    figure = _by_code_and_year().get((code, year))
    if figure is None or registry().find_in(code, of) is None:
        return None
    return figure if redrawing(of, YEAR_OF_BORDERS).is_unchanged(code) else None


@cache
def _by_code_and_year() -> dict[tuple[str, int], int]:
    text = resources.files(__package__).joinpath("population_1_january.csv").read_text(encoding="utf-8")
    return {
        (row["code"], int(row["year"])): int(row["population"]) for row in csv.DictReader(text.splitlines())
    }
