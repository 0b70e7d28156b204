"""Numbers that are parts of other numbers."""

from collections.abc import Mapping
from typing import Any

from services.contract.faults import Fault


def part_faults(data: Mapping[str, Any], part: str, whole: str) -> list[Fault]:
    """A fault where an event states a part that is larger than the whole beside it."""
    if data.get(part) is None or data.get(whole) is None or data[part] <= data[whole]:
        return []
    return [Fault(f"/data/{part}", "part-above-whole", f"Can't be more than {whole}.")]
