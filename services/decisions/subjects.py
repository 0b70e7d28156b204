"""The streams of the decisions service."""

from collections.abc import Mapping
from typing import Any

from services.chassis.commands.domain import subject_given
from services.contract.event_types import EventType
from services.contract.faults import Fault


def subject_of(event_type: EventType, subject: str | None, data: Mapping[str, Any]) -> str | Fault:
    """``CODE/YEAR``: one stream per municipality and year."""
    given = f"{region_of(event_type, data)}/{data['year']}"
    return subject_given(subject, given)


def region_of(_event_type: EventType, data: Mapping[str, Any]) -> str:
    """The municipality that decides."""
    code: str = data["municipality"]
    return code
