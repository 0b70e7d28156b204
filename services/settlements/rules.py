"""The rules of the settlements service."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.contract.date_rules import future_faults, surely_before, year_of
from services.contract.event_types import EventType
from services.contract.facts import Facts
from services.contract.faults import Fault
from services.contract.region_rules import district_faults, region_faults
from services.contract.regions import Level

_DATES = ("allocatedOn", "settledOn")


def faults_in(_event_type: EventType, data: Mapping[str, Any], today: date) -> list[Fault]:
    """Dates not in the future, municipality and district valid on the event's date."""
    faults = future_faults(data, _DATES, today)
    happened = data.get("settledOn") or data.get("allocatedOn")
    # Answers to an allocation bear no date; they are given today.
    year = today.year if happened is None else year_of(happened)
    code = data.get("municipality")
    if code is None:
        return faults
    if happened is not None:
        faults += region_faults(code, "/data/municipality", year, Level.MUNICIPALITY)
    if data.get("district") is not None:
        faults += district_faults(data["district"], "/data/district", code, year)
    return faults


def faults_against(event_type: EventType, data: Mapping[str, Any], before: Facts) -> list[Fault]:
    """The municipality of the allocation or settlement stays; nobody is settled before allocated."""
    faults = []
    held = before.get("settlement") or before.get("allocation")
    code = data.get("municipality")
    if held is not None and code is not None and code != held["municipality"]:
        faults.append(Fault("/data/municipality", "municipality-changed", _municipality_stays(event_type)))
    allocation = before.get("allocation")
    settled_on = data.get("settledOn")
    if (
        allocation is not None
        and settled_on is not None
        and surely_before(settled_on, allocation["allocatedOn"])
    ):
        faults.append(
            Fault(
                "/data/settledOn",
                "before-allocation",
                f"The person was allocated on {allocation['allocatedOn']}, after that.",
            )
        )
    return faults


def _municipality_stays(event_type: EventType) -> str:
    if event_type.name == "settlement.corrected":
        return (
            "A correction keeps the municipality: withdraw here what happened elsewhere, and report it there."
        )
    return "The person was allocated to another municipality: another allocation comes first."
