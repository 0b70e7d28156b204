"""Fields of events as they are counted: what does not fit its schema raises ``ValueError``.

Only what is counted or published is looked at, so that an event of a later version can still be
folded. All results of functions that keep them are bounded by the code lists and the calendar.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from services.contract.codes import UNKNOWN, Dimension, FigureStatus, Measure, NeedStatus, Origin
from services.contract.facts import Facts
from services.contract.partial_date import PartialDate
from services.contract.regions import Level, registry
from services.contract.schemas.categories import category_is_valid
from services.contract.schemas.fields import FIRST_DATED_YEAR, FIRST_YEAR, LAST_YEAR, MOST_PERSONS

MOST_IN_A_FIGURE = 10_000_000


def whole(value: Any, least: int, most: int) -> int:
    """A whole number within bounds. JSON's true is none."""
    if type(value) is not int or not least <= value <= most:
        raise ValueError("not a whole number within bounds")
    return value


def count(value: Any) -> int:
    """A number of persons."""
    return whole(value, 0, MOST_PERSONS)


def year(value: Any) -> int:
    """The year that an event is about."""
    return whole(value, FIRST_YEAR, LAST_YEAR)


def truth(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("neither true nor false")
    return value


def text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("not a text")
    return value


@cache
def dated(partial_date: str) -> tuple[int, str]:
    """The year of a date, and the whole date where its day is stated, else ""."""
    when = PartialDate.parse(partial_date)
    return whole(when.year, FIRST_DATED_YEAR, LAST_YEAR), partial_date if when.is_full else ""


def partial_date(value: str) -> str:
    dated(value)
    return value


def full_date(value: str) -> str:
    if not dated(value)[1]:
        raise ValueError("not a full date")
    return value


@cache
def region(code: str, *levels: Level) -> str:
    """The code of a region, of one of some levels where they are named."""
    found = registry().find(code)
    if found is None or (levels and found.level not in levels):
        raise ValueError("no such region")
    return code


@cache
def municipality(code: str) -> str:
    return region(code, Level.MUNICIPALITY)


@cache
def district(code: str) -> str:
    return region(code, Level.DISTRICT)


@cache
def category(dimension: str, value: str | None) -> str:
    """A category of a dimension; what nobody stated is unknown."""
    if value is None:
        return UNKNOWN
    if not category_is_valid(dimension, value):
        raise ValueError("no such category")
    return value


@cache
def origin(value: str) -> str:
    return Origin(value).value


_Checks = Mapping[str, Callable[[Any], Any]]

NEED: _Checks = {
    "persons": count,
    "status": NeedStatus,
    "announcedOn": partial_date,
    "unaccompaniedMinors": count,
    "resettlement": count,
    "municipalitiesAsked": count,
}
REQUEST: _Checks = {"answerBy": full_date}
DECISION: _Checks = {"expectedOn": full_date, "acceptsUnaccompaniedMinors": truth}
FIGURE: _Checks = {
    "measure": Measure,
    "status": FigureStatus,
    "publishedOn": partial_date,
    "sourceName": text,
    "persons": lambda value: whole(value, -MOST_IN_A_FIGURE, MOST_IN_A_FIGURE),
    "percent": lambda value: value if type(value) is float else whole(value, 0, MOST_IN_A_FIGURE),
    "sourceUrl": text,
    "dimension": Dimension,
    "category": text,
}


def public(facts: Facts, checks: _Checks, *required: str) -> Facts:
    """The public ones of some facts; ``KeyError`` where a required one is missing."""
    missing = [name for name in required if name not in facts]
    if missing:
        raise KeyError(missing[0])
    return {name: check(facts[name]) for name, check in checks.items() if name in facts}


def figure(facts: Facts) -> Facts:
    """What is public of an official figure."""
    found = public(facts, FIGURE, "measure", "status", "publishedOn", "sourceName")
    if "dimension" in found or "category" in found:
        category(found["dimension"], found["category"])
    return found
