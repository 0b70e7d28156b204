"""What a stream's row tells of it beside the facts, so that lists find it."""

from typing import Any

from sqlalchemy import case

from services.chassis.store.tables import streams
from services.contract.concerns import NO_YEAR, concern_of
from services.contract.facts import Facts

LISTED = ("municipality", "district", "year", "state", "begun")
"""The columns that follow from the facts and from when the stream began."""

_FOLLOWING = ("version", "recorded_time", "facts", "municipality", "district", "state")


def listed(facts: Facts, first_region: str, recorded: str) -> dict[str, Any]:
    """The columns by which lists find a stream, as they are in a new row."""
    concern = concern_of(facts, first_region)
    return {**concern._asdict(), "state": facts.get("state", ""), "begun": recorded}


def next_head(excluded: Any) -> dict[str, Any]:
    """What changes in a stream's row with its next event: all but when and where it began.

    A year that facts no longer name stays, so that what was declined or closed is found by it.
    """
    return {
        **{name: excluded[name] for name in _FOLLOWING},
        "year": case((excluded["year"] == NO_YEAR, streams.c.year), else_=excluded["year"]),
    }
