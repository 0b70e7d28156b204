"""What a municipality may want to look at when it posts a settlement."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from services.chassis.commands.seen import Seen
from services.contract.date_rules import year_of
from services.contract.event_types import EventType
from services.contract.facts import Facts
from services.contract.faults import Remark


def warnings(event_type: EventType, data: Mapping[str, Any], _after: Facts, seen: Seen) -> list[Remark]:
    """A settlement without a decision, or above the quota, as far as has been seen."""
    if event_type.name != "person.settled":
        return []
    code, year = data["municipality"], year_of(data["settledOn"])
    decision = seen.get("decision", code, year)
    if decision is None or decision["persons"] is None:
        return [_no_decision(code, year)]
    settled = (seen.get("settled", code, year) or {"persons": 0})["persons"] + 1
    if settled > decision["persons"]:
        return [
            Remark(
                "above-quota",
                "/data/municipality",
                f"With this person {settled} are settled in {year}; {decision['persons']} were decided.",
            )
        ]
    return []


# The same for each of many in a batch.
@lru_cache(maxsize=1_000)
def _no_decision(code: str, year: int) -> Remark:
    return Remark(
        "no-decision",
        "/data/municipality",
        f"No decision of {code} for {year} has been seen; settlement goes on meanwhile.",
    )
