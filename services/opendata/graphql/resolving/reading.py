"""What resolvers read from: one release, the regions, and the day it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, TypeVar

from services.contract.regions import Registry
from services.opendata.graphql.resolving.budget import Budget
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


Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def plain(resolver: Resolver) -> Resolver:
    """Marks a resolver that only looks: asking it twice, or for a whole list, makes no difference."""
    setattr(resolver, _PLAIN, True)
    return resolver


def is_plain(resolver: Callable[..., Any]) -> bool:
    """Whether a resolver is so marked."""
    return getattr(resolver, _PLAIN, False) is True


def for_all(together: Callable[..., list[Any]]) -> Callable[[Resolver], Resolver]:
    """Marks a plain resolver of which ``together`` says the same of many records at once."""

    def mark(resolver: Resolver) -> Resolver:
        setattr(resolver, _TOGETHER, together)
        return plain(resolver)

    return mark


def together_of(resolver: Callable[..., Any]) -> Callable[..., list[Any]] | None:
    """What a plain resolver says of many records at once, if it is so marked."""
    return getattr(resolver, _TOGETHER, None)


_PLAIN = "bosatt_plain"
_TOGETHER = "bosatt_together"
