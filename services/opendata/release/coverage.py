"""Of how many of a region's municipalities something is known, by a year's sheet. Pure."""

from services.contract.regions import NOT_STATED, Level, Region
from services.opendata.release.answers import Coverage
from services.opendata.release.settled import settled_in, shown_in
from services.opendata.release.sheets import Sheet


def coverage_of(sheet: Sheet, region: Region) -> Coverage:
    """The coverage of a region by municipalities of the year of which all is in it."""
    kept: dict[str, Coverage] = sheet.remembered.setdefault("coverage", {})
    if region.code not in kept:
        kept[region.code] = _coverage(sheet, region)
    return kept[region.code]


def _coverage(sheet: Sheet, region: Region) -> Coverage:
    code = region.code
    if region.level is Level.DISTRICT:
        return Coverage(0, 0, 0, 0, 0, complete=shown_in(sheet, code) is not None)
    then = sheet.of_the_year
    whole = sheet.borders.whole(code)
    inside = [one for one in whole if one != NOT_STATED]
    reporting = sum(1 for one in inside if settled_in(then, one) is not None)
    return Coverage(
        municipalities=len(inside),
        asked=sum(then.known(one, "asked") or 0 for one in inside),
        decided=sum(then.known(one, "answered") or 0 for one in inside),
        reporting=reporting,
        not_stated=(then.known(NOT_STATED, "settled") or 0) if NOT_STATED in whole else 0,
        complete=0 < len(inside) == reporting
        and code not in sheet.above_hidden
        and not any(code in hidden.above for hidden in sheet.hidden_decisions.values())
        and code not in sheet.borders.divided,
    )
