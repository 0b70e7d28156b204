"""The measures of a region and year from a year's sheet: pure, all in one place.

Definitions: design, "Measures". ``remaining`` = quota - settled, ``fulfilment`` = settled /
quota (null at quota 0), ``spareCapacity`` = quota - requested, ``settledPerThousand`` = settled
per 1,000 inhabitants on 1 January.
"""

from services.contract.codes import Measure, Origin
from services.contract.regions import Region, population
from services.opendata.release.answers import (
    Need,
    Release,
    Totals,
    UnaccompaniedMinors,
    Withheld,
    WithheldReason,
)
from services.opendata.release.borders import (
    districts_of,
    flows_into,
    not_comparable,
    not_placed_by_borders,
)
from services.opendata.release.coverage import coverage_of
from services.opendata.release.decision_states import answer_in
from services.opendata.release.gathering import FEWEST_WAITED, WAIT_MEASURE
from services.opendata.release.settled import settled_in, shown_in
from services.opendata.release.sheets import Sheet

_FROM_DECISIONS = {
    Measure.REQUESTED: (Measure.REQUESTED, Measure.SPARE_CAPACITY),
    Measure.REQUESTED_ORIGINALLY: (Measure.REQUESTED_ORIGINALLY,),
    Measure.DECIDED: (Measure.DECIDED,),
}
"""What is not known where a measure is hidden."""
_FROM_QUOTA = (Measure.QUOTA, Measure.SPARE_CAPACITY, Measure.REMAINING, Measure.FULFILMENT)
_FROM_SETTLED = (Measure.SETTLED, Measure.REMAINING, Measure.FULFILMENT, Measure.SETTLED_PER_THOUSAND)


def totals_of(sheet: Sheet, region: Region, year: int, release: Release) -> Totals:
    """All measures of a region that the sheet's map has, in a year."""
    totals = _sums(sheet, region, year, release)
    return not_comparable(totals) if region.code in sheet.borders.divided else totals


def _sums(sheet: Sheet, region: Region, year: int, release: Release) -> Totals:
    code = region.code
    known = sheet.known
    settled = settled_in(sheet, code)
    quota = known(code, "quota")
    requested = known(code, "requested")
    need = _need(sheet, code)
    original = sheet.facts.get((code, "need"), {}).get("original", {})
    answer = answer_in(sheet, region)
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
        answer_by=answer.by,
        answer_expected_on=answer.expected_on,
        accepts_unaccompanied_minors=answer.accepts_unaccompanied_minors,
        decision_status=answer.status,
        allocated=known(code, "allocated"),
        awaiting=known(code, "awaiting"),
        median_wait_days=_median(sheet, code),
        settled=settled,
        remaining=_minus(quota, settled),
        fulfilment=settled / quota if settled is not None and quota else None,
        settled_per_thousand=_per_thousand(settled, population(code, year, sheet.borders.map_year)),
        not_placed_in_district=_not_placed_in_district(sheet, region, settled),
        unaccompanied_minors=_minors(sheet, code, need),
        need=need,
        not_placed_by_borders=not_placed_by_borders(sheet, region, settled),
        coverage=coverage_of(sheet, region),
        origins=tuple(sorted(Origin(origin) for origin in sheet.origins.get(code, ()))),
        comparable=True,
        flows=flows_into(sheet, region),
        withheld=_withheld(sheet, region, settled),
    )


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


def _not_placed_in_district(sheet: Sheet, region: Region, settled: int | None) -> int | None:
    """Persons settled in a municipality with districts, but in none of them."""
    districts = districts_of(sheet, region)
    if not districts or settled is None:
        return None
    placed = sum(shown_in(sheet, district.code) or 0 for district in districts)
    return settled - placed - (not_placed_by_borders(sheet, region, settled) or 0)


def _median(sheet: Sheet, code: str) -> float | None:
    count = sheet.counts.get((code, WAIT_MEASURE))
    if count is None or count.reports < FEWEST_WAITED:
        return None
    return count.value / 2


def _withheld(sheet: Sheet, region: Region, settled: int | None) -> tuple[Withheld, ...]:
    code = region.code
    found = []
    if settled is None and code in sheet.above_hidden:
        reason = WithheldReason.HIDDEN_BY_SOURCE if code in sheet.hidden else WithheldReason.INCOMPLETE
        found += [Withheld(measure, reason) for measure in _FROM_SETTLED]
        if districts_of(sheet, region):
            found.append(Withheld(Measure.NOT_PLACED_IN_DISTRICT, reason))
    for measure, unknown in _FROM_DECISIONS.items():
        hidden = sheet.hidden_decisions.get(measure)
        if hidden is not None and code in hidden.above and sheet.known(code, measure) is None:
            reason = WithheldReason.HIDDEN_BY_SOURCE if code in hidden.here else WithheldReason.INCOMPLETE
            told = {one.measure for one in found}
            follows = _FROM_QUOTA if measure is Measure.DECIDED and sheet.known(code, "quota") is None else ()
            found += [Withheld(one, reason) for one in (*unknown, *follows) if one not in told]
    waited = sheet.counts.get((code, WAIT_MEASURE))
    if waited is not None and 0 < waited.reports < FEWEST_WAITED:
        found.append(Withheld(Measure.MEDIAN_WAIT_DAYS, WithheldReason.SMALL_NUMBERS))
    return tuple(found)


def _minus(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part


def _per_thousand(settled: int | None, inhabitants: int | None) -> float | None:
    return None if settled is None or not inhabitants else 1000 * settled / inhabitants
