"""Persons settled in one region and year: who is to be added or withdrawn, so that they are as many as told.

The source counts persons and does not tell them apart. So each is known by the code under which it is
counted, the year and an ordinal, and by these the import finds its own again.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from services.importing import events
from services.importing.events import Event
from services.importing.standing import Persons as Standing
from services.importing.standing import Published
from services.importing.years import Figure, Place


class Person(NamedTuple):
    """The so-many-th that is counted under a code."""

    code: str
    ordinal: int


@dataclass(slots=True)
class Persons:
    """What is to be done. ``told`` is how many the file has by code, ``there`` how many are counted."""

    place: Place
    told: dict[str, int]
    there: int = 0
    added: list[Person] = field(default_factory=list)
    withdrawn: list[Person] = field(default_factory=list)
    differs: bool = False
    """Whether others are counted than by this file: by somebody else, or by another edition of it."""

    @property
    def count(self) -> int:
        """Events to post."""
        return len(self.added) + len(self.withdrawn)

    def events(self) -> Iterator[Event]:
        """The events, made as they are taken."""
        for person in self.added:
            yield events.person_settled(self.place, *person)
        for person in self.withdrawn:
            yield events.person_withdrawn(self.place, *person)


def persons_of(
    place: Place, figure: Figure, standing: Standing | None, published: Published | None, *, revise: bool
) -> Persons:
    """Who is to be posted of a figure's persons.

    ``published`` is the figure that an import before this one has published, if it did. Others' persons
    are never withdrawn: where they are counted already, no more are added than are missing to the number
    told, and only where that is asked for.
    """
    told = {row.code: row.persons for row in figure.rows if row.persons}
    found = Persons(place, told, 0 if standing is None else len(standing.counted))
    if standing is None:
        found.added = [Person(code, n) for code, count in told.items() for n in range(1, count + 1)]
        return found
    if found.there == sum(told.values()) or (figure.persons is None and not told):
        return found
    ours = _Ours(figure, place.year, standing)
    others = found.there - sum(map(len, ours.counted.values()))
    wanted = {row.code: list(range(1, (row.persons or 0) + 1)) for row in figure.rows}
    begun = all(not ours.closed[code] and set(ours.counted[code]) <= set(wanted[code]) for code in wanted)
    if others == 0 and begun and _same_edition(figure, ours, published):
        found.added = [
            Person(code, n) for code in wanted for n in wanted[code] if n not in ours.counted[code]
        ]
        return found
    found.differs = True
    if revise:
        _revise(found, ours, others)
    return found


class _Ours:
    """The ordinals of a figure's persons that an import has posted, by code."""

    def __init__(self, figure: Figure, year: int, standing: Standing) -> None:
        # Ordinals are given one after the other, so there are none above the number of all that stand.
        most = len(standing.counted) + len(standing.closed) + max(row.persons or 0 for row in figure.rows)
        self.counted: dict[str, list[int]] = {}
        self.closed: dict[str, list[int]] = {}
        for row in figure.rows:
            ids = {n: events.settlement_of(row.code, year, n) for n in range(1, most + 1)}
            self.counted[row.code] = [n for n, subject in ids.items() if subject in standing.counted]
            self.closed[row.code] = [n for n, subject in ids.items() if subject in standing.closed]


def _same_edition(figure: Figure, ours: _Ours, published: Published | None) -> bool:
    """Whether what stands was begun by an import of the same numbers.

    An import publishes its figure before it posts the persons. One of all rows that count here, or of
    those of which anybody stands: rows may have come in since, by a code that was not mapped before.
    """
    begun = [row.persons or 0 for row in figure.rows if ours.counted[row.code]]
    return published is None or not begun or published.persons in (figure.persons, sum(begun))


def _revise(found: Persons, ours: _Ours, others: int) -> None:
    """Make ours as many as others leave to be counted, code by code."""
    left = max(0, sum(found.told.values()) - others)
    for code, standing in ours.counted.items():
        wanted = min(found.told.get(code, 0), left)
        left -= wanted
        found.withdrawn += [Person(code, ordinal) for ordinal in standing[wanted:]]
        # Who was withdrawn can't be settled again.
        used = {*standing, *ours.closed[code]}
        free = (ordinal for ordinal in itertools.count(1) if ordinal not in used)
        found.added += [Person(code, next(free)) for _ in range(wanted - len(standing))]
