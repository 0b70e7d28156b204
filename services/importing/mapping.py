"""The region in which a figure of a year belongs, where its code was not valid that year."""

import re

from services.contract.regions import Level, Region, registry

_BESIDE = re.compile(r"\s+[-–/]\s+")


def municipality(code: str) -> Region | None:
    """The municipality that has or had a code; None where the registry knows none."""
    region = registry().find(code)
    return region if region is not None and region.level is Level.MUNICIPALITY else None


def valid_region(region: Region, year: int) -> Region | None:
    """The region valid in a year to which the figures of another belong; None where that can't be told.

    Forward or back it is the one region that is reached. Going back from a merger of several it is the
    one of them that had the same name: the source has counted under the name, not under the border.
    """
    if is_after(region, year):
        reached = registry().successors_in(region, year)
    else:
        reached = registry().predecessors_in(region, year)
        if len(reached) > 1:
            reached = [one for one in reached if _names(one) & _names(region)]
    return reached[0] if len(reached) == 1 else None


def is_after(region: Region, year: int) -> bool:
    """Whether a region was retired before a year."""
    return region.valid_to is not None and year > region.valid_to


def _names(region: Region) -> set[str]:
    """The names of a region in all its languages, and all of them as one name.

    In the registry they stand side by side, "Harstad - Hárstták", but not in every time.
    """
    spoken = [name.casefold() for name in _BESIDE.split(region.name.strip())]
    return {*spoken, "-".join(spoken)}
