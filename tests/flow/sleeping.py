"""Put a step to sleep in the middle, and let it go on later, as a process that was paused would.

The step runs in a thread of its own, but never at the same time as anything else.
"""

import threading
from collections.abc import Callable

_here = threading.local()


class Died(BaseException):
    """The process has ended at this point: nothing after it happens, no handler runs usefully."""


class Sleeper:
    """A step that runs until it reaches a place, and the rest when it is woken."""

    def __init__(self, step: Callable[[], object], place: str) -> None:
        self._step = step
        self._place: str | None = place
        self._handed_back = threading.Event()
        self._woken = threading.Event()
        self._dies = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._handed_back.wait()
        if not self.asleep:
            self._end()

    @property
    def asleep(self) -> bool:
        return self._place is None and self._thread.is_alive() and not self._woken.is_set()

    def wake(self, *, dies: bool = False) -> None:
        """Let the step go on to its end, or end where it is."""
        if self.asleep:
            self._dies = dies
            self._woken.set()
            self._end()

    def reach(self, place: str) -> None:
        if place == self._place:
            self._place = None
            self._handed_back.set()
            self._woken.wait()
            if self._dies:
                raise Died

    def _run(self) -> None:
        _here.sleeper = self
        try:
            self._step()
        except Died:
            pass
        except BaseException as error:
            self._error = error
        finally:
            self._woken.set()
            self._handed_back.set()

    def _end(self) -> None:
        self._thread.join()
        if self._error is not None:
            raise self._error


def reach(place: str) -> None:
    """Fall asleep here, where the step that calls this was to."""
    sleeper: Sleeper | None = getattr(_here, "sleeper", None)
    if sleeper is not None:
        sleeper.reach(place)
