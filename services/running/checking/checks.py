"""The checks in their order, and a run of them that goes on piece by piece."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

from services.running.checking.outcome import UNREADABLE, Check, Difference, Outcome, Progress
from services.running.checking.published import check_published
from services.running.checking.released import check_released
from services.running.checking.sources import Sources
from services.running.checking.stores import check_stores
from services.running.checking.sums import check_sums
from services.running.checking.versions import check_versions

CHECKS: Mapping[Check, Callable[[Sources, Outcome], Iterator[Progress]]] = {
    Check.VERSIONS: check_versions,
    Check.STORES: check_stores,
    Check.RELEASED: check_released,
    Check.SUMS: check_sums,
    Check.PUBLISHED: check_published,
}
"""From the truth outwards: what is wrong in a store is wrong in all that follows."""


class Run:
    """One run of some checks. `pieces` does the work; ``outcomes`` are those that have come to an end."""

    def __init__(self, sources: Sources, wanted: Sequence[Check] = tuple(CHECKS)) -> None:
        self._sources = sources
        self._wanted = [check for check in CHECKS if check in wanted]
        self.outcomes: list[Outcome] = []

    def pieces(self) -> Generator[Progress]:
        """Do one bounded piece of work at a time. Between two of them no transaction is open.

        Raises what SQLAlchemy raises where a database does not answer; the run is over then.
        """
        for check in self._wanted:
            outcome = Outcome(check)
            began = time.monotonic()
            yield Progress(check)
            try:
                yield from CHECKS[check](self._sources, outcome)
            except UNREADABLE as error:
                # A damaged row that even those who show it to the public would stumble over.
                what = f"something stored that can't be read ({type(error).__name__})"
                outcome.differ(Difference(what, {}, None, None))
            outcome.seconds = time.monotonic() - began
            self.outcomes.append(outcome)
