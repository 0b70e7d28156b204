"""The finest cell in which a person settled is counted, and the margins of which it is a part.

The projection keeps cells only, in the region that persons are counted in. What is known by one
dimension or by day, there and in all regions above, is summed from them where it is released.
"""

from collections.abc import Iterator
from functools import lru_cache

from services.contract.codes import UNKNOWN, Dimension

IN_A_CELL = tuple(dimension for dimension in Dimension if dimension is not Dimension.MONTH)
"""The dimensions in the order of a cell's categories. The month follows from the day."""

_BETWEEN = "|"
_MOST_REMEMBERED = 50_000

Margin = tuple[int, str, str, str]
"""Year, dimension, category and origin."""


def joined(*categories: str) -> str:
    """A category of each dimension as one text, which makes one short key of a cell."""
    return _BETWEEN.join(categories)


def parted(categories: str) -> list[str]:
    """The category of each dimension."""
    return categories.split(_BETWEEN)


@lru_cache(maxsize=_MOST_REMEMBERED)
def minor_of(categories: str) -> str:
    """Whether of unaccompanied minors: ``true``, ``false`` or unknown."""
    return parted(categories)[IN_A_CELL.index(Dimension.UNACCOMPANIED_MINOR)]


def month_of(day: str) -> str:
    """The month of a day as a category; of those of whom no day is stated ("") it is unknown."""
    return day[:7] or UNKNOWN


def margins_of(year: int, day: str, categories: str, origin: str) -> tuple[Margin, ...]:
    """The margins by one dimension that a cell is a part of, each with its region left out."""
    return _margins(year, month_of(day), categories, origin)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _margins(year: int, month: str, categories: str, origin: str) -> tuple[Margin, ...]:
    return tuple(_each(year, month, categories, origin))


def _each(year: int, month: str, categories: str, origin: str) -> Iterator[Margin]:
    for dimension, category in zip(IN_A_CELL, parted(categories), strict=True):
        yield year, dimension.value, category, origin
    yield year, Dimension.MONTH.value, month, origin
