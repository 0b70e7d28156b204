"""Whom and which year a stream is about, as far as the facts in force in it tell."""

from typing import NamedTuple

from services.contract.date_rules import year_of
from services.contract.facts import Facts

NO_YEAR = 0
"""The year of a stream whose facts name none, as after an allocation was declined."""


class Concern(NamedTuple):
    """``municipality`` is the region whose stream it is: for needs and figures any region."""

    municipality: str
    district: str | None
    year: int


def concern_of(facts: Facts, first_region: str) -> Concern:
    """What a stream concerns; where facts name no municipality, the region of its first event."""
    part = facts.get("settlement") or facts.get("allocation") or facts
    happened = part.get("settledOn") or part.get("allocatedOn")
    year = part.get("year", NO_YEAR) if happened is None else year_of(happened)
    return Concern(part.get("municipality", first_region), part.get("district"), year)
