"""IMDi's yearly figures, 1995-2021, as sheets: folded as an import's events would be, without any."""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from services.contract.regions import Level, redrawing, registry
from services.opendata.projection.effects import Effects, Total
from services.opendata.projection.fold import fold
from services.opendata.release.sheets import Count, Sheet, note_official

FIGURES = Path(__file__).parents[4] / "shared" / "data" / "imdi_settlement_1995_2021.csv"


@cache
def imported_sheets():
    """Sheets by year of all figures whose region is known, under the codes of their own year."""
    counted, official = defaultdict(Effects), defaultdict(list)
    for row in _rows():
        year = int(row["year"])
        code = _code_of_the_year(row["code"], year)
        if code is None or row["flag"] == "missing":
            continue
        if row["measure"] == "settled" and (row["flag"] or row["value"] == "0"):
            said = {"status": "suppressed"} if row["flag"] else {"status": "exact", "persons": 0}
            official[year].append((code, said))
        elif not row["flag"]:
            counted[year].totals += _totals(code, year, row["measure"], int(row["value"]))
    return {year: _sheet(year, effects, official[year]) for year, effects in counted.items()}


def _rows():
    if not FIGURES.exists():
        pytest.fail(f"IMDi's figures are not at {FIGURES}: put the folder shared/ beside the checkout.")
    with FIGURES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _code_of_the_year(code, year):
    region = registry().find(code)
    if region is None or region.valid_in(year):
        return region and region.code
    there = registry().successors_in(region, year) or registry().predecessors_in(region, year)
    alike = there if len(there) == 1 else [one for one in there if one.name == region.name]
    return alike[0].code if len(alike) == 1 else None


def _totals(code, year, measure, value):
    if measure == "settled":
        return [(Total(code, year, "settled", "imported"), value, value)]
    names = {
        "requested": ("requested", "asked"),
        "requested_original": ("requested_originally",),
        "decided": ("decided", "quota", "answered"),
    }[measure]
    return [(Total(code, year, name, ""), 1 if name in ("asked", "answered") else value, 1) for name in names]


def _sheet(year, effects, official):
    deltas = fold([(1, effects)])
    sheet = Sheet(redrawing(year, year))
    for region, values in deltas.values.items():
        for key, value in values.items():
            _, measure, origin = key
            sheet.counts[region, measure] = Count(value, deltas.reports[region][key])
            if origin and value:
                sheet.origins[region].add(origin)
    for code, figure in official:
        assert registry().find(code).level is Level.MUNICIPALITY
        note_official(sheet, code, figure)
    return sheet
