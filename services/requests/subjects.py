"""The streams of the requests service."""

from collections.abc import Mapping
from typing import Any

from services.chassis.commands.domain import subject_given
from services.contract.event_types import EventType
from services.contract.faults import Fault
from services.contract.regions import COUNTRY


def subject_of(event_type: EventType, subject: str | None, data: Mapping[str, Any]) -> str | Fault:
    """``NO/2020`` for a need, ``figure/CODE/YEAR`` for figures, ``CODE/YEAR`` for a request."""
    prefix = "figure/" if event_type.kind == "figures" else ""
    given = f"{prefix}{region_of(event_type, data)}/{data['year']}"
    return subject_given(subject, given)


def region_of(event_type: EventType, data: Mapping[str, Any]) -> str:
    """The region whose stream it is; the country for a need."""
    code: str = COUNTRY if event_type.region_field is None else data[event_type.region_field]
    return code
