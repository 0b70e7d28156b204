"""Sheets of years kept in memory, on the map of each year and on that of today."""

import threading
from collections import OrderedDict

from sqlalchemy import Connection, select

from services.contract.regions import redrawing
from services.opendata.release import tables
from services.opendata.release.redrawn import merged_waits, redrawn
from services.opendata.release.sheets import Sheet, load_sheet

MOST_SHEETS = 64
"""Of years on their own maps."""


class Sheets:
    """Sheets kept in memory, each dated by the release that last changed its year."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[int, Sheet]] = OrderedDict()
        self._lock = threading.Lock()

    def sheet(self, connection: Connection, year: int, map_year: int, changed_in: int) -> Sheet:
        """The sheet of a year on a map as a connection's transaction sees it.

        ``changed_in`` is the release that last changed the year in that transaction's eyes.
        """
        sheet = self._of_the_year(connection, year, changed_in)
        borders = redrawing(year, map_year)
        if borders.year == borders.map_year:
            return sheet
        # What is kept with a sheet goes when it goes. Of maps only that of today is asked for, so
        # one is enough.
        kept = sheet.remembered.get("redrawn")
        if isinstance(kept, Sheet) and kept.borders.map_year == borders.map_year:
            return kept
        found = redrawn(sheet, borders, _waits(connection, year, merged_waits(sheet, borders)))
        sheet.remembered["redrawn"] = found
        return found

    def _of_the_year(self, connection: Connection, year: int, changed_in: int) -> Sheet:
        with self._lock:
            kept = self._kept.get(year)
            if kept is not None and kept[0] == changed_in:
                self._kept.move_to_end(year)
                return kept[1]
        sheet = load_sheet(connection, year)
        with self._lock:
            kept = self._kept.get(year)
            if kept is None or kept[0] < changed_in:
                self._kept[year] = (changed_in, sheet)
            while len(self._kept) > MOST_SHEETS:
                self._kept.popitem(last=False)
        return sheet


def _waits(connection: Connection, year: int, codes: set[str]) -> dict[str, dict[int, int]]:
    """Persons by days of waiting, of some regions of a year."""
    waits = tables.waits.c
    rows = connection.execute(
        select(waits.region, waits.by_days).where(waits.year == year, waits.region.in_(sorted(codes)))
    )
    return {region: _by_days(told.decode()) for region, told in rows}


def _by_days(told: str) -> dict[int, int]:
    """``3:1,17:2`` is one who waited 3 days and two who waited 17."""
    pairs = (pair.split(":") for pair in told.split(","))
    return {int(days): int(persons) for days, persons in pairs}
