"""The rules of the requests service."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.contract.count_rules import part_faults
from services.contract.date_rules import future_faults
from services.contract.event_types import EventType
from services.contract.facts import Facts
from services.contract.faults import Fault
from services.contract.region_rules import region_faults
from services.contract.regions import Level

_DATES = ("announcedOn", "publishedOn", "issuedOn", "revisedOn", "withdrawnOn")


def faults_in(event_type: EventType, data: Mapping[str, Any], today: date) -> list[Fault]:
    """Dates not in the future, parts within wholes, the region valid in the event's year."""
    faults = future_faults(data, _DATES, today)
    if event_type.name != "figure.published":
        faults += part_faults(data, "unaccompaniedMinors", "persons")
        faults += part_faults(data, "resettlement", "persons")
    field = event_type.region_field
    if field is not None and field in data and "year" in data:
        level = Level.MUNICIPALITY if field == "municipality" else None
        faults += region_faults(data[field], f"/data/{field}", data["year"], level)
    return faults


def faults_against(_event_type: EventType, _data: Mapping[str, Any], _before: Facts) -> list[Fault]:
    """Nothing: what these events say stands by itself."""
    return []
