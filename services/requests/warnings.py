"""What the directorate may want to look at when it posts."""

from collections.abc import Mapping
from typing import Any

from services.chassis.commands.seen import Seen
from services.contract.count_rules import part_remarks
from services.contract.event_types import EventType
from services.contract.facts import Facts
from services.contract.faults import Remark


def warnings(event_type: EventType, data: Mapping[str, Any], after: Facts, seen: Seen) -> list[Remark]:
    """A part left above its whole by a revision; a request changed after its answer."""
    found = part_remarks(data, after, "unaccompaniedMinors", "persons")
    found += part_remarks(data, after, "resettlement", "persons")
    if event_type.name in ("request.revised", "request.withdrawn"):
        answer = seen.get("decision", data["municipality"], data["year"])
        if answer is not None and answer.get("persons") is not None:
            found.append(
                Remark(
                    "already-decided",
                    "/data/municipality",
                    f"The municipality has already decided to settle {answer['persons']}.",
                )
            )
    return found
