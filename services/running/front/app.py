"""The front as it runs: paths to processes, its own metrics and health, and the health of the whole."""

import time
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from typing import Any

import structlog

from services.chassis import metrics
from services.chassis.auth.issuers import Issuers
from services.chassis.http.app_factory import METHODS, create_app
from services.chassis.http.operators import operators_blueprint
from services.chassis.http.serving import WSGI, Face, UnderPaths, check_address, serve
from services.chassis.settings import Settings
from services.contract.event_types import COMMAND_SERVICES
from services.running.front.passing import pass_on
from services.running.front.watching import Watched
from services.running.processes import OPERATORS_THREADS
from services.running.seeds import PublishedFigures

log = structlog.get_logger()

REST = "opendata"
"""Who answers all paths that are nobody else's."""


class BackendMissing(Exception):
    """The front was not told where a service is; the text names it."""


class Front:
    """What the front knows of the whole."""

    def __init__(self, settings: Settings, backends: Mapping[str, str], watched: Mapping[str, str]) -> None:
        for name in (*COMMAND_SERVICES, REST):
            if name not in backends:
                raise BackendMissing(name)
        self._backends = backends
        self._answering = Watched(backends)
        self._working = Watched(watched)
        self._figures = PublishedFigures(settings.data) if settings.seeds else None
        self._loaded = self._figures is None
        self._stopping = False

    def stopping(self) -> None:
        self._stopping = True

    def why_not_ready(self) -> str | None:
        """One sentence on what keeps the whole from being used, None where nothing does."""
        if self._stopping:
            return "stopping"
        if not self._is_loaded():
            return "loading"
        away = self._answering.not_ready()
        return None if not away else "; ".join(f"{name}: {reason}" for name, reason in away.items())

    def waiting(self) -> dict[str, str]:
        """Processes that are not ready, those included that answer nobody: what is posted waits for them."""
        return {**self._answering.not_ready(), **self._working.not_ready()}

    def app(self, *, marked: bool) -> WSGI:
        """Each service on its paths."""
        apps = {
            name: _measured(f"/{name}", pass_on(name, url, marked=marked))
            for name, url in self._backends.items()
        }
        return UnderPaths(apps.pop(REST), apps)

    def _is_loaded(self) -> bool:
        if not self._loaded:
            self._loaded = self._figures is None or self._figures.are_loaded
        return self._loaded


def run_front(
    settings: Settings,
    backends: Mapping[str, str],
    watched: Mapping[str, str],
    *,
    published_on_loopback: bool,
) -> None:
    """Stand before the services until told to stop. Raises `BackendMissing`, `CannotListen`.

    Off loopback those behind are told of a proxy, so that they believe no token of the local
    issuer, unless whoever starts the front says that its port is published on loopback only.
    """
    metrics.BUILD_INFO.info({"version": version("bosatt")})
    front = Front(settings, backends, watched)
    # The front's own routes need no token; those behind it judge what is sent to them.
    nobody = Issuers(())
    operators = create_app("front", [operators_blueprint([front.why_not_ready], front.waiting)], nobody)
    app = front.app(marked=not (settings.on_loopback or published_on_loopback))
    if settings.ops_port is None:
        whole = UnderPaths(app, {"metrics": operators, "health": operators})
        faces = [Face(whole, settings.host, settings.port, settings.threads)]
    else:
        faces = [
            Face(app, settings.host, settings.port, settings.threads),
            Face(operators, settings.host, settings.ops_port, OPERATORS_THREADS),
        ]
    for face in faces:
        check_address(face.host, face.port)
    serve(faces, lambda: None, front.stopping, settings.drain_seconds)


def _measured(route: str, app: WSGI) -> WSGI:
    def measured(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        codes: list[str] = []

        def started(status: str, *others: Any) -> Any:
            codes.append(status[:3])
            return start_response(status, *others)

        metrics.HTTP_IN_FLIGHT.inc()
        try:
            return app(environ, started)
        finally:
            metrics.HTTP_IN_FLIGHT.dec()
            method = environ["REQUEST_METHOD"]
            method = method if method in METHODS else "OTHER"
            code = codes[-1] if codes else "500"
            took = time.perf_counter() - began
            metrics.HTTP_DURATION.labels("front", route, method, code).observe(took)
            log.info("http.request", service="front", route=route, method=method, status=int(code))

    return measured
