"""The streams of the settlements service."""

from collections.abc import Mapping
from typing import Any

from services.contract.envelope import settlement_id
from services.contract.event_types import EventType
from services.contract.faults import Fault
from services.contract.regions import NOT_STATED


def subject_of(_event_type: EventType, subject: str | None, _data: Mapping[str, Any]) -> str | Fault:
    """The random settlement id, a UUID, which the data do not give."""
    if subject is None:
        return Fault("/subject", "required", "Send the settlement id, a random UUID, as subject.")
    try:
        return settlement_id(subject)
    except ValueError:
        return Fault("/subject", "subject", "Must be a UUID: the random settlement id.")


def region_of(_event_type: EventType, data: Mapping[str, Any]) -> str:
    """The municipality of the first event; a withdrawal can't be first and states none."""
    code: str = data.get("municipality", NOT_STATED)
    return code
