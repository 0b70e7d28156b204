"""What a service's list of streams tells of each beside its facts, and by what else it can be filtered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.contract.facts import Facts
from services.contract.states import State

Told = dict[str, Any]
"""Members of a row: ``deadline`` (a date or None) and ``overdue``, and what the service adds."""

Look = Mapping[str, Any] | None
"""What was seen of another service's facts for a row's municipality and year."""


@dataclass(frozen=True, slots=True)
class View:
    """A filter with a name of its own, for a question that people ask.

    ``states`` are those in which a stream can answer to it, ``holds`` looks at what is told of one.
    """

    states: tuple[State, ...]
    holds: Callable[[Told], bool] | None = None


@dataclass(frozen=True, slots=True)
class WorkList:
    """One service's list."""

    kinds: tuple[str, ...]
    """The kinds of its streams."""

    told: Callable[[str, Facts, Look, date], Told]
    """What is told of a stream of a kind: from its facts, what was seen, and the day."""

    views: Mapping[str, View] = field(default_factory=dict)

    by_district: bool = False
    """Whether its streams belong to districts; else a district gets its municipality's."""

    seen: str | None = None
    """The kind of facts seen that are told with a row."""


def plain_deadline(deadline: str | None, *, waiting: bool, today: date) -> Told:
    """A deadline and whether it has passed while something is still waited for."""
    return {
        "deadline": deadline,
        "overdue": waiting and deadline is not None and date.fromisoformat(deadline) < today,
    }
