"""What a municipality may want to look at when it posts a decision."""

from collections.abc import Mapping
from typing import Any

from services.chassis.commands.seen import Seen
from services.contract.count_rules import part_remarks
from services.contract.event_types import EventType
from services.contract.facts import Facts
from services.contract.faults import Remark


def warnings(event_type: EventType, data: Mapping[str, Any], after: Facts, seen: Seen) -> list[Remark]:
    """A decision or a delayed answer for a year in which nobody has asked; parts above wholes."""
    found = part_remarks(data, after, "unaccompaniedMinors", "persons")
    found += part_remarks(data, after, "extraCapacityUnaccompaniedMinors", "extraCapacity")
    if event_type.name in ("quota.decided", "answer.delayed"):
        request = seen.get("request", data["municipality"], data["year"])
        if request is None or not request["inForce"]:
            found.append(
                Remark(
                    "no-request",
                    "/data/municipality",
                    f"No request to this municipality for {data['year']} has been seen.",
                )
            )
    return found
