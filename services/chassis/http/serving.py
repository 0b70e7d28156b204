"""Serve WSGI apps with granian, inside this process."""

import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from granian.constants import Interfaces
from granian.server.mt import MTServer

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class OneProcessServer(MTServer):
    """Granian with its worker as a thread of this process.

    Granian's own choice would be a worker process; then ``make run`` would be two processes, and
    a kill of one would leave the other behind. The threaded server works under the global
    interpreter lock too: only its own check says otherwise (docs/decisions, "Serving").
    """

    def _check_gil(self) -> None:
        pass


class CannotListen(Exception):
    """The address can't be listened on; the text says why."""


def check_address(host: str, port: int) -> None:
    """Find out before anything is started whether an address is free; raises `CannotListen`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotListen(f"{host}:{port}: {error.strerror}") from None


def serve(app: WSGI, host: str, port: int, threads: int, on_listening: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; requests in hand are finished. Call from the main thread."""
    server = OneProcessServer(
        "bosatt",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=threads,
        backlog=1024,
        websockets=False,
        log_enabled=False,
    )
    server.on_startup(on_listening)
    server.serve(target_loader=lambda *_: app, wrap_loader=False)


def under_paths(default: WSGI, apps: Mapping[str, WSGI]) -> WSGI:
    """One app that hands each request to the app whose first path segment it has."""

    def dispatch(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        segment = environ.get("PATH_INFO", "").split("/", 2)[1:2]
        app = apps.get(segment[0], default) if segment else default
        return app(environ, start_response)

    return dispatch
