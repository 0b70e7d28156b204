"""The live version as one reader or writer knows it: looked up again and again, opened once."""

import threading
import time
from dataclasses import dataclass

from services.chassis.database import Database
from services.opendata.projection.storage import open_version
from services.opendata.projection.versions import Version, Versions

LOOK_EVERY = 0.5
"""Seconds for which what was found is taken to be so still."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A version and its database."""

    version: Version
    database: Database


class Live:
    """Follows the live version. Each who uses it has one of its own."""

    def __init__(self, base: Database, look_every: float = LOOK_EVERY) -> None:
        self._base = base
        self._versions = Versions(base)
        self._look_every = look_every
        self._opened: Opened | None = None
        self._look_at = 0.0
        self._lock = threading.Lock()

    def now(self) -> Opened:
        """The live version, as it was a moment ago at most."""
        with self._lock:
            if self._opened is None or time.monotonic() >= self._look_at:
                self._look()
            assert self._opened is not None
            return self._opened

    def close(self) -> None:
        """Close the version's database; the base is left to whoever opened it."""
        with self._lock:
            if self._opened is not None and self._opened.database is not self._base:
                self._opened.database.close()
            self._opened = None

    def _look(self) -> None:
        live = self._versions.live()
        self._look_at = time.monotonic() + self._look_every
        before = self._opened
        if before is not None and before.version.number == live.number:
            return
        self._opened = Opened(live, open_version(self._base, live.number))
        if before is not None and before.database is not self._base:
            before.database.close()
