"""A region named in an event must exist on the event's date."""

from functools import lru_cache

from services.contract.faults import Fault
from services.contract.regions import Level, Region, registry


def region_faults(code: str, pointer: str, year: int, level: Level | None) -> list[Fault]:
    """What is wrong with a region's code in an event of a year; nothing if all is well.

    ``level`` is the level that it must have, None where any may stand.
    """
    return list(_region_faults(code, pointer, year, level))


@lru_cache(maxsize=10_000)
def _region_faults(code: str, pointer: str, year: int, level: Level | None) -> list[Fault]:
    region = registry().find(code)
    if region is None:
        return [Fault(pointer, "region-unknown", f"There is no region with the code {code}.")]
    if level is not None and region.level is not level:
        return [Fault(pointer, "region-level", f"{_named(region)} is no {level}.")]
    if not region.valid_in(year):
        return [Fault(pointer, "region-not-valid", _why_not_valid(region, year))]
    return []


def district_faults(code: str, pointer: str, municipality: str, year: int) -> list[Fault]:
    """What is wrong with a district named for a municipality in a year."""
    return list(_district_faults(code, pointer, municipality, year))


@lru_cache(maxsize=10_000)
def _district_faults(code: str, pointer: str, municipality: str, year: int) -> list[Fault]:
    faults = region_faults(code, pointer, year, Level.DISTRICT)
    region = registry().find(code)
    if not faults and region is not None and region.parent != municipality:
        faults.append(
            Fault(pointer, "district-elsewhere", f"{_named(region)} is no district of {municipality}.")
        )
    return faults


def _named(region: Region) -> str:
    return f"{region.code} {region.name}"


def _why_not_valid(region: Region, year: int) -> str:
    regions = registry()
    if region.valid_to is not None and year > region.valid_to:
        now = regions.successors_in(region, year)
        said = f"{_named(region)} was valid until {region.valid_to}"
    else:
        now = regions.predecessors_in(region, year)
        said = f"{_named(region)} is valid from {region.valid_from}"
    if not now:
        return f"{said}, so not in {year}."
    return f"{said}, so not in {year}; that year use {' or '.join(_named(other) for other in now)}."
