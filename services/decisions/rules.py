"""The rules of the decisions service."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.contract.count_rules import minors_faults, part_faults, share_faults
from services.contract.date_rules import future_faults
from services.contract.event_types import EventType
from services.contract.facts import Facts, facts_after
from services.contract.faults import Fault
from services.contract.region_rules import district_faults, region_faults
from services.contract.regions import Level

_DATES = ("decidedOn", "withdrawnOn")


def faults_in(_event_type: EventType, data: Mapping[str, Any], today: date) -> list[Fault]:
    """Dates not in the future, a valid municipality, its own districts, shares within the quota."""
    faults = future_faults(data, _DATES, today)
    faults += part_faults(data, "unaccompaniedMinors", "persons")
    faults += part_faults(data, "extraCapacityUnaccompaniedMinors", "extraCapacity")
    faults += minors_faults(data)
    if "municipality" in data and "year" in data:
        faults += region_faults(data["municipality"], "/data/municipality", data["year"], Level.MUNICIPALITY)
        faults += _district_faults(data)
    return faults + share_faults(data)


def faults_against(event_type: EventType, data: Mapping[str, Any], before: Facts) -> list[Fault]:
    """The district shares still within the quota, once a revision is merged into the decision."""
    if event_type.name != "quota.revised" or {"persons", "districts"} <= data.keys():
        return []
    after = facts_after(event_type.name, before, data, "", "")
    return share_faults(after, "/data/districts" if "districts" in data else "/data/persons")


def _district_faults(data: Mapping[str, Any]) -> list[Fault]:
    shares = data.get("districts") or []
    times = Counter(share.get("code") for share in shares)
    faults: list[Fault] = []
    for index, share in enumerate(shares):
        code, pointer = share.get("code"), f"/data/districts/{index}/code"
        if code is None:
            continue
        faults += district_faults(code, pointer, data["municipality"], data["year"])
        if times[code] > 1:
            faults.append(Fault(pointer, "district-twice", f"The district {code} stands more than once."))
    return faults
