"""Copy cells of persons that differ, and carry what differs to the margins of all regions above.

A cell that changes by so many persons changes each margin of which it is a part by as many: so a
release costs what has changed, not how many persons there are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, select

from services.chassis.database import Database
from services.contract.regions import registry
from services.opendata.projection.cells import Margin, margins_of
from services.opendata.projection.upserts import Upsert
from services.opendata.release import tables
from services.opendata.release.gathering import Cells, Place, Row

_CELLS = tables.cells.c
_OF_A_YEAR = select(
    _CELLS.year, _CELLS.region, _CELLS.day, _CELLS.categories, _CELLS.origin, _CELLS.persons
).where(_CELLS.year == bindparam("year"), _CELLS.region.in_(bindparam("regions", expanding=True)))
_OF_A_DAY = _OF_A_YEAR.where(_CELLS.day == bindparam("day"))


class Margins:
    """Persons by one dimension and by day, first at their own regions, then at all above them too."""

    def __init__(self) -> None:
        self._categories: dict[str, Counter[Margin]] = defaultdict(Counter)
        self._days: dict[str, Counter[tuple[int, str]]] = defaultdict(Counter)

    def add(self, cells: Mapping[Row, int]) -> None:
        """Count persons in, or out where their number is below nought."""
        for (year, region, day, packed, origin), persons in cells.items():
            here = self._categories[region]
            for margin in margins_of(year, day, packed, origin):
                here[margin] += persons
            self._days[region][year, day] += persons

    def categories(self) -> dict[Row, int]:
        """By year, region, dimension, category and origin."""
        found: Counter[Row] = Counter()
        for region, counts in self._categories.items():
            for above in registry().lineage(region):
                for (year, *margin), persons in counts.items():
                    found[year, above, *margin] += persons
        return found

    def days(self) -> dict[Row, int]:
        """By year, region and day."""
        found: Counter[Row] = Counter()
        for region, counts in self._days.items():
            for above in registry().lineage(region):
                for (year, day), persons in counts.items():
                    found[year, above, day] += persons
        return found


class Statements:
    """What persons are written with, compiled once for one database."""

    def __init__(self, published: Database) -> None:
        self.cells = Upsert(published, tables.cells)
        margins = (tables.categories, tables.days)
        self.adding = {table.name: Upsert(published, table, adds=("persons",)) for table in margins}
        self.setting = {table.name: Upsert(published, table) for table in margins}


class Persons:
    """Writes the persons of one release, inside its transaction.

    ``changed`` gathers where any answer about them is another one now.
    """

    def __init__(self, statements: Statements, connection: Connection, number: int) -> None:
        self._statements = statements
        self._connection = connection
        self._number = number
        self.changed: set[Place] = set()

    def released_beside(self, cells: Cells) -> Cells:
        """What is released of some cells, and perhaps of others of the same days."""
        regions: dict[tuple[int, str], set[str]] = defaultdict(set)
        for year, region, day, *_ in cells:
            regions[year, day].add(region)
        found: Cells = {}
        for (year, day), here in regions.items():
            at = {"year": year, "day": day, "regions": sorted(here)}
            found.update((tuple(row[:-1]), row[-1]) for row in self._connection.execute(_OF_A_DAY, at))
        return found

    def released_in(self, year: int, regions: list[str]) -> Cells:
        """All released cells of some regions in a year."""
        rows = self._connection.execute(_OF_A_YEAR, {"year": year, "regions": regions})
        return {tuple(row[:-1]): row[-1] for row in rows}

    def put_cells(self, cells: Cells, released: Cells) -> dict[Row, int]:
        """Write those of some cells that differ from what is released; by how much they do."""
        differing = {key: persons for key, persons in cells.items() if persons != released.get(key, 0)}
        self._statements.cells.put(self._connection, self._rows(differing))
        for region, year in {(region, year) for year, region, *_ in differing}:
            # Combinations of dimensions are summed from cells at all levels, whatever margins say.
            self.changed |= {(above, year) for above in registry().lineage(region)}
        return {key: persons - released.get(key, 0) for key, persons in differing.items()}

    def add_margins(self, margins: Margins) -> None:
        """Add what has changed to the margins that are released."""
        for name, counts in (("categories", margins.categories()), ("days", margins.days())):
            self._put(self._statements.adding[name], {key: by for key, by in counts.items() if by})

    def set_margins(self, margins: Margins, year: int) -> None:
        """Make all margins that are released of a year these."""
        for name, counts in (("categories", margins.categories()), ("days", margins.days())):
            table = tables.metadata.tables[name]
            rows = self._connection.execute(
                select(*table.primary_key.columns, table.c.persons).where(table.c.year == year)
            )
            released = {tuple(row[:-1]): row[-1] for row in rows}
            now = dict.fromkeys(released, 0) | counts
            differing = {key: persons for key, persons in now.items() if persons != released.get(key, 0)}
            self._put(self._statements.setting[name], differing)

    def _put(self, upsert: Upsert, counts: Mapping[Row, int]) -> None:
        upsert.put(self._connection, self._rows(counts))
        self.changed |= {(region, year) for year, region, *_ in counts}

    def _rows(self, counts: Mapping[Row, int]) -> Iterable[Row]:
        """In the order of the tables' columns, region first."""
        return (
            (region, year, *rest, self._number, persons) for (year, region, *rest), persons in counts.items()
        )
