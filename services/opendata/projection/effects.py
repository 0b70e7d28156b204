"""What one event changes in the running totals: minus the facts before it, plus those after it.

Pure functions of the event alone. An event of a stream carries the facts before it as
``previous``; the facts after it follow by the contract's own functions.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from services.chassis.consuming.consumer_loop import Unreadable
from services.contract.codes import UNKNOWN, Origin
from services.contract.event_types import EVENT_TYPES
from services.contract.facts import Facts, facts_after, figure_key
from services.contract.regions import COUNTRY, registry
from services.contract.schemas.categories import category_is_valid
from services.contract.states import State


class Total(NamedTuple):
    """A running total's key. ``origin`` is "" for measures that do not count persons."""

    region: str
    year: int
    measure: str
    origin: str


class Person(NamedTuple):
    """What is counted of a person settled: the finest cell. ``day`` is "" where not stated."""

    region: str
    year: int
    day: str
    sex: str
    age_group: str
    country_of_origin: str
    unaccompanied_minor: str
    care: str
    arrival: str
    housing: str
    origin: str

    @property
    def month(self) -> str:
        return self.day[:7] or UNKNOWN


class Wait(NamedTuple):
    """Whole days from allocation to settlement, both on full dates."""

    region: str
    year: int
    days: int


@dataclass(slots=True)
class Effects:
    """What an event changes. ``facts`` and ``figures`` replace what was known before.

    ``totals`` holds pairs of a change in value and a change in reports: a total of which nothing
    is reported (0 reports) is null, not nought.
    """

    totals: list[tuple[Total, int, int]] = field(default_factory=list)
    persons: list[tuple[Person, int]] = field(default_factory=list)
    waits: list[tuple[Wait, int]] = field(default_factory=list)
    facts: list[tuple[str, str, int, Facts]] = field(default_factory=list)
    figures: list[tuple[str, int, str, Facts]] = field(default_factory=list)


def effects_of(event: dict[str, Any]) -> Effects:
    """The effects of an event on the log; raises `Unreadable` where it makes no sense.

    Fields that are not known are ignored: an event may be of a later version than this code.
    """
    event_type = EVENT_TYPES.get(event["type"])
    if event_type is None or event_type.kind not in _EFFECTS:
        raise Unreadable("unknown type")
    try:
        data = event["data"]
        before = data.get("previous")
        origin = Origin(event["origin"])
        after = facts_after(event_type.name, before, data, origin, event["recordedtime"])
        found = Effects()
        _EFFECTS[event_type.kind](before or {}, after, found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"does not fit its schema ({type(error).__name__})") from None
    return found


def _needs(_before: Facts, after: Facts, found: Effects) -> None:
    kept = ("persons", "unaccompaniedMinors", "resettlement", "municipalitiesAsked", "status", "announcedOn")
    public = {name: after[name] for name in (*kept, "original") if name in after}
    found.facts.append(("need", COUNTRY, _whole(after["year"]), public))


def _figures(_before: Facts, after: Facts, found: Effects) -> None:
    region = _region(after["region"])
    for key, figure in after["figures"].items():
        if key != figure_key(figure):
            raise ValueError(key)
        found.figures.append((region, _whole(after["year"]), key, figure))


def _requests(before: Facts, after: Facts, found: Effects) -> None:
    for facts, sign in ((before, -1), (after, 1)):
        if facts.get("state") in (State.ISSUED, State.REVISED):
            key = _region(facts["municipality"]), _whole(facts["year"])
            _add(found, key, "asked", 1, sign)
            _add(found, key, "requested", facts.get("persons"), sign)
            _add(found, key, "requested_minors", facts.get("unaccompaniedMinors"), sign)
            _add(found, key, "requested_originally", facts.get("original", {}).get("persons"), sign)
    kept = ("state", "answerBy")
    public = {name: after[name] for name in kept if name in after}
    found.facts.append(("request", _region(after["municipality"]), _whole(after["year"]), public))


def _decisions(before: Facts, after: Facts, found: Effects) -> None:
    for facts, sign in ((before, -1), (after, 1)):
        if facts.get("state") in (State.DECIDED, State.REVISED):
            key = _region(facts["municipality"]), _whole(facts["year"])
            original = facts.get("original", {})
            _add(found, key, "answered", 1, sign)
            _add(found, key, "decided", original.get("persons"), sign)
            _add(found, key, "decided_minors", original.get("unaccompaniedMinors"), sign)
            _add(found, key, "quota", facts.get("persons"), sign)
            _add(found, key, "quota_minors", facts.get("unaccompaniedMinors"), sign)
            _add(found, key, "extra_capacity", facts.get("extraCapacity"), sign)
            _add(found, key, "extra_capacity_minors", facts.get("extraCapacityUnaccompaniedMinors"), sign)
            for share in facts.get("districts", ()):
                _add(found, (_region(share["code"]), key[1]), "quota", share["persons"], sign)
    kept = ("state", "expectedOn", "acceptsUnaccompaniedMinors")
    public = {name: after[name] for name in kept if name in after}
    found.facts.append(("decision", _region(after["municipality"]), _whole(after["year"]), public))


def _settlements(before: Facts, after: Facts, found: Effects) -> None:
    if before:
        _settlement(before, -1, found)
    _settlement(after, 1, found)


def _settlement(facts: Facts, sign: int, found: Effects) -> None:
    # Reports only ever grow: after a withdrawal a count of persons is nought, not unknown.
    reports = 1 if sign > 0 else 0
    allocation, settlement = facts.get("allocation"), facts.get("settlement")
    totals = found.totals
    if allocation is not None:
        region, year = _region(allocation["municipality"]), _year(allocation["allocatedOn"])
        origin = Origin(allocation["origin"]).value
        waiting = sign if settlement is None else 0
        totals.append((Total(region, year, "allocated", origin), sign, reports))
        totals.append((Total(region, year, "awaiting", origin), waiting, reports))
        minor = allocation.get("unaccompaniedMinor")
        if minor is not None:
            totals.append((Total(region, year, "allocated_minors", origin), sign * minor, reports))
    if settlement is not None:
        person = _person(settlement)
        totals.append((Total(person.region, person.year, "settled", person.origin), sign, reports))
        minor = settlement.get("unaccompaniedMinor")
        if minor is not None:
            key = Total(person.region, person.year, "settled_minors", person.origin)
            totals.append((key, sign * minor, reports))
        found.persons.append((person, sign))
        if allocation is not None and person.day and len(allocation["allocatedOn"]) == 10:
            waited = date.fromisoformat(person.day) - date.fromisoformat(allocation["allocatedOn"])
            found.waits.append((Wait(person.region, person.year, waited.days), sign))


def _person(settlement: Facts) -> Person:
    settled_on = settlement["settledOn"]
    get = settlement.get
    minor = get("unaccompaniedMinor")
    return Person(
        _region(get("district") or settlement["municipality"]),
        _year(settled_on),
        settled_on if len(settled_on) == 10 else "",
        _category("sex", get("sex")),
        _category("age_group", get("ageGroup")),
        _category("country_of_origin", get("countryOfOrigin")),
        UNKNOWN if minor is None else "true" if minor is True else "false",
        _category("care", get("care")),
        _category("arrival", get("arrival")),
        _category("housing", get("housing")),
        Origin(settlement["origin"]).value,
    )


def _add(found: Effects, key: tuple[str, int], measure: str, value: int | None, sign: int) -> None:
    """Add or take away a known value; what is not known changes nothing."""
    if value is not None:
        found.totals.append((Total(*key, measure, ""), sign * _whole(value), sign))


def _category(dimension: str, value: str | None) -> str:
    if value is None:
        return UNKNOWN
    if not category_is_valid(dimension, value):
        raise ValueError(dimension)
    return value


def _region(code: str) -> str:
    if registry().find(code) is None:
        raise ValueError("region")
    return code


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("not a whole number")
    return value


def _year(partial_date: str) -> int:
    return int(partial_date[:4])


_EFFECTS: dict[str, Callable[[Facts, Facts, Effects], None]] = {
    "needs": _needs,
    "figures": _figures,
    "requests": _requests,
    "decisions": _decisions,
    "settlements": _settlements,
}
