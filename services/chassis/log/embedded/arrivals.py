"""Wakes those who wait for records in the process in which they are written."""

from threading import Condition


class Arrivals:
    """Counts what was written through one log in this process, and lets others wait for more."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._count = 0

    @property
    def count(self) -> int:
        return self._count

    def announce(self) -> None:
        """Wake everybody who waits."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait(self, seen: int, timeout: float) -> None:
        """Wait until the count is no longer ``seen``, at most ``timeout`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen, timeout)
