"""When things happened: not in the future, and not before what they follow."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from services.contract.faults import Fault
from services.contract.partial_date import PartialDate


def future_faults(data: Mapping[str, Any], names: Iterable[str], today: date) -> list[Fault]:
    """The dates among some fields of ``data`` of which no day is today or before."""
    return [
        Fault(f"/data/{name}", "in-future", "What has happened can't lie in the future.")
        for name in names
        if data.get(name) is not None and _first_day(data[name]) > today
    ]


@lru_cache(maxsize=20_000)
def _first_day(partial_date: str) -> date:
    return PartialDate.parse(partial_date).first_day


def surely_before(first: str, second: str) -> bool:
    """Whether a partial date lies wholly before another."""
    return PartialDate.parse(first).last_day < PartialDate.parse(second).first_day


def year_of(partial_date: str) -> int:
    """The year of a partial date."""
    return int(partial_date[:4])
