"""Every field of a region's totals, worked out anew from the plain list of events."""

from datetime import date
from functools import cache

from services.contract.regions import Level, population, registry
from tests.opendata.release.naive import less, total, within


def expected_totals(naive, code, year):
    """The fields of totals by name, but for region, year and release."""
    region = registry().find(code)
    requests = [one for (place, of), one in naive.requests.items() if of == year and within(place, code)]
    decided = _decisions(naive, code, year)
    settled = naive.number_settled(code, year)
    quota = _quota(naive, region, year, decided)
    requested = total(one["persons"] for one in requests)
    inhabitants = population(code, year)
    needs = naive.needs[year] if code == "NO" and naive.needs.get(year) else []
    own_request = naive.requests.get((code, year))
    own_decision = naive.decisions.get((code, year))
    need = _need(needs)
    districts = registry().children(region, year) if region.level is Level.MUNICIPALITY else []
    placed = sum(len(naive.settled(district.code, year)) for district in districts)
    allocated = naive.allocated(code, year)
    ever_allocated = ("allocated", code, year) in naive.ever
    return {
        "announced": need and need["persons"],
        "announced_originally": _first_need(needs),
        "requested": requested,
        "requested_originally": total(one["first"] for one in requests),
        "decided": total(one["first"] for one in decided),
        "quota": quota,
        "extra_capacity": total(one.get("extraCapacity") for one in decided),
        "spare_capacity": less(quota, requested),
        "answer_by": own_request and own_request["by"] and date.fromisoformat(own_request["by"]),
        "answer_expected_on": _expected(own_decision),
        "accepts_unaccompanied_minors": own_decision and own_decision.get("acceptsUnaccompaniedMinors"),
        "decision_status": _status(region, own_request, own_decision),
        "allocated": len(allocated) if ever_allocated else None,
        "awaiting": sum(1 for case in allocated if not case.settlement) if ever_allocated else None,
        "median_wait_days": naive.median_wait(code, year),
        "settled": settled,
        "remaining": less(quota, settled),
        "fulfilment": None if settled is None or not quota else settled / quota,
        "settled_per_thousand": None if settled is None or not inhabitants else 1000 * settled / inhabitants,
        "not_placed_in_district": None if settled is None or not districts else settled - placed,
        "unaccompanied_minors": _minors(naive, code, year, requests, decided, need, region),
        "need": need,
        "not_placed_by_borders": None if settled is None else 0,
        "coverage": _coverage(naive, region, year),
        "origins": _origins(naive, code, year),
        "comparable": True,
        "flows": (),
        "withheld": _withheld(naive, code, year, settled, districts),
    }


def _decisions(naive, code, year):
    return [
        one
        for (place, of), one in naive.decisions.items()
        if of == year and one["status"] == "decided" and within(place, code)
    ]


def _quota(naive, region, year, decided):
    if region.level is not Level.DISTRICT:
        return total(one.get("persons") for one in decided)
    parents = _decisions(naive, region.parent, year)
    shares = [share for one in parents for share in one.get("districts") or ()]
    return total(share["persons"] for share in shares if share["code"] == region.code)


def _need(needs):
    """The latest of each field: one left out stays, one that is null is forgotten."""
    if not needs:
        return None
    latest = {}
    for one in needs:
        latest.update(one)
    return {
        "persons": latest["persons"],
        "unaccompanied_minors": latest.get("unaccompaniedMinors"),
        "resettlement": latest.get("resettlement"),
        "municipalities_asked": latest.get("municipalitiesAsked"),
        "status": latest["status"],
        "announced_on": latest["announcedOn"],
    }


def _first_need(needs):
    issued = [one for one in needs if one["status"] == "issued"]
    return (issued or needs)[0]["persons"] if needs else None


def _expected(decision):
    delayed = decision is not None and decision["status"] == "delayed"
    return date.fromisoformat(decision["expected"]) if delayed else None


def _status(region, request, decision):
    if region.level is not Level.MUNICIPALITY:
        return None
    if decision is not None:
        return decision["status"]
    return "not_asked" if request is None else "asked"


def _minors(naive, code, year, requests, decided, need, region):
    if region.level is Level.DISTRICT:
        decided = []
    quota = total(one.get("unaccompaniedMinors") for one in decided)
    settled = None
    if ("settled_minors", code, year) in naive.ever:
        settled = naive.minors(naive.settled(code, year), "settlement")
    allocated = None
    if ("allocated_minors", code, year) in naive.ever:
        allocated = naive.minors(naive.allocated(code, year), "allocation")
    return {
        "announced": need and need["unaccompanied_minors"],
        "requested": total(one["minors"] for one in requests),
        "decided": total(one["first_minors"] for one in decided),
        "quota": quota,
        "extra_capacity": total(one.get("extraCapacityUnaccompaniedMinors") for one in decided),
        "allocated": allocated,
        "settled": settled,
        "remaining": less(quota, settled),
    }


def _coverage(naive, region, year):
    if region.level is Level.DISTRICT:
        known = naive.number_settled(region.code, year) is not None
        return dict.fromkeys(("municipalities", "asked", "decided", "reporting", "not_stated"), 0) | {
            "complete": known
        }
    inside = [code for code in _municipalities(year) if within(code, region.code)]
    reporting = [code for code in inside if naive.number_settled(code, year) is not None]
    not_stated = len(naive.settled("9999", year)) if within("9999", region.code) else 0
    suppressed = naive.suppressed_within(region.code, year)
    return {
        "municipalities": len(inside),
        "asked": sum((code, year) in naive.requests for code in inside),
        "decided": sum(len(_decisions(naive, code, year)) for code in inside),
        "reporting": len(reporting),
        "not_stated": not_stated,
        "complete": bool(inside)
        and reporting == inside
        and not suppressed
        and not any(_hidden_decisions(naive, region.code, year).values()),
    }


@cache
def _municipalities(year):
    found = [one for one in registry() if one.level is Level.MUNICIPALITY and one.valid_in(year)]
    return [one.code for one in found if one.code != "9999"]


def _origins(naive, code, year):
    found = {case.settlement["origin"] for case in naive.settled(code, year)}
    found |= {case.allocation["origin"] for case in naive.allocated(code, year)}
    return tuple(sorted(found))


def _withheld(naive, code, year, settled, districts):
    found = set()
    hidden = naive.hidden_within(code, year)
    if settled is None and hidden:
        reason = "hidden_by_source" if code in hidden else "incomplete"
        measures = ["settled", "remaining", "fulfilment", "settled_per_thousand"]
        found |= {(measure, reason) for measure in measures + ["not_placed_in_district"] * bool(districts)}
    for measure, places in _hidden_decisions(naive, code, year).items():
        if places and _number(naive, code, year, measure) is None:
            reason = "hidden_by_source" if code in places else "incomplete"
            measures = {"requested": ["requested", "spare_capacity"]}.get(measure, [measure])
            if (
                measure == "decided"
                and _quota(naive, registry().find(code), year, _decisions(naive, code, year)) is None
            ):
                measures += ["quota", "spare_capacity", "remaining", "fulfilment"]
            told = {one for one, _ in found}
            found |= {(one, reason) for one in measures if one not in told}
    if 0 < len(naive.waits(code, year)) < 10:
        found.add(("median_wait_days", "small_numbers"))
    return found


def _hidden_decisions(naive, code, year):
    """Where the source hides what was requested or decided, and nobody tells it."""
    found = {"requested": [], "requested_originally": [], "decided": []}
    for (place, of, measure, dimension, _), figure in naive.figures.items():
        is_hidden = (
            of == year and dimension is None and figure["status"] == "suppressed" and within(place, code)
        )
        if is_hidden and measure in found and _number(naive, place, year, measure) is None:
            found[measure].append(place)
    return found


def _number(naive, code, year, measure):
    if measure == "decided":
        return total(one["first"] for one in _decisions(naive, code, year))
    name = "persons" if measure == "requested" else "first"
    requests = [one for (place, of), one in naive.requests.items() if of == year and within(place, code)]
    return total(one[name] for one in requests)
