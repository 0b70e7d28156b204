"""What a command service brings along: its subjects, its rules, its warnings, as plain functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.chassis.commands.seen import Seen
from services.chassis.commands.worklist import WorkList
from services.contract.event_types import EventType
from services.contract.facts import Facts
from services.contract.faults import Fault, Remark

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Domain:
    """The functions of one command service, from modules that are alike in each."""

    subject_of: Callable[[EventType, str | None, Data], str | Fault]
    """The stream's subject from the data, or what is wrong with the one sent; ``KeyError`` where
    faulty data do not give it."""

    region_of: Callable[[EventType, Data], str]
    """The region that keys the partition of a stream's first event."""

    faults_in: Callable[[EventType, Data, date], list[Fault]]
    """What is wrong with data taken alone; they may lack fields that have faults already."""

    faults_against: Callable[[EventType, Data, Facts], list[Fault]]
    """What is wrong with data that follow the facts in force in their stream."""

    warnings: Callable[[EventType, Data, Facts, Seen], list[Remark]]
    """What the sender may want to look at, as far as has been seen; advisory."""

    observe: Callable[[Seen, dict[str, Any]], None]
    """Take note of an event on the log, for later warnings."""

    observed_topics: tuple[str, ...]
    """The topics whose events are noted."""

    worklist: WorkList
    """What its list of streams tells of each."""


def subject_given(subject: str | None, given: str) -> str | Fault:
    """The subject that the data give, unless another was sent beside them."""
    if subject not in (None, given):
        return Fault("/subject", "subject", f"The data give the subject {given}; leave it out or send that.")
    return given
