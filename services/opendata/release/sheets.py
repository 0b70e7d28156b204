"""All released totals of one year, in memory: what a list of regions is answered from."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, select

from services.contract.codes import FigureStatus, Measure
from services.contract.regions import Level, Redrawing, Registry, redrawing
from services.opendata.projection.fold import DECISION_FIGURES, SETTLED_FIGURE, TELL_ABOVE
from services.opendata.release import tables


@dataclass(frozen=True, slots=True)
class Count:
    """A total's value and how many reports are behind it; none: the value is null."""

    value: int
    reports: int

    @property
    def known(self) -> int | None:
        return self.value if self.reports else None


@dataclass(slots=True)
class Hidden:
    """Where the source hides a number that no event tells, and all above, whose sums can't be complete."""

    here: set[str] = field(default_factory=set)
    above: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Sheet:
    """The totals and facts of one year by region, and what official figures add to them.

    The regions are those of ``borders``: of the year's own map or, redrawn, of another one.
    """

    borders: Redrawing
    redrawn_from: "Sheet | None" = None
    """The year's own sheet, where this is one of another map."""
    counts: dict[tuple[str, str], Count] = field(default_factory=dict)
    origins: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    facts: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    said_noughts: set[str] = field(default_factory=set)
    """Regions of which the source says that nobody was settled, and where no event says otherwise."""
    said_hidden: set[str] = field(default_factory=set)
    """Regions of which the source hides how many were settled, whether or not events tell it."""
    noughts: set[str] = field(default_factory=set)
    """Regions of which the source says that nobody was settled, and all above them."""
    hidden: set[str] = field(default_factory=set)
    """Regions of which the source hides how many were settled, and no event tells it."""
    above_hidden: set[str] = field(default_factory=set)
    """Those regions and all above them: their sums can't be complete."""
    hidden_decisions: dict[Measure, Hidden] = field(default_factory=lambda: defaultdict(Hidden))
    """Where the source hides what was requested or decided."""
    remembered: dict[str, Any] = field(default_factory=dict)
    """What has been worked out from the sheet once and holds as long as it does."""

    @property
    def of_the_year(self) -> "Sheet":
        """The sheet of the year's own map, which may be this one."""
        return self.redrawn_from or self

    def known(self, region: str, measure: str) -> int | None:
        """A total, None where nothing is reported."""
        count = self.counts.get((region, measure))
        return None if count is None else count.known


def load_sheet(connection: Connection, year: int) -> Sheet:
    """Read a year's sheet from what is released."""
    sheet = Sheet(redrawing(year, year))
    totals = tables.totals.c
    for region, measure, origin, value, reports in connection.execute(
        select(totals.region, totals.measure, totals.origin, totals.value, totals.reports).where(
            totals.year == year
        )
    ):
        before = sheet.counts.get((region, measure))
        if before is None:
            sheet.counts[region, measure] = Count(value, reports)
        else:
            sheet.counts[region, measure] = Count(before.value + value, before.reports + reports)
        if value > 0 and measure in ("settled", "allocated"):
            sheet.origins[region].add(origin)
    facts = tables.facts.c
    for region, kind, text in connection.execute(
        select(facts.region, facts.kind, facts.facts).where(facts.year == year)
    ):
        sheet.facts[region, kind] = orjson.loads(text)
    figures = tables.figures.c
    for region, key, text in connection.execute(
        select(figures.region, figures.key, figures.figure).where(
            figures.year == year, figures.key.in_(TELL_ABOVE)
        )
    ):
        if key == SETTLED_FIGURE:
            note_official(sheet, region, orjson.loads(text))
        else:
            note_decision(sheet, region, DECISION_FIGURES[key], orjson.loads(text))
    return sheet


def note_decision(sheet: Sheet, region: str, measure: Measure, figure: dict[str, Any]) -> None:
    """An official figure of a request or a decision counts where it is hidden, and no event tells it."""
    if figure["status"] == FigureStatus.SUPPRESSED and sheet.known(region, measure) is None:
        hidden = sheet.hidden_decisions[measure]
        hidden.here.add(region)
        hidden.above.update(sheet.borders.regions.lineage(region))


def note_official(sheet: Sheet, region: str, figure: dict[str, Any]) -> None:
    """What the source hides leaves all above incomplete; it and a nought count without events only."""
    has_events = sheet.known(region, "settled") is not None
    if figure["status"] == FigureStatus.SUPPRESSED:
        sheet.said_hidden.add(region)
        sheet.above_hidden.update(sheet.borders.regions.lineage(region))
        if not has_events:
            sheet.hidden.add(region)
    elif figure.get("persons") == 0 and not has_events:
        sheet.said_noughts.add(region)
        sheet.noughts.update(_above_nought(sheet.borders.regions, region))


def _above_nought(regions: Registry, region: str) -> tuple[str, ...]:
    """Where an official nought counts: one district's says nothing of the rest of its municipality."""
    lineage = regions.lineage(region)
    found = regions.find(region)
    return lineage[:1] if found is not None and found.level is Level.DISTRICT else lineage
