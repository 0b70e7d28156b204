"""A stream's events as they are shown to who may read it: as stored, but for what is another's or erased."""

from collections.abc import Iterable
from typing import Any

from services.contract.entitlements import Caller, concerns

_ERASED = "no.bosatt.settlement.attributes-erased."
_KEPT_WHOLE = ("municipality", "district")
_KEPT_YEAR = ("settledOn", "allocatedOn")
_FOR_READERS_OF_THE_LOG = ("partitionkey",)


def erased_before(stored: Iterable[tuple[int, dict[str, Any]]]) -> int:
    """The version of the last event that erased what was known of the person; 0 where none did."""
    return max((version for version, event in stored if event["type"].startswith(_ERASED)), default=0)


def shown(
    stored: Iterable[tuple[int, dict[str, Any]]], caller: Caller, erased: int, first_region: str
) -> list[dict[str, Any]]:
    """The events, without ``previous``, which those before them tell.

    An event from when the stream was another's is left out. Of those before an erasure no more is
    shown than is in force after it.
    """
    return [
        _shown(event, version < erased)
        for version, event in stored
        if concerns(caller, event["data"], first_region)
    ]


def _shown(event: dict[str, Any], is_erased: bool) -> dict[str, Any]:
    data = {name: value for name, value in event["data"].items() if name != "previous"}
    if is_erased:
        data = {name: data[name] for name in _KEPT_WHOLE if name in data} | {
            name: data[name][:4] for name in _KEPT_YEAR if name in data
        }
    kept = {name: value for name, value in event.items() if name not in _FOR_READERS_OF_THE_LOG}
    return {**kept, "data": data}
