"""Whether what is released is what the projection holds, where nothing was counted since the release."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, desc, select

from services.chassis.consuming.marks import Marks
from services.contract.regions import Level, registry
from services.opendata.projection import tables as live
from services.opendata.projection.cells import IN_A_CELL
from services.opendata.projection.folded import owner_of
from services.opendata.projection.live import Live, Opened
from services.opendata.release import tables
from services.opendata.release.gathering import WAIT_MEASURE, Place, touched_since
from services.opendata.release.releaser import POLICY
from services.running.checking.counts import content_of, regions_above
from services.running.checking.outcome import Check, Difference, Outcome, Progress
from services.running.checking.sources import Sources

Key = tuple[Any, ...]
Numbers = dict[Key, Any]

_NAMES = {
    "total": ("region", "measure", "origin"),
    "persons in a cell": ("region", "day", "categories", "origin"),
    "persons by category": ("region", "dimension", "category", "origin"),
    "persons by day": ("region", "day"),
    "days of waiting": ("region", "waits"),
    "facts": ("region", "facts"),
    "official figure": ("region", "figure"),
}


def check_released(sources: Sources, outcome: Outcome) -> Iterator[Progress]:
    """Compare year by year. Yields after each, outside transactions."""
    if sources.projection is None or sources.releases is None:
        outcome.skip("Not compared: projection or releases can't be reached from here.")
        return
    with sources.releases.read() as connection:
        years = connection.scalars(
            select(tables.places.c.year).distinct().order_by(tables.places.c.year)
        ).all()
    following = Live(sources.projection)
    try:
        for done, year in enumerate(years, 1):
            opened = following.now()
            # The release first: then the projection has come at least as far.
            with sources.releases.read() as connection:
                release = connection.execute(
                    select(tables.releases).order_by(desc(tables.releases.c.number)).limit(1)
                ).one_or_none()
                shown = {} if release is None else _released(connection, year)
            why = _why_not(release, opened)
            touched: set[Place] = set()
            held: Mapping[str, Numbers] = {}
            if release is not None and why is None:
                with opened.database.read() as connection:
                    touched, why = _touched(connection, opened, orjson.loads(release.marks))
                    held = _Counted(connection, year).numbers() if why is None else {}
            if why is not None:
                outcome.note(why)
            else:
                _compare(outcome, year, shown, held, touched)
            yield Progress(Check.RELEASED, done, len(years))
    finally:
        following.close()


def _why_not(release: Any, opened: Opened) -> str | None:
    if release is None:
        return "Nothing is released yet."
    if release.policy != POLICY:
        return f"Not compared: what is released follows the policy {release.policy}."
    if release.version != opened.version.number:
        return "Not compared: the projection was made anew, and nothing has been released from it yet."
    return None


def _touched(
    connection: Connection, opened: Opened, released: Mapping[str, int]
) -> tuple[set[Place], str | None]:
    """Where something was counted since the release: differences there are on their way to the public."""
    found = Marks(opened.database, live.marks).read_in(connection, opened.version.guarded)
    marks = {owner_of(partition): mark.sequence for partition, mark in found.items()}
    if any(marks.get(owner, 0) < sequence for owner, sequence in released.items()):
        return set(), "Not compared: the projection is behind what is released. Is it being made anew?"
    return touched_since(connection, released, marks).places, None


def _compare(
    outcome: Outcome,
    year: int,
    shown: Mapping[str, Numbers],
    held: Mapping[str, Numbers],
    touched: set[Place],
) -> None:
    for what, names in _NAMES.items():
        ours, theirs = shown[what], held[what]
        keys = [key for key in ours.keys() | theirs.keys() if (key[0], year) not in touched]
        outcome.compared += len(keys)
        for key in sorted(key for key in keys if (ours.get(key) or 0) != (theirs.get(key) or 0)):
            where = {**dict(zip(names, key, strict=True)), "year": year}
            outcome.differ(Difference(what, where, _told(ours.get(key)), _told(theirs.get(key))))


def _told(value: Any) -> int | str | None:
    """Of a total its value and the reports behind it; of facts only that they differ."""
    if isinstance(value, tuple):
        return value[0] if value[1] else None
    return "other" if isinstance(value, dict | list) else value


def _released(connection: Connection, year: int) -> dict[str, Numbers]:
    total, cell, category, day = tables.totals.c, tables.cells.c, tables.categories.c, tables.days.c
    found: dict[str, Numbers] = {what: {} for what in _NAMES}
    for region, measure, origin, value, reports in connection.execute(
        select(total.region, total.measure, total.origin, total.value, total.reports).where(
            total.year == year
        )
    ):
        found["total"][region, measure, origin] = (value, reports) if value or reports else None
    for what, query in (
        (
            "persons in a cell",
            select(cell.region, cell.day, cell.categories, cell.origin, cell.persons).where(
                cell.year == year
            ),
        ),
        (
            "persons by category",
            select(
                category.region, category.dimension, category.category, category.origin, category.persons
            ).where(category.year == year),
        ),
        ("persons by day", select(day.region, day.day, day.persons).where(day.year == year)),
    ):
        for *key, persons in connection.execute(query):
            found[what][tuple(key)] = persons
    waits = tables.waits.c
    for region, text in connection.execute(select(waits.region, waits.by_days).where(waits.year == year)):
        by_days = sorted(text.decode(errors="replace").split(","))
        found["days of waiting"][region, "by days"] = by_days
    found["facts"] = _texts(connection, tables.facts, "kind", "facts", year)
    found["official figure"] = _texts(connection, tables.figures, "key", "figure", year)
    return found


class _Counted:
    """What the projection holds of a year, as it would be released."""

    def __init__(self, connection: Connection, year: int) -> None:
        self._connection = connection
        self._year = year

    def numbers(self) -> dict[str, Numbers]:
        cells = self._cells()
        categories, days = _margins(cells)
        return {
            "total": self._totals(),
            "days of waiting": {
                (region, "by days"): sorted(f"{days}:{persons}" for days, persons in (+counts).items())
                for region, counts in self._waits().items()
                if counts.total() and _is_shown(region)
            },
            "persons in a cell": dict(cells),
            "persons by category": dict(categories),
            "persons by day": dict(days),
            "facts": _texts(self._connection, live.facts, "kind", "facts", self._year),
            "official figure": _texts(self._connection, live.figures, "key", "figure", self._year),
        }

    def _totals(self) -> Numbers:
        total = live.totals.c
        values: Counter[Key] = Counter()
        reports: Counter[Key] = Counter()
        for region, measure, origin, value, reported in self._connection.execute(
            select(total.region, total.measure, total.origin, total.value, total.reports).where(
                total.year == self._year
            )
        ):
            values[region, measure, origin] += value
            reports[region, measure, origin] += reported
        found: Numbers = {key: (values[key], reports[key]) for key in values if values[key] or reports[key]}
        for region, counts in self._waits().items():
            waited = sorted(counts.elements())
            if waited:
                halves = waited[(len(waited) - 1) // 2] + waited[len(waited) // 2]
                found[region, WAIT_MEASURE, ""] = (halves, len(waited))
        return found

    def _waits(self) -> dict[str, Counter[int]]:
        wait = live.waits.c
        waits: dict[str, Counter[int]] = defaultdict(Counter)
        for region, days, persons in self._connection.execute(
            select(wait.region, wait.days, wait.persons).where(wait.year == self._year)
        ):
            waits[region][days] += persons
        return waits

    def _cells(self) -> Counter[Key]:
        cell, cells = live.cells.c, Counter[Key]()
        for *key, persons in self._connection.execute(
            select(cell.region, cell.day, cell.categories, cell.origin, cell.persons).where(
                cell.year == self._year
            )
        ):
            cells[tuple(key)] += persons
        return cells


def _margins(cells: Counter[Key]) -> tuple[Counter[Key], Counter[Key]]:
    """Persons by one dimension and by day, each in its region and in all above."""
    own: Counter[Key] = Counter()
    own_days: Counter[Key] = Counter()
    for (region, day, packed, origin), persons in cells.items():
        own_days[region, day] += persons
        own[region, "month", day[:7] or "unknown", origin] += persons
        for dimension, category in zip(IN_A_CELL, packed.split("|"), strict=False):
            own[region, dimension.value, category, origin] += persons
    return _upwards(own), _upwards(own_days)


def _is_shown(region: str) -> bool:
    """Whether days of waiting are released of a region: only of those that may come together with others."""
    found = registry().find(region)
    return found is not None and found.level in (Level.MUNICIPALITY, Level.DISTRICT)


def _upwards(own: Counter[Key]) -> Counter[Key]:
    whole: Counter[Key] = Counter()
    for (region, *rest), persons in own.items():
        for above in regions_above(region):
            whole[(above, *rest)] += persons
    return whole


def _texts(connection: Connection, table: Any, name: str, content: str, year: int) -> Numbers:
    query = select(table.c.region, table.c[name], table.c[content]).where(table.c.year == year)
    return {(region, what): content_of(text) for region, what, text in connection.execute(query)}
