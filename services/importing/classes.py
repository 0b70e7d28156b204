"""What becomes of each row: exactly one of seven classes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.importing.mapping import is_after, municipality, valid_region
from services.importing.rows import Flag, Measure, Row


class RowClass(StrEnum):
    """The classes, in the order in which they are told."""

    IMPORTED = "imported"
    NOUGHT = "nought"
    SUPPRESSED = "suppressed"
    MISSING = "missing"
    BEFORE = "before validity"
    AFTER = "after validity"
    UNKNOWN = "unknown code"


@dataclass(frozen=True, slots=True)
class Classed:
    """A row, its class, and the code of the region in which it counts, where it does."""

    row: Row
    row_class: RowClass
    region: str | None = None

    @property
    def is_mapped(self) -> bool:
        """Whether the row counts in another region than the one that it names."""
        return self.region is not None and self.region != self.row.code


def classed(rows: Iterable[Row], *, map_retired: bool) -> list[Classed]:
    """Each row in its class, in their order.

    What the source has no figure for is missing, whatever its code. Where rows that are mapped to a
    region would have to be added to a number that is hidden, they are left where they were: no sum of
    a request or a decision can be told from it.
    """
    found = [_classed(row, map_retired=map_retired) for row in rows]
    together: dict[tuple[str, int, Measure], list[int]] = defaultdict(list)
    for index, one in enumerate(found):
        if one.region is not None:
            together[one.region, one.row.year, one.row.measure].append(index)
    for (_, _, measure), indices in together.items():
        if measure is not Measure.SETTLED and not _add_up([found[index] for index in indices]):
            for index in indices:
                if found[index].is_mapped:
                    found[index] = _outside(found[index].row)
    return found


def _classed(row: Row, *, map_retired: bool) -> Classed:
    if row.flag is Flag.MISSING:
        return Classed(row, RowClass.MISSING)
    region = municipality(row.code)
    if region is None:
        return Classed(row, RowClass.UNKNOWN)
    if region.valid_in(row.year):
        return Classed(row, _class_of(row), row.code)
    target = valid_region(region, row.year) if map_retired else None
    if target is None:
        return _outside(row)
    return Classed(row, _class_of(row), target.code)


def _outside(row: Row) -> Classed:
    region = municipality(row.code)
    assert region is not None
    return Classed(row, RowClass.AFTER if is_after(region, row.year) else RowClass.BEFORE)


def _class_of(row: Row) -> RowClass:
    if row.flag is Flag.SUPPRESSED:
        return RowClass.SUPPRESSED
    return RowClass.IMPORTED if row.persons else RowClass.NOUGHT


def _add_up(rows: Sequence[Classed]) -> bool:
    return len(rows) == 1 or all(one.row.persons is not None for one in rows)
