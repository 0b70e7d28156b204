"""How many regions one request may read: what a document's size does not tell."""

from collections.abc import Sequence
from typing import TypeVar

from services.opendata.graphql.errors import TooMuch

MOST_REGIONS_READ = 20_000

Read = TypeVar("Read")


class TooManyRegions(TooMuch):
    """The request asks for more regions than one request may read."""

    def __init__(self) -> None:
        super().__init__(
            "regions",
            f"One request may read {MOST_REGIONS_READ} regions, each list counted. Ask in pages.",
        )


class Budget:
    """Counts the regions in the lists of one request as they are read.

    Children of parents of children multiply within few levels. Once the sum is too large every
    further list is refused unread, and so is the request as a whole.
    """

    def __init__(self) -> None:
        self._left = MOST_REGIONS_READ

    @property
    def is_exceeded(self) -> bool:
        return self._left < 0

    def spend(self, found: Sequence[Read]) -> Sequence[Read]:
        """The same regions, or flows from them; raises `TooManyRegions` where they are more than are left."""
        self._left -= len(found)
        if self.is_exceeded:
            raise TooManyRegions
        return found
