"""What resolvers read from: one release, the regions, and the day it is."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from services.contract.regions import Registry
from services.opendata.graphql.budget import Budget
from services.opendata.release.answers import ReleasedNumbers


@dataclass(frozen=True, slots=True)
class Reading:
    """The world as one request sees it: it does not change while the request is answered."""

    numbers: ReleasedNumbers
    regions: Registry
    today: date
    budget: Budget = field(default_factory=Budget)


class Info(Protocol):
    """As much of a GraphQL library's resolve info as resolvers use."""

    @property
    def context(self) -> Reading: ...


def attribute(name: str, _default: object, record: object, _info: Info) -> Any:
    """Resolve a field by the attribute of its name.

    graphene's own looks for dictionary keys first and answers null for an attribute that is not
    there, which would hide a misspelt field.
    """
    return getattr(record, name)
