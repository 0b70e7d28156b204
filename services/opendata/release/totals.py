"""The measures of a region and year from a year's sheet: pure, all in one place.

Definitions: design, "Measures". ``remaining`` = quota - settled, ``fulfilment`` = settled /
quota (null at quota 0), ``spareCapacity`` = quota - requested, ``settledPerThousand`` = settled
per 1,000 inhabitants on 1 January.
"""

from datetime import date

from services.contract.codes import Measure, Origin
from services.contract.regions import NOT_STATED, Level, Region, population, registry
from services.contract.states import State
from services.opendata.release.answers import (
    Coverage,
    DecisionStatus,
    Need,
    Release,
    Totals,
    UnaccompaniedMinors,
    Withheld,
    WithheldReason,
)
from services.opendata.release.gathering import FEWEST_WAITED, WAIT_MEASURE
from services.opendata.release.sheets import Sheet

_FROM_SETTLED = (Measure.SETTLED, Measure.REMAINING, Measure.FULFILMENT, Measure.SETTLED_PER_THOUSAND)


def totals_of(sheet: Sheet, region: Region, year: int, release: Release) -> Totals:
    """All measures of a region that exists in a year."""
    code = region.code
    known = sheet.known
    settled = settled_in(sheet, code)
    quota = known(code, "quota")
    requested = known(code, "requested")
    need = _need(sheet, code)
    original = sheet.facts.get((code, "need"), {}).get("original", {})
    request = sheet.facts.get((code, "request"), {})
    decision = sheet.facts.get((code, "decision"), {})
    return Totals(
        region=region,
        year=year,
        release=release,
        announced=None if need is None else need.persons,
        announced_originally=original.get("persons"),
        requested=requested,
        requested_originally=known(code, "requested_originally"),
        decided=known(code, "decided"),
        quota=quota,
        extra_capacity=known(code, "extra_capacity"),
        spare_capacity=_minus(quota, requested),
        answer_by=_date(request.get("answerBy")),
        answer_expected_on=_date(decision.get("expectedOn")),
        accepts_unaccompanied_minors=decision.get("acceptsUnaccompaniedMinors"),
        decision_status=_decision_status(region, request, decision),
        allocated=known(code, "allocated"),
        awaiting=known(code, "awaiting"),
        median_wait_days=_median(sheet, code),
        settled=settled,
        remaining=_minus(quota, settled),
        fulfilment=settled / quota if settled is not None and quota else None,
        settled_per_thousand=_per_thousand(settled, population(code, year)),
        not_placed_in_district=_not_placed_in_district(sheet, region, year, settled),
        unaccompanied_minors=_minors(sheet, code, need),
        need=need,
        not_placed_by_borders=None if settled is None else 0,
        coverage=coverage_of(sheet, region, year),
        origins=tuple(sorted(Origin(origin) for origin in sheet.origins.get(code, ()))),
        comparable=True,
        flows=(),
        withheld=_withheld(sheet, region, year, settled),
    )


def settled_in(sheet: Sheet, code: str) -> int | None:
    """Persons settled: what is reported, else 0 where an official nought is at hand.

    A number that the source hides is none, and a sum of noughts is nought.
    """
    settled = sheet.known(code, "settled")
    if settled is None and code in sheet.noughts and code not in sheet.hidden:
        return 0
    return settled


def coverage_of(sheet: Sheet, region: Region, year: int) -> Coverage:
    """Of how many of a region's municipalities something is known in a year."""
    kept: dict[str, Coverage] = sheet.remembered.setdefault("coverage", {})
    if region.code not in kept:
        kept[region.code] = _coverage(sheet, region, year)
    return kept[region.code]


def _coverage(sheet: Sheet, region: Region, year: int) -> Coverage:
    regions = registry()
    if region.level is Level.DISTRICT:
        return Coverage(0, 0, 0, 0, 0, complete=settled_in(sheet, region.code) is not None)
    inside = [one for one in _municipalities(year) if regions.within(one.code, region.code)]
    reporting = sum(1 for one in inside if settled_in(sheet, one.code) is not None)
    not_stated = sheet.known(NOT_STATED, "settled") if regions.within(NOT_STATED, region.code) else 0
    return Coverage(
        municipalities=len(inside),
        asked=sheet.known(region.code, "asked") or 0,
        decided=sheet.known(region.code, "answered") or 0,
        reporting=reporting,
        not_stated=not_stated or 0,
        complete=0 < len(inside) == reporting and region.code not in sheet.above_hidden,
    )


def _municipalities(year: int) -> list[Region]:
    return registry().at_level(Level.MUNICIPALITY, year)


def _need(sheet: Sheet, code: str) -> Need | None:
    facts = sheet.facts.get((code, "need"))
    if facts is None:
        return None
    return Need(
        persons=facts["persons"],
        unaccompanied_minors=facts.get("unaccompaniedMinors"),
        resettlement=facts.get("resettlement"),
        municipalities_asked=facts.get("municipalitiesAsked"),
        status=facts["status"],
        announced_on=facts["announcedOn"],
    )


def _minors(sheet: Sheet, code: str, need: Need | None) -> UnaccompaniedMinors:
    quota = sheet.known(code, "quota_minors")
    settled = sheet.known(code, "settled_minors")
    return UnaccompaniedMinors(
        announced=None if need is None else need.unaccompanied_minors,
        requested=sheet.known(code, "requested_minors"),
        decided=sheet.known(code, "decided_minors"),
        quota=quota,
        extra_capacity=sheet.known(code, "extra_capacity_minors"),
        allocated=sheet.known(code, "allocated_minors"),
        settled=settled,
        remaining=_minus(quota, settled),
    )


def _decision_status(
    region: Region, request: dict[str, str], decision: dict[str, str]
) -> DecisionStatus | None:
    if region.level is not Level.MUNICIPALITY:
        return None
    state = decision.get("state")
    if state in (State.DECIDED, State.REVISED):
        return DecisionStatus.DECIDED
    if state == State.DELAYED:
        return DecisionStatus.DELAYED
    if state == State.WITHDRAWN:
        return DecisionStatus.WITHDRAWN
    if request.get("state") in (State.ISSUED, State.REVISED):
        return DecisionStatus.ASKED
    return DecisionStatus.NOT_ASKED


def _not_placed_in_district(sheet: Sheet, region: Region, year: int, settled: int | None) -> int | None:
    """Persons settled in a municipality with districts, but in none of them."""
    districts = _districts(region, year)
    if not districts or settled is None:
        return None
    return settled - sum(sheet.known(district.code, "settled") or 0 for district in districts)


def _districts(region: Region, year: int) -> list[Region]:
    return registry().children(region, year) if region.level is Level.MUNICIPALITY else []


def _median(sheet: Sheet, code: str) -> float | None:
    count = sheet.counts.get((code, WAIT_MEASURE))
    if count is None or count.reports < FEWEST_WAITED:
        return None
    return count.value / 2


def _withheld(sheet: Sheet, region: Region, year: int, settled: int | None) -> tuple[Withheld, ...]:
    code = region.code
    found = []
    if settled is None and code in sheet.above_hidden:
        reason = WithheldReason.HIDDEN_BY_SOURCE if code in sheet.hidden else WithheldReason.INCOMPLETE
        found += [Withheld(measure, reason) for measure in _FROM_SETTLED]
        if _districts(region, year):
            found.append(Withheld(Measure.NOT_PLACED_IN_DISTRICT, reason))
    waited = sheet.counts.get((code, WAIT_MEASURE))
    if waited is not None and 0 < waited.reports < FEWEST_WAITED:
        found.append(Withheld(Measure.MEDIAN_WAIT_DAYS, WithheldReason.SMALL_NUMBERS))
    return tuple(found)


def _minus(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part


def _per_thousand(settled: int | None, inhabitants: int | None) -> float | None:
    return None if settled is None or not inhabitants else 1000 * settled / inhabitants


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
