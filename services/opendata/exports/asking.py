"""What is asked of a download: the arguments of GraphQL, read from an address and checked."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from services.chassis.problems import Problem
from services.contract.codes import Dimension
from services.contract.faults import Fault
from services.contract.regions import Level, registry
from services.opendata.exports.columns import spoken
from services.opendata.exports.tables import MEANINGS, Table
from services.opendata.graphql.enums import Borders, Interval
from services.opendata.release.answers import DecisionStatus

MOST_CODES = 500
MOST_LETTERS = 16_384
"""Of an address' query."""

MOST_TOLD = 10
"""Of arguments that there are not: what is said of a request is no many times as long as it."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST_SEARCH = 100

NOT_YET = ("asOf", "until")
"""Arguments that GraphQL has and does not answer yet either."""

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one table. None asks for nothing.

    ``year`` is one whatever is known of it; else those are meant of which something is known, from
    ``first_year`` to ``last_year``.
    """

    table: Table
    level: Level | None = None
    codes: tuple[str, ...] | None = None
    within: str | None = None
    search: str | None = None
    include_not_stated: bool = False
    year: int | None = None
    first_year: int | None = None
    last_year: int | None = None
    borders: Borders = Borders.THEN
    decision_status: DecisionStatus | None = None
    interval: Interval = Interval.MONTH
    by: tuple[Dimension, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    """The arguments as one writes them, in the order in which they are documented."""


def read_asked(table: Table, arguments: Mapping[str, Sequence[str]]) -> Asked:
    """What an address asks for, each argument with its texts. Raises a 400 that names every fault."""
    allowed = allowed_arguments(table)
    unknown = [name for name in arguments if name not in (*allowed, *NOT_YET)]
    faults = [_unknown(name, allowed) for name in unknown[:MOST_TOLD]]
    faults += [_not_yet(name) for name in NOT_YET if name in arguments]
    found: dict[str, Any] = {}
    given: dict[str, str] = {}
    for name in allowed:
        if name in arguments:
            texts = arguments[name]
            try:
                found[name] = _READERS[name](_parts(texts) if name in _LISTS else _single(texts))
                given[name] = _as_documented(name, found[name], texts[0])
            except _Wrong as wrong:
                faults.append(Fault(f"/{name}", "argument", f"{name} {wrong}"))
    faults += _disagreements(table, found, {fault.pointer for fault in faults})
    if faults:
        raise Problem(
            400,
            "bad-argument",
            "The address asks for something that there is not",
            " ".join(fault.message for fault in faults),
            faults=faults,
            members={"arguments": {name: HELP[name] for name in allowed}},
        )
    return Asked(
        table=table,
        given=given,
        **{_FIELDS.get(name, name): value for name, value in found.items()},
    )


def allowed_arguments(table: Table) -> tuple[str, ...]:
    """The arguments of a table, in the order in which they are documented."""
    return (*_OF_ALL, *MEANINGS[table].arguments)


def _as_documented(name: str, value: Any, text: str) -> str:
    """A value as it is written here, however it was sent, so that the same question has one address."""
    if isinstance(value, tuple):
        return ",".join(spoken(one) if isinstance(one, StrEnum) else one for one in value)
    return spoken(value) if isinstance(value, StrEnum) else text.strip()


class _Wrong(Exception):
    """What a value should be; follows the argument's name."""


def _single(texts: Sequence[str]) -> str:
    if len(texts) > 1:
        raise _Wrong("is given more than once.")
    return texts[0].strip()


def _parts(texts: Sequence[str]) -> list[str]:
    """The values of a list, however they are written: ``a,b`` or each by itself."""
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _one_of(choices: type[Choice]) -> Callable[[str], Choice]:
    by_name = {spoken(choice.value): choice for choice in choices}

    def read(text: str) -> Choice:
        found = by_name.get(text.upper())
        if found is None:
            raise _Wrong(f"is one of {', '.join(by_name)}.")
        return found

    return read


def _year(text: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", text) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise _Wrong(f"is a calendar year from {FIRST_YEAR} to {LAST_YEAR}.")
    return int(text)


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise _Wrong("is true or false.")
    return text.lower() == "true"


def _code(text: str) -> str:
    if registry().find(text) is None:
        raise _Wrong(f"names no region: {_quoted(text)}. A code is NO or 2, 4 or 6 digits.")
    return text


def _codes(texts: Sequence[str]) -> tuple[str, ...]:
    if not 0 < len(texts) <= MOST_CODES:
        raise _Wrong(f"has 1 to {MOST_CODES} codes; for more use level or within.")
    return tuple(dict.fromkeys(_code(text) for text in texts))


def _search(text: str) -> str:
    if len(text) > LONGEST_SEARCH or not any(map(str.isalnum, text)):
        raise _Wrong(f"is a text of 1 to {LONGEST_SEARCH} letters.")
    return text


def _by(texts: Sequence[str]) -> tuple[Dimension, ...]:
    found = tuple(_one_of(Dimension)(text) for text in texts)
    if not found or len(set(found)) < len(found):
        raise _Wrong("names at least one dimension, and none twice.")
    return found


def _disagreements(table: Table, found: Mapping[str, Any], faulty: set[str]) -> list[Fault]:
    faults = []
    if "year" in found and ("from" in found or "to" in found):
        faults.append(Fault("/year", "argument", "year is given without from and to, or they without it."))
    if "from" in found and "to" in found and found["from"] > found["to"]:
        faults.append(Fault("/from", "argument", "from is a later year than to."))
    if table is Table.BREAKDOWN and "by" not in found and "/by" not in faulty:
        choices = ", ".join(map(spoken, Dimension))
        faults.append(
            Fault("/by", "argument", f"by is needed: one or more of {choices}, with commas between.")
        )
    return faults


def _unknown(name: str, allowed: Sequence[str]) -> Fault:
    return Fault(
        f"/{_quoted(name)}",
        "argument",
        f"There is no argument {_quoted(name)}: there are {', '.join(allowed)}.",
    )


def _not_yet(name: str) -> Fault:
    return Fault(
        f"/{name}", "not-yet", f"{name} is not answered yet: leave it out to get the newest release."
    )


def _quoted(text: str) -> str:
    """A part of what was sent that can be shown again."""
    return re.sub(r"[^\w.+-]", "?", text[:30])


_OF_ALL = ("level", "codes", "within", "search", "includeNotStated", "year", "from", "to")
_LISTS = ("codes", "by")
_FIELDS = {
    "from": "first_year",
    "to": "last_year",
    "includeNotStated": "include_not_stated",
    "decisionStatus": "decision_status",
}
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "level": _one_of(Level),
    "codes": _codes,
    "within": _code,
    "search": _search,
    "includeNotStated": _truth,
    "year": _year,
    "from": _year,
    "to": _year,
    "borders": _one_of(Borders),
    "decisionStatus": _one_of(DecisionStatus),
    "interval": _one_of(Interval),
    "by": _by,
}

HELP = {
    "level": f"only regions of that level: {', '.join(map(spoken, Level))}",
    "codes": f"only regions with one of these codes, up to {MOST_CODES}, with commas between: 0301,4601",
    "within": "only regions inside the one with that code, at any level below: 03",
    "search": "only regions with that text in the name, or in the name of one that they came from",
    "includeNotStated": "true: with the county 99 and the municipality 9999 that stand for 'not stated'",
    "year": "only that year; without it all of which something is known",
    "from": "the first year",
    "to": "the last year",
    "borders": "THEN (unless told): the map of each year. NOW: all years on today's map",
    "decisionStatus": f"only municipalities that stand so: {', '.join(map(spoken, DecisionStatus))}",
    "interval": f"the length of periods: {', '.join(map(spoken, Interval))}; MONTH unless told",
    "by": f"needed: one or more dimensions with commas between: {', '.join(map(spoken, Dimension))}",
}
"""What each argument does, for people."""
