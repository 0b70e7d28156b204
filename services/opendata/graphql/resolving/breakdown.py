"""Persons settled by one or more dimensions, each category named by its dimension."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.contract.codes import Dimension, Origin
from services.contract.regions import Region
from services.opendata.graphql.errors import bad_input
from services.opendata.release.answers import Category, ReleasedNumbers, WithheldReason


@dataclass(frozen=True, slots=True)
class BreakdownCell:
    """Persons who share one category in each dimension asked for."""

    keys: tuple[Category, ...]
    persons: int | None
    share: float | None
    withheld: WithheldReason | None
    origins: tuple[Origin, ...]

    def key(self, dimension: Dimension) -> Category | None:
        return next((key for key in self.keys if key.dimension is dimension), None)


def breakdown_of(
    numbers: ReleasedNumbers,
    region: Region,
    year: int,
    by: Sequence[Dimension],
    map_year: int | None = None,
) -> list[BreakdownCell]:
    """The cells of a region and year with somebody in them."""
    if not by:
        raise bad_input("by needs at least one dimension.")
    if len(set(by)) < len(by):
        raise bad_input("by names a dimension twice.")
    return [
        BreakdownCell(
            keys=tuple(
                Category(dimension, value) for dimension, value in zip(by, cell.categories, strict=True)
            ),
            persons=cell.persons,
            share=cell.share,
            withheld=cell.withheld,
            origins=cell.origins,
        )
        for cell in numbers.breakdown(region, year, by, map_year)
    ]
