"""What the file says of each region and year, its rows taken together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.importing.classes import Classed
from services.importing.rows import Measure, Row


class Place(NamedTuple):
    """A region and a year."""

    region: str
    year: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure: the sum of its rows, None where the source hides any of them."""

    rows: tuple[Row, ...]

    @property
    def persons(self) -> int | None:
        persons = [row.persons for row in self.rows if row.persons is not None]
        return sum(persons) if len(persons) == len(self.rows) else None

    @property
    def reference(self) -> str:
        """The codes under which the source counts it: the same for the same rows, whenever they are read."""
        return "+".join(sorted(row.code for row in self.rows))


@dataclass(slots=True)
class Said:
    """All that the file says of one region and year."""

    place: Place
    figures: dict[Measure, Figure] = field(default_factory=dict)

    def persons(self, measure: Measure) -> int | None:
        """A number that the source tells; None where it hides it or has none."""
        figure = self.figures.get(measure)
        return None if figure is None else figure.persons

    def reference(self, measure: Measure) -> str:
        return self.figures[measure].reference


def said_in(rows: Iterable[Classed]) -> Mapping[Place, Said]:
    """What rows that count in a region say, by region and year."""
    gathered: dict[Place, dict[Measure, list[Row]]] = {}
    for one in rows:
        if one.region is not None:
            place = Place(one.region, one.row.year)
            gathered.setdefault(place, {}).setdefault(one.row.measure, []).append(one.row)
    return {
        place: Said(place, {measure: Figure(_by_code(found)) for measure, found in measures.items()})
        for place, measures in gathered.items()
    }


def _by_code(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: row.code))
