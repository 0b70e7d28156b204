"""Loops that wait: bounded pauses, back-off after failure, a clean stop."""

import random
import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from services.chassis.log.port import LogError
from services.chassis.metrics import LOOP_FAILURES

log = structlog.get_logger()

SHORTEST_PAUSE = 0.05
LONGEST_PAUSE = 5.0


class Backoff:
    """Pauses that double up to a bound, with a spread so that many do not wake at once."""

    def __init__(self, shortest: float = SHORTEST_PAUSE, longest: float = LONGEST_PAUSE) -> None:
        self._shortest = shortest
        self._longest = longest
        self._next = shortest

    def reset(self) -> None:
        self._next = self._shortest

    def pause(self) -> float:
        """The next pause in seconds."""
        pause = self._next * random.uniform(0.8, 1.2)  # noqa: S311 - spread, not secrecy
        self._next = min(self._next * 2, self._longest)
        return pause


class Worker(Protocol):
    """Something with steps, for a loop."""

    def step(self) -> bool: ...

    def close(self) -> None: ...


class Late:
    """A worker that is made on first need, and not before what it is made of can be reached."""

    def __init__(self, make: Callable[[], Worker]) -> None:
        self._make = make
        self._worker: Worker | None = None

    def step(self) -> bool:
        """The worker's step; raises whatever kept it from being made, and tries anew next time."""
        if self._worker is None:
            self._worker = self._make()
        return self._worker.step()

    def close(self) -> None:
        if self._worker is not None:
            self._worker.close()


class Loop:
    """Runs a step again and again in a thread of its own until stopped.

    A step returns True when there may be more to do at once. After one that returned False the
    loop waits until woken or for ``idle`` seconds; after one that raised, for a back-off. A
    failure is logged when it begins or becomes another one, not each time. When the loop has
    ended, ``on_stop`` is called in its thread.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], bool],
        *,
        idle: float,
        on_stop: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._step = step
        self._idle = idle
        self._on_stop = on_stop
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._failing: str | None = None
        self._failures = 0

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Let the loop look for work now."""
        self._wake.set()

    def stop(self, timeout: float = 10.0) -> None:
        """Let the step in hand finish and end the thread; gives up waiting after a time."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    @property
    def name(self) -> str:
        return self._name

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def failing(self) -> str | None:
        """What the last steps, more than one, have failed of; None where they did not."""
        return self._failing if self._failures > 1 else None

    def _run(self) -> None:
        backoff = Backoff()
        while True:
            # Before the look whether to stop: a stop that comes after it wakes the loop for good.
            self._wake.clear()
            if self._stopping.is_set():
                break
            try:
                more = self._step()
            except Exception as error:
                # The log's errors are texts of ours; others may hold what somebody sent.
                self._failed(str(error) if isinstance(error, LogError) else type(error).__name__)
                self._stopping.wait(backoff.pause())
                continue
            backoff.reset()
            self._succeeded()
            if not more:
                self._wake.wait(self._idle)
        try:
            self._on_stop()
        except Exception as error:
            log.warning("loop.stop_failed", loop=self._name, error=type(error).__name__)

    def _failed(self, error: str) -> None:
        LOOP_FAILURES.labels(self._name).inc()
        self._failures += 1
        if error != self._failing:
            log.warning("loop.failed", loop=self._name, error=error)
        self._failing = error

    def _succeeded(self) -> None:
        if self._failing is not None:
            log.warning("loop.recovered", loop=self._name, error=self._failing, failures=self._failures)
            self._failing, self._failures = None, 0
