"""What the settlements service notes of its own and the others' events."""

from typing import Any

from services.chassis.commands.seen import Seen
from services.contract.date_rules import year_of

TOPICS = ("bosatt.decisions", "bosatt.settlements")


def observe(seen: Seen, event: dict[str, Any]) -> None:
    """Note what each municipality has decided, and count the persons settled in it."""
    data = event["data"]
    previous = data.get("previous", {})
    name = event["type"].removeprefix("no.bosatt.").rsplit(".", 1)[0]
    if name.startswith("quota."):
        persons = None if name == "quota.withdrawn" else data.get("persons", previous.get("persons"))
        seen.put("decision", data["municipality"], data["year"], {"persons": persons})
    if name in ("settlement.corrected", "settlement.withdrawn") and "settlement" in previous:
        _count(seen, previous["settlement"], -1)
    if name in ("person.settled", "settlement.corrected"):
        _count(seen, data, 1)


def _count(seen: Seen, settlement: dict[str, Any], change: int) -> None:
    code, year = settlement["municipality"], year_of(settlement["settledOn"])
    before = seen.get("settled", code, year) or {"persons": 0}
    seen.put("settled", code, year, {"persons": before["persons"] + change})
