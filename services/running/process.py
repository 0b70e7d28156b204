"""One process: its parts, begun as soon as what they need can be reached, and ended in time."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from typing import Any

import structlog

from services.chassis import metrics
from services.chassis.auth.port import Authenticator
from services.chassis.database import UNAVAILABLE
from services.chassis.http.app_factory import create_app
from services.chassis.http.at_once import Answer
from services.chassis.http.operators import operators_blueprint
from services.chassis.http.server import LONGEST_STOP
from services.chassis.http.serving import WSGI, UnderPaths
from services.chassis.log.port import LogUnreachable
from services.chassis.loops import Backoff, Loop
from services.chassis.problems import Problem
from services.running.opened import Opened
from services.running.parts import Part

log = structlog.get_logger()

MAY_COME_BACK = (*UNAVAILABLE, LogUnreachable)
"""What is worth waiting for: a database or a log that does not answer."""


class Process:
    """Some parts on what they share, from their beginning to their end."""

    def __init__(self, opened: Opened, parts: Sequence[Part]) -> None:
        self._opened = opened
        self._parts = parts
        self._loops: list[Loop] = []
        self._begun = threading.Event()
        self._waits_for: str | None = None
        self._ends = threading.Event()
        self._ends_at = 0.0
        self._beginning: threading.Thread | None = None
        self.loading = False
        metrics.BUILD_INFO.info({"version": version("bosatt")})

    def begin(self) -> None:
        """Prepare all parts and start their loops, now. Raises whatever keeps a part from it."""
        for part in self._parts:
            part.prepare()
        self._start()

    def begin_when_possible(self, on_failure: Callable[[Exception], None]) -> None:
        """The same in the background, again and again while what is needed does not answer.

        Until then the process is not ready and says what it waits for. ``on_failure`` is called
        with what waiting would not mend.
        """
        self._beginning = threading.Thread(
            target=self._begin_patiently, args=(on_failure,), name="beginning", daemon=True
        )
        self._beginning.start()

    def wait_until_begun(self) -> bool:
        """Wait until all parts are prepared and their loops started; False where it ends before."""
        while not self._ends.is_set():
            if self._begun.wait(0.1):
                return True
        return False

    @property
    def answers(self) -> bool:
        """Whether it answers requests of others than operators."""
        return any(part.answers for part in self._parts)

    def app(self, authenticator: Authenticator) -> WSGI:
        """The faces of all parts, without the operators'."""
        apps: dict[str, WSGI] = {}
        for part in self._parts:
            apps.update(part.apps(authenticator))
        default = apps.pop("", _nobody)
        return OnceBegun(UnderPaths(default, apps), self._begun)

    def operators(self, authenticator: Authenticator) -> WSGI:
        """Metrics and health."""
        return create_app("operators", [operators_blueprint([self.why_not_ready])], authenticator)

    def why_not_ready(self) -> str | None:
        """What keeps the process from its work; of one that answers requests, from answering them."""
        if self._ends.is_set():
            return "stopping"
        if not self._begun.is_set():
            return f"waiting for {self._waits_for}" if self._waits_for else "starting"
        if self.loading:
            return "loading"
        for loop in self._loops:
            if not loop.is_alive:
                return f"{loop.name} has stopped"
        answering = [part for part in self._parts if part.answers]
        for part in answering or self._parts:
            reason = part.why_not_ready()
            if reason is not None:
                return reason
        return None

    def ending(self) -> None:
        """Told to stop: not ready from now on, and done in ten seconds."""
        self._ends_at = time.monotonic() + LONGEST_STOP
        self._ends.set()

    def end(self) -> None:
        """Let every loop finish what it has in hand, as far as there is time."""
        if not self._ends.is_set():
            self.ending()
        if self._beginning is not None:
            self._beginning.join(1.0)
        for loop in self._loops:
            loop.stop(0.0)
        for loop in self._loops:
            loop.stop(max(0.5, self._ends_at - time.monotonic()))
        self._opened.close()

    def _begin_patiently(self, on_failure: Callable[[Exception], None]) -> None:
        backoff = Backoff()
        for part in self._parts:
            while not self._ends.is_set():
                try:
                    part.prepare()
                    break
                except MAY_COME_BACK as error:
                    self._wait_for(part, error)
                    self._ends.wait(backoff.pause())
                except Exception as error:
                    on_failure(error)
                    return
        if not self._ends.is_set():
            self._start()

    def _wait_for(self, part: Part, error: Exception) -> None:
        metrics.LOOP_FAILURES.labels("beginning").inc()
        if self._waits_for != part.needs:
            log.warning("process.waits", needs=part.needs, error=str(error).splitlines()[0])
        self._waits_for = part.needs

    def _start(self) -> None:
        self._loops = [loop for part in self._parts for loop in part.loops()]
        for loop in self._loops:
            loop.start()
        self._waits_for = None
        self._begun.set()


class OnceBegun:
    """An app that answers nothing before its process has begun."""

    def __init__(self, app: UnderPaths, begun: threading.Event) -> None:
        self._app = app
        self._begun = begun

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self._begun.is_set():
            return self._app(environ, start_response)
        return _not_yet().as_response()(environ, start_response)

    def at_once(self, environ: dict[str, Any]) -> Answer | None:
        """What the app answers without waiting for anything."""
        return self._app.at_once(environ) if self._begun.is_set() else None


def _not_yet() -> Problem:
    return Problem(
        503,
        "starting",
        "The service is starting",
        "It waits for what it needs. Send the request again in a moment.",
        headers={"Retry-After": "1"},
    )


def _nobody(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    problem = Problem(404, "not-found", "Not found", "Nothing is here.")
    return problem.as_response()(environ, start_response)
