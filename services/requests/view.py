"""What the requests service notes of the others' events."""

from datetime import date
from typing import Any

from services.chassis.commands.seen import Seen

TOPICS = ("bosatt.decisions",)


def observe(seen: Seen, event: dict[str, Any]) -> None:
    """Note what each municipality has decided, and when it has said that its answer will come."""
    data = event["data"]
    if event["type"].startswith("no.bosatt.answer.delayed."):
        expected = date.fromisoformat(data["expectedOn"])
        number = expected.year * 10_000 + expected.month * 100 + expected.day
        seen.put(
            "decision",
            data["municipality"],
            data["year"],
            {"decided": False, "persons": None, "expectedOn": number},
        )
    elif event["type"].startswith("no.bosatt.quota."):
        before = data.get("previous", {}).get("persons")
        withdrawn = event["type"].startswith("no.bosatt.quota.withdrawn.")
        persons = None if withdrawn else data.get("persons", before)
        seen.put(
            "decision",
            data["municipality"],
            data["year"],
            {"decided": not withdrawn, "persons": persons, "expectedOn": None},
        )
