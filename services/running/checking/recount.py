"""The running totals in other words: what is in force at the end of each stream, counted once.

The projector adds up what each event changes. Here nothing is taken away: a stream is gone through
from its beginning, and only where it has come to is counted. The two have in common what facts are
(the contract) and nothing of how they are counted, so that an error of one shows.
"""

from datetime import date
from typing import Any

from services.contract.codes import UNKNOWN
from services.contract.facts import Facts, figure_key
from services.contract.regions import COUNTRY, Level, registry
from services.contract.states import State
from services.running.checking.counts import Counts, TotalKey, cell_key, regions_above

_FULL_DATE = len("2024-05-17")
_IN_A_CELL = ("sex", "ageGroup", "countryOfOrigin", "unaccompaniedMinor", "care", "arrival", "housing")
_TOLD_OF = {
    "needs": (
        "persons",
        "status",
        "announcedOn",
        "unaccompaniedMinors",
        "resettlement",
        "municipalitiesAsked",
    ),
    "requests": ("state", "answerBy"),
    "decisions": ("state", "expectedOn", "acceptsUnaccompaniedMinors"),
}
_OF_A_FIGURE = (
    "measure",
    "status",
    "publishedOn",
    "sourceName",
    "persons",
    "percent",
    "sourceUrl",
    "dimension",
    "category",
)


class Recount:
    """Counts in their own regions what streams have come to; `summed_up` gives all levels."""

    def __init__(self) -> None:
        self._own = Counts()

    def reported(self, kind: str, facts: Facts) -> None:
        """An event was counted that left these facts: of persons every report stays one for good."""
        if kind != "settlements":
            return
        reports = self._own.reports
        allocation, settlement = facts.get("allocation"), facts.get("settlement")
        if allocation is not None:
            reports[_total(allocation, "allocated")] += 1
            reports[_total(allocation, "awaiting")] += 1
            if "unaccompaniedMinor" in allocation:
                reports[_total(allocation, "allocated_minors")] += 1
        if settlement is not None:
            reports[_total(settlement, "settled")] += 1
            if "unaccompaniedMinor" in settlement:
                reports[_total(settlement, "settled_minors")] += 1

    def published(self, data: dict[str, Any]) -> None:
        """An official figure was counted: the latest of its kind is what is shown."""
        figure = {name: data[name] for name in _OF_A_FIGURE if data.get(name) is not None}
        self._own.figures[data["region"], data["year"], figure_key(data)] = figure

    def ended(self, kind: str, facts: Facts) -> None:
        """A stream has come to these facts."""
        if kind == "settlements":
            self._person(facts)
        elif kind in _TOLD_OF:
            self._decided(kind, facts)

    def summed_up(self) -> Counts:
        """Everything at every level: a district's share of a decision is in its municipality's already."""
        own = self._own
        whole = Counts(cells=own.cells, facts=own.facts, figures=own.figures)
        for counts, summed in ((own.values, whole.values), (own.reports, whole.reports)):
            for key, count in counts.items():
                for above in _regions_of(key):
                    summed[(above, *key[1:])] += count
        for (region, *rest), count in own.waits.items():
            for above in regions_above(region):
                whole.waits[above, rest[0], rest[1]] += count
        return whole

    def _person(self, facts: Facts) -> None:
        values = self._own.values
        allocation, settlement = facts.get("allocation"), facts.get("settlement")
        if allocation is not None:
            values[_total(allocation, "allocated")] += 1
            values[_total(allocation, "awaiting")] += settlement is None
            values[_total(allocation, "allocated_minors")] += allocation.get("unaccompaniedMinor") is True
        if settlement is None:
            return
        values[_total(settlement, "settled")] += 1
        values[_total(settlement, "settled_minors")] += settlement.get("unaccompaniedMinor") is True
        day = _day(settlement["settledOn"])
        region, year, _, origin = _total(settlement, "settled")
        self._own.cells[cell_key(region, year, day, _categories(settlement), origin)] += 1
        if allocation is not None and day and _day(allocation["allocatedOn"]):
            waited = date.fromisoformat(day) - date.fromisoformat(allocation["allocatedOn"])
            self._own.waits[region, year, waited.days] += 1

    def _decided(self, kind: str, facts: Facts) -> None:
        region = COUNTRY if kind == "needs" else facts["municipality"]
        year = facts["year"]
        told = {name: facts[name] for name in _TOLD_OF[kind] if name in facts}
        original = facts.get("original", {})
        if kind == "needs":
            told["original"] = {"persons": original["persons"]}
        self._own.facts[region, year, kind.removesuffix("s")] = told
        if kind == "requests" and facts["state"] in (State.ISSUED, State.REVISED):
            self._known(region, year, asked=1, requested_originally=original.get("persons"))
            self._known(
                region,
                year,
                requested=facts.get("persons"),
                requested_minors=facts.get("unaccompaniedMinors"),
            )
        if kind == "decisions" and facts["state"] in (State.DECIDED, State.REVISED):
            self._known(
                region,
                year,
                answered=1,
                decided=original.get("persons"),
                decided_minors=original.get("unaccompaniedMinors"),
                quota=facts.get("persons"),
                quota_minors=facts.get("unaccompaniedMinors"),
                extra_capacity=facts.get("extraCapacity"),
                extra_capacity_minors=facts.get("extraCapacityUnaccompaniedMinors"),
            )
            for share in facts.get("districts", ()):
                self._known(share["code"], year, quota=share["persons"])

    def _known(self, region: str, year: int, **measures: int | None) -> None:
        for measure, value in measures.items():
            if value is not None:
                self._own.values[region, year, measure, ""] += value
                self._own.reports[region, year, measure, ""] += 1


def _total(facts: Facts, measure: str) -> TotalKey:
    """Of a settlement by its district where that is stated, of an allocation by its municipality."""
    when = facts["settledOn"] if "settledOn" in facts else facts["allocatedOn"]
    return facts.get("district") or facts["municipality"], int(when[:4]), measure, facts["origin"]


def _day(when: str) -> str:
    return when if len(when) == _FULL_DATE else ""


def _categories(settlement: Facts) -> str:
    found = (settlement.get(name) for name in _IN_A_CELL)
    return "|".join(
        UNKNOWN if one is None else str(one).lower() if isinstance(one, bool) else one for one in found
    )


def _regions_of(key: TotalKey) -> tuple[str, ...]:
    """The regions that a count is part of: what counts persons has an origin, and goes up everywhere."""
    region, _, _, origin = key
    found = registry().find(region)
    if not origin and found is not None and found.level is Level.DISTRICT:
        return (region,)
    return regions_above(region)
