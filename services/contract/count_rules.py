"""Numbers that are parts of other numbers."""

from collections.abc import Mapping
from typing import Any

from services.contract.facts import Facts
from services.contract.faults import Fault, Remark


def part_faults(data: Mapping[str, Any], part: str, whole: str) -> list[Fault]:
    """A fault where an event states a part that is larger than the whole beside it."""
    if data.get(part) is None or data.get(whole) is None or data[part] <= data[whole]:
        return []
    return [Fault(f"/data/{part}", "part-above-whole", f"Can't be more than {whole}.")]


def minors_faults(data: Mapping[str, Any]) -> list[Fault]:
    """A fault where a decision counts unaccompanied minors that it does not accept."""
    if data.get("acceptsUnaccompaniedMinors") is not False or not data.get("unaccompaniedMinors"):
        return []
    return [
        Fault(
            "/data/unaccompaniedMinors",
            "contradiction",
            "The decision says that no unaccompanied minors are accepted.",
        )
    ]


def share_faults(data: Mapping[str, Any], pointer: str = "/data/districts") -> list[Fault]:
    """A fault where the districts' shares add up to more than the decision."""
    persons = data.get("persons")
    shared = sum(share.get("persons", 0) for share in data.get("districts") or [])
    if persons is None or shared <= persons:
        return []
    return [
        Fault(
            pointer,
            "shares-above-quota",
            f"The district shares add up to {shared}, more than the {persons} decided.",
        )
    ]


def part_remarks(data: Mapping[str, Any], after: Facts, part: str, whole: str) -> list[Remark]:
    """A remark where an event states one of the two alone, and the part in force is then the larger."""
    if after.get(part) is None or after.get(whole) is None or after[part] <= after[whole]:
        return []
    stated, kept = (whole, part) if whole in data else (part, whole)
    if stated not in data:
        return []
    return [
        Remark(
            "part-above-whole",
            f"/data/{stated}",
            f"{kept} was {after[kept]} before: then {part} is more than {whole}.",
        )
    ]
