"""What the decisions service notes of the others' events."""

from typing import Any

from services.chassis.commands.seen import Seen

TOPICS = ("bosatt.requests",)


def observe(seen: Seen, event: dict[str, Any]) -> None:
    """Note which municipalities have been asked."""
    if event["type"].startswith("no.bosatt.request."):
        data = event["data"]
        in_force = not event["type"].startswith("no.bosatt.request.withdrawn.")
        seen.put("request", data["municipality"], data["year"], {"inForce": in_force})
