"""Whether anything was written to a database since it was last looked at, for loops that look often."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from services.chassis.database.database import Database

LONGEST_STILL_SECONDS = 0.5
"""After this long it is looked closely in any case: what time alone brings about is written nowhere."""


class Stillness:
    """Asked before each look by one thread, and told after it whether there was nothing to do.

    On SQLite asking takes microseconds, and sees what other processes write as well. Elsewhere it would
    cost as much as looking, and nothing is ever said to be still.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = monotonic) -> None:
        self._database = database
        self._clock = clock
        self._connection: Any = None
        self._asked: int | None = None
        self._still: int | None = None
        self._since = float("-inf")

    def is_still(self) -> bool:
        """Whether a look would find nothing that the last one, which found nothing to do, did not find."""
        self._asked = self._version()
        if (
            self._asked is not None
            and self._asked == self._still
            and abs(self._clock() - self._since) < LONGEST_STILL_SECONDS
        ):
            return True
        # Until the look that follows has come to its end.
        self._still = None
        return False

    def found(self, *, nothing: bool) -> None:
        """Say what came of the look that followed the last question."""
        self._still = self._asked if nothing else None
        self._since = self._clock()

    def close(self) -> None:
        """Give back what was opened."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _version(self) -> int | None:
        """A number that is another one after each commit, None where there is none."""
        if self._database.dialect != "sqlite":
            return None
        try:
            if self._connection is None:
                # Always the same one: it tells of what others have written since it was asked last.
                self._connection = self._database.engine.raw_connection()
                # Its own from here on: the pool is for transactions.
                self._connection.detach()
            cursor = self._connection.cursor().execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])
        except Exception:
            self.close()
            return None
