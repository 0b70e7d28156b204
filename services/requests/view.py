"""What the requests service notes of the others' events."""

from typing import Any

from services.chassis.commands.seen import Seen

TOPICS = ("bosatt.decisions",)


def observe(seen: Seen, event: dict[str, Any]) -> None:
    """Note what each municipality has decided."""
    if event["type"].startswith("no.bosatt.quota."):
        data = event["data"]
        before = data.get("previous", {}).get("persons")
        withdrawn = event["type"].startswith("no.bosatt.quota.withdrawn.")
        persons = None if withdrawn else data.get("persons", before)
        seen.put("decision", data["municipality"], data["year"], {"persons": persons})
