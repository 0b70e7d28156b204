"""An independent count of persons settled. It knows nothing of how Bosatt counts."""

from collections import Counter
from dataclasses import dataclass

COUNTIES = {"0301": "03", "4601": "46", "1103": "11", "5001": "50", "4204": "42"}


@dataclass(frozen=True, slots=True)
class Place:
    municipality: str
    district: str | None = None

    @property
    def regions(self) -> list[str]:
        districts = [] if self.district is None else [self.district]
        return [*districts, self.municipality, COUNTIES[self.municipality], "NO"]


PLACES = [*(Place(code) for code in COUNTIES), Place("0301", "030101"), Place("0301", "030104")]


@dataclass(frozen=True, slots=True)
class Settled:
    place: Place
    day: str
    sex: str


class Ledger:
    """Who is settled where, kept beside the system by whoever posts."""

    def __init__(self) -> None:
        self.persons: dict[str, Settled] = {}
        self.withdrawn: set[str] = set()
        self._ever: set[tuple[str, int]] = set()

    def put(self, person: str, settled: Settled) -> None:
        self.persons[person] = settled
        self._ever |= {(region, int(settled.day[:4])) for region in settled.place.regions}

    def withdraw(self, person: str) -> None:
        del self.persons[person]
        self.withdrawn.add(person)

    def totals(self) -> dict[tuple[str, int], int]:
        """Persons by region and year; 0 where all that was reported has been taken back."""
        counts = dict.fromkeys(self._ever, 0)
        for settled in self.persons.values():
            for region in settled.place.regions:
                counts[region, int(settled.day[:4])] += 1
        return counts

    def by_day_and_sex(self) -> Counter[tuple[str, str]]:
        counts: Counter[tuple[str, str]] = Counter()
        for settled in self.persons.values():
            counts["day", settled.day] += 1
            counts["sex", settled.sex] += 1
        return counts
