"""Inhabitants on 1 January, as published by Statistics Norway on the regions of 2024."""

import csv
from functools import cache
from importlib import resources


@cache
def _by_code_and_year() -> dict[tuple[str, int], int]:
    text = resources.files(__package__).joinpath("population_1_january.csv").read_text(encoding="utf-8")
    return {
        (row["code"], int(row["year"])): int(row["population"]) for row in csv.DictReader(text.splitlines())
    }


def population(code: str, year: int) -> int | None:
    """The inhabitants of a region on 1 January of a year; None where no figure is at hand."""
    return _by_code_and_year().get((code, year))
