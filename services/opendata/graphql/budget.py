"""How many regions one request may read: what a document's size does not tell."""

from collections.abc import Sequence

from graphql import GraphQLError

from services.chassis.metrics import GRAPHQL_REJECTED
from services.contract.regions import Region

MOST_REGIONS_READ = 20_000
CODE = "LIMIT_REGIONS"


class Exhausted(GraphQLError):
    """The request has asked for more regions than one request may read."""

    def __init__(self) -> None:
        super().__init__(
            f"One request may read {MOST_REGIONS_READ} regions, each list counted. Ask for them in pages.",
            extensions={"code": CODE},
        )


class Budget:
    """Counts the regions in the lists of one request as they are read.

    Children of parents of children multiply within few levels, so a list is refused as soon as the
    sum is too large, before anything in it is answered.
    """

    def __init__(self) -> None:
        self._left = MOST_REGIONS_READ
        self._refused = False

    def spend(self, found: Sequence[Region]) -> Sequence[Region]:
        """The same regions; raises `Exhausted` where they are more than are left."""
        self._left -= len(found)
        if self._left < 0:
            if not self._refused:
                GRAPHQL_REJECTED.labels("regions").inc()
            self._refused = True
            raise Exhausted
        return found
