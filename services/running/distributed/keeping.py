"""Keep something running: start it, and start it again whenever it has ended, until told to stop."""

import contextlib
import threading
import time
from collections.abc import Callable

from services.chassis.loops import Backoff
from services.running.distributed.kept import Kept
from services.running.servers import CantStart

LOOKED_EVERY = 0.1
SHORTEST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
LIVED_LONG = 10.0
"""Seconds after which a start counts as a good one, and the next pause is short again."""

Told = Callable[[str, str], None]
"""Called with a name and what is to be said of it."""


class Keeper:
    """Keeps one thing. Its thread lives as long as the thing is wanted: the kernel ends it with that."""

    def __init__(
        self, name: str, kept: Kept, told: Told, *, first: float = 0.2, longest: float = 10.0
    ) -> None:
        self.name = name
        self._kept = kept
        self._told = told
        self._backoff = Backoff(SHORTEST_PAUSE, LONGEST_PAUSE)
        self._stopping = threading.Event()
        self._up = threading.Event()
        self._failed: CantStart | None = None
        self._thread = threading.Thread(target=self._keep, name=f"keeper-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait_until_up(self, seconds: float) -> bool:
        """Whether it has come up within a time; raises `CantStart` where its first start failed."""
        up = self._up.wait(seconds)
        if self._failed is not None:
            raise self._failed
        return up

    @property
    def pid(self) -> int:
        return self._kept.pid

    @property
    def port(self) -> int:
        return self._kept.port

    def tell_to_stop(self) -> None:
        """Start it no more, and let it begin to end."""
        self._stopping.set()
        if self._up.is_set() and self._failed is None:
            self._kept.tell_to_stop()

    def stop(self, seconds: float) -> None:
        """Wait until it has ended."""
        self.tell_to_stop()
        self._thread.join(seconds)

    def _keep(self) -> None:
        try:
            self._kept.start()
        except Exception as error:
            self._failed = CantStart(f"{self.name} can't be started. {_text_of(error)}")
            self._up.set()
            return
        self._up.set()
        began = time.monotonic()
        while not self._stopping.wait(LOOKED_EVERY):
            if self._kept.is_alive:
                continue
            if time.monotonic() - began > LIVED_LONG:
                self._backoff.reset()
            began = self._start_again()
        self._kept.stop()

    def _start_again(self) -> float:
        self._tell(f"pid {self._kept.pid} has ended; starting it again")
        while not self._stopping.wait(self._backoff.pause()):
            try:
                self._kept.start()
            except Exception as error:
                self._tell(f"did not start: {_text_of(error)}")
                continue
            self._tell(f"runs again as pid {self._kept.pid}")
            break
        return time.monotonic()

    def _tell(self, what: str) -> None:
        """Tell, if anybody still listens: a terminal that was closed is no reason to keep nothing running."""
        with contextlib.suppress(OSError):
            self._told(self.name, what)


def _text_of(error: Exception) -> str:
    return str(error) if isinstance(error, CantStart) else f"{type(error).__name__}: {error}"
