"""What borders do to the numbers of a year on another map, by a year's sheet redrawn. Pure."""

from dataclasses import replace
from typing import Any

from services.contract.codes import Measure
from services.contract.regions import Level, Region
from services.opendata.release.answers import (
    Flow,
    Totals,
    UnaccompaniedMinors,
    Withheld,
    WithheldReason,
)
from services.opendata.release.settled import settled_in, shown_in
from services.opendata.release.sheets import Sheet

_NO_MINORS = UnaccompaniedMinors(None, None, None, None, None, None, None, None)
_NOT_SHOWN = (
    *(measure.value for measure in Measure),
    "answer_by",
    "answer_expected_on",
    "accepts_unaccompanied_minors",
    "decision_status",
    "not_placed_by_borders",
)


def not_comparable(totals: Totals) -> Totals:
    """Totals of a region into which only a part of another came: none but what they were to be of."""
    withheld = {one.measure for one in totals.withheld}
    withheld |= {measure for measure in Measure if totals.measure(measure) is not None}
    blank: dict[str, Any] = dict.fromkeys(_NOT_SHOWN)
    return replace(
        totals,
        **blank,
        unaccompanied_minors=_NO_MINORS,
        origins=(),
        comparable=False,
        withheld=tuple(
            Withheld(measure, WithheldReason.NOT_COMPARABLE) for measure in Measure if measure in withheld
        ),
    )


def not_placed_by_borders(sheet: Sheet, region: Region, settled: int | None) -> int | None:
    """Persons settled in a region and in none below it, because borders have changed under them.

    Those of an old region that went into several, here and not in one of them; and those who came
    wholly into a region below of which no number can be given for the sake of others.
    """
    if settled is None:
        return None
    borders = sheet.borders
    if borders.year == borders.map_year or region.level is Level.DISTRICT:
        return 0
    if region.level is Level.MUNICIPALITY:
        return _in_no_district(sheet, region)
    below = borders.regions.children(region, borders.map_year)
    return settled - sum(shown_in(sheet, child.code) or 0 for child in below)


def _in_no_district(sheet: Sheet, region: Region) -> int:
    """Persons of old districts that can't be placed in one of the map."""
    borders, then = sheet.borders, sheet.of_the_year
    districts = districts_of(sheet, region)
    if not districts:
        return 0
    homes = [region.code, *(one.code for one in districts if one.code in borders.divided)]
    return sum(settled_in(then, one) or 0 for home in homes for one in borders.districts_at_home(home))


def districts_of(sheet: Sheet, region: Region) -> list[Region]:
    """The districts of a municipality on the sheet's map."""
    if region.level is not Level.MUNICIPALITY:
        return []
    return sheet.borders.regions.children(region, sheet.borders.map_year)


def flows_into(sheet: Sheet, region: Region) -> tuple[Flow, ...]:
    """Where the numbers of a region come from, if it was not the same in the year as on the map."""
    borders = sheet.borders
    if borders.year == borders.map_year or borders.is_unchanged(region.code):
        return ()
    kept: dict[str, tuple[Flow, ...]] = sheet.remembered.setdefault("flows", {})
    if region.code not in kept:
        then = sheet.of_the_year
        kept[region.code] = tuple(
            Flow(
                source=borders.regions.named(source),
                targets=tuple(borders.regions.named(target) for target in borders.targets(source)),
                persons=settled_in(then, source),
            )
            for source in borders.sources(region.code)
        )
    return kept[region.code]
