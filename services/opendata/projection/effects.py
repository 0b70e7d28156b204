"""What one event changes in the running totals: minus the facts before it, plus those after it.

Pure functions of the event alone. An event of a stream carries the facts before it as
``previous``; the facts after it follow by the contract's own functions.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from services.chassis.consuming.records import Unreadable
from services.contract.codes import UNKNOWN
from services.contract.event_types import EVENT_TYPES, PREFIX, VERSION, EventType
from services.contract.facts import Facts, facts_after, figure_key
from services.contract.regions import COUNTRY
from services.contract.states import State
from services.opendata.projection import checks
from services.opendata.projection.cells import joined
from services.opendata.projection.checks import category, count, dated, district, municipality

PERSON_SETTLED = f"{PREFIX}person.settled.{VERSION}"

_MOST_REMEMBERED = 50_000
"""Combinations of categories of which it is remembered how a cell names them."""


class Total(NamedTuple):
    """A running total's key. ``origin`` is "" for measures that do not count persons."""

    region: str
    year: int
    measure: str
    origin: str


class Person(NamedTuple):
    """What is counted of a person settled: the finest cell.

    ``day`` is "" where not stated, ``categories`` one of each dimension (see ``cells``).
    """

    region: str
    year: int
    day: str
    categories: str
    origin: str


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


def counted_of(event: dict[str, Any], in_totals: Facts | None = None) -> "Effects | Person":
    """What is to be counted of an event: its effects, or a person alone.

    A person settled of whom nothing was told before is by far the most common event; what it
    changes follows from the person (see ``fold``). Raises `Unreadable`.
    """
    if event.get("type") == PERSON_SETTLED and not in_totals:
        try:
            data = event["data"]
            if not data.get("previous"):
                return _person(data, data.get("unaccompaniedMinor"), event["origin"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable(f"does not fit its schema ({type(error).__name__})") from None
    return effects_of(event, in_totals)


def effects_of(event: dict[str, Any], in_totals: Facts | None = None) -> Effects:
    """The effects of an event on the log; raises `Unreadable` where it makes no sense.

    Fields that are not known are ignored: an event may be of a later version than this code.
    ``in_totals`` are the facts that are in the totals for its stream, where they are not those
    that it carries because an event before it was left out. What it says then still follows from
    what it carries; what is taken out is what had been put in.
    """
    found = Effects()
    try:
        event_type = _type_of(event)
        after = _facts_after(event_type, event)
        before = event["data"].get("previous") if in_totals is None else in_totals
        _EFFECTS[event_type.kind](before or {}, after, found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"does not fit its schema ({type(error).__name__})") from None
    return found


def facts_left_by(event: dict[str, Any]) -> Facts:
    """The facts that an event has left in the totals for its stream; raises `Unreadable`."""
    try:
        return _facts_after(_type_of(event), event)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"does not fit its schema ({type(error).__name__})") from None


def _type_of(event: dict[str, Any]) -> EventType:
    name = event["type"]
    event_type = EVENT_TYPES.get(name)
    if event_type is None or event_type.kind not in _EFFECTS:
        raise Unreadable("later version" if _is_known_by_another_version(name) else "unknown type")
    return event_type


def _is_known_by_another_version(name: Any) -> bool:
    """Whether a type that is not known is one that is, but for its version."""
    if type(name) is not str or not name.startswith(PREFIX):
        return False
    stem, _, version = name.rpartition(".")
    known = {event_type.name for event_type in EVENT_TYPES.values() if event_type.kind in _EFFECTS}
    return version[:1] == "v" and version[1:].isdigit() and stem.removeprefix(PREFIX) in known


def _facts_after(event_type: EventType, event: dict[str, Any]) -> Facts:
    data = event["data"]
    origin = checks.origin(event["origin"])
    return facts_after(event_type.name, data.get("previous"), data, origin, event["recordedtime"])


def _needs(_before: Facts, after: Facts, found: Effects) -> None:
    public = checks.public(after, checks.NEED, "persons", "status", "announcedOn")
    public["original"] = {"persons": count(after["original"]["persons"])}
    found.facts.append(("need", COUNTRY, checks.year(after["year"]), public))


def _figures(_before: Facts, after: Facts, found: Effects) -> None:
    region = checks.region(after["region"])
    for figure in after["figures"].values():
        public = checks.figure(figure)
        found.figures.append((region, checks.year(after["year"]), figure_key(public), public))


def _requests(before: Facts, after: Facts, found: Effects) -> None:
    for facts, sign in ((before, -1), (after, 1)):
        if facts.get("state") in (State.ISSUED, State.REVISED):
            key = _place(facts)
            _add(found, key, "asked", 1, sign)
            _add(found, key, "requested", facts.get("persons"), sign)
            _add(found, key, "requested_minors", facts.get("unaccompaniedMinors"), sign)
            _add(found, key, "requested_originally", facts.get("original", {}).get("persons"), sign)
    public = checks.public(after, checks.REQUEST)
    found.facts.append(("request", *_place(after), public | {"state": after["state"]}))


def _decisions(before: Facts, after: Facts, found: Effects) -> None:
    for facts, sign in ((before, -1), (after, 1)):
        if facts.get("state") in (State.DECIDED, State.REVISED):
            key = _place(facts)
            original = facts.get("original", {})
            _add(found, key, "answered", 1, sign)
            _add(found, key, "decided", original.get("persons"), sign)
            _add(found, key, "decided_minors", original.get("unaccompaniedMinors"), sign)
            _add(found, key, "quota", facts.get("persons"), sign)
            _add(found, key, "quota_minors", facts.get("unaccompaniedMinors"), sign)
            _add(found, key, "extra_capacity", facts.get("extraCapacity"), sign)
            _add(found, key, "extra_capacity_minors", facts.get("extraCapacityUnaccompaniedMinors"), sign)
            for share in facts.get("districts", ()):
                _add(found, (district(share["code"]), key[1]), "quota", share["persons"], sign)
    public = checks.public(after, checks.DECISION)
    found.facts.append(("decision", *_place(after), public | {"state": after["state"]}))


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
        region, (year, allocated_on) = (
            municipality(allocation["municipality"]),
            dated(allocation["allocatedOn"]),
        )
        origin = checks.origin(allocation["origin"])
        waiting = sign if settlement is None else 0
        totals.append((Total(region, year, "allocated", origin), sign, reports))
        totals.append((Total(region, year, "awaiting", origin), waiting, reports))
        minor = allocation.get("unaccompaniedMinor")
        if minor is not None:
            totals.append(
                (Total(region, year, "allocated_minors", origin), sign * checks.truth(minor), reports)
            )
    if settlement is not None:
        minor = settlement.get("unaccompaniedMinor")
        person = _person(settlement, minor, settlement["origin"])
        region, year, day, _, origin = person
        totals.append((Total(region, year, "settled", origin), sign, reports))
        if minor is not None:
            totals.append((Total(region, year, "settled_minors", origin), sign * minor, reports))
        found.persons.append((person, sign))
        if allocation is not None and day and allocated_on:
            waited = date.fromisoformat(day) - date.fromisoformat(allocated_on)
            found.waits.append((Wait(region, year, waited.days), sign))


def _person(settlement: Facts, minor: bool | None, said: Any) -> Person:
    get = settlement.get
    return person_of(
        settlement["municipality"],
        get("district"),
        settlement["settledOn"],
        said,
        categories_of(
            get("sex"),
            get("ageGroup"),
            get("countryOfOrigin"),
            UNKNOWN if minor is None else "true" if checks.truth(minor) else "false",
            get("care"),
            get("arrival"),
            get("housing"),
        ),
    )


def person_of(place: str, part: str | None, settled_on: str, said: str, categories: str) -> Person:
    """A person settled in a municipality, and a part of it where that is stated.

    Raises ``ValueError`` or ``TypeError`` for what fits no schema.
    """
    year, day = dated(settled_on)
    region = municipality(place)
    if part is not None:
        region = district(part)
    return Person(region, year, day, categories, checks.origin(said))


@lru_cache(maxsize=_MOST_REMEMBERED)
def categories_of(
    sex: Any, age_group: Any, country: Any, minor: str, care: Any, arrival: Any, housing: Any
) -> str:
    """The category of each dimension as a cell names them; ``ValueError`` where one is none."""
    return joined(
        category("sex", sex),
        category("age_group", age_group),
        category("country_of_origin", country),
        minor,
        category("care", care),
        category("arrival", arrival),
        category("housing", housing),
    )


def _place(facts: Facts) -> tuple[str, int]:
    return municipality(facts["municipality"]), checks.year(facts["year"])


def _add(found: Effects, key: tuple[str, int], measure: str, value: int | None, sign: int) -> None:
    """Add or take away a known value; what is not known changes nothing."""
    if value is not None:
        found.totals.append((Total(*key, measure, ""), sign * count(value), sign))


_EFFECTS: dict[str, Callable[[Facts, Facts, Effects], None]] = {
    "needs": _needs,
    "figures": _figures,
    "requests": _requests,
    "decisions": _decisions,
    "settlements": _settlements,
}
