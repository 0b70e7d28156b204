"""Serve WSGI apps with waitress, inside this process."""
# mypy: allow-untyped-calls

import signal
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

LONGEST_STOP = 10.0
"""Seconds that requests in hand have to be finished once the process is told to stop."""

LONGEST_SILENCE = 30
"""Seconds after which a client that neither sends nor reads is cut off."""

MOST_BUFFERED = 64 * 1024 * 1024
"""Bytes of one body. Far above what any route takes, so that the route itself can refuse it."""

MOST_RECEIVED = 256 * 1024
"""Bytes taken from a connection at once."""

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


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


@dataclass(frozen=True, slots=True)
class Face:
    """An app and the address at which it is to be met."""

    app: WSGI
    host: str
    port: int
    threads: int


def serve(
    faces: Sequence[Face],
    on_listening: Callable[[], None],
    on_stopping: Callable[[], None] = lambda: None,
    drain: float = 0.0,
) -> None:
    """Serve until SIGINT or SIGTERM; requests in hand are finished. Call from the main thread.

    A body is received whole, in the background, before a thread is given to it: a client that
    stalls holds nobody up. Told to stop, ``on_stopping`` is called first; after SIGTERM requests
    are taken for ``drain`` seconds more, or until a second signal, so that whoever sends them here can
    learn of it. Faces
    close in the order given: the last, for operators, answers while the others finish. Raises
    `CannotListen`.
    """
    channels: dict[int, Any] = {}
    try:
        servers = [_listen(face, channels, spare=100 * number) for number, face in enumerate(faces)]
    except CannotListen:
        wasyncore.close_all(channels)
        raise
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)
        if len(stopping) == 1:
            # A later one is seen by itself, and may come when this is closed already.
            servers[0].pull_trigger()

    previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        on_listening()
        while not stopping:
            wasyncore.loop(timeout=1.0, map=channels, count=1)
        on_stopping()
        if stopping[0] == signal.SIGTERM:
            _drain(channels, drain, lambda: len(stopping) > 1)
        deadline = time.monotonic() + LONGEST_STOP
        for server in servers:
            _finish(server, channels, deadline)
        wasyncore.close_all(channels)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _listen(face: Face, channels: dict[int, Any], spare: int) -> Any:
    try:
        return create_server(
            face.app,
            map=channels,
            host=face.host,
            port=face.port,
            threads=face.threads,
            backlog=1024,
            # Connections of all faces are counted together; the operators' has room of its own.
            connection_limit=1_000 + spare,
            channel_timeout=LONGEST_SILENCE,
            cleanup_interval=5,
            max_request_body_size=MOST_BUFFERED,
            recv_bytes=MOST_RECEIVED,
            ident=None,
            # Headers that tell of a proxy are to be seen: a token of this machine is no good behind one.
            clear_untrusted_proxy_headers=False,
        )
    except OSError as error:
        raise CannotListen(f"{face.host}:{face.port}: {error.strerror}") from None


def _drain(channels: dict[int, Any], seconds: float, is_cut_short: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not is_cut_short():
        wasyncore.loop(timeout=0.05, map=channels, count=1)


def _finish(server: Any, channels: dict[int, Any], deadline: float) -> None:
    """Take no more connections, and answer what has been received whole."""
    wasyncore.dispatcher.close(server)
    while time.monotonic() < deadline and any(map(_is_busy, list(server.active_channels.values()))):
        wasyncore.loop(timeout=0.05, map=channels, count=1)
    server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
    server.trigger.close()


def _is_busy(channel: Any) -> bool:
    """Whether a client has an answer coming: one that is being worked out, or not yet sent."""
    return bool(channel.requests) or channel.total_outbufs_len > 0


def under_paths(default: WSGI, apps: Mapping[str, WSGI]) -> WSGI:
    """One app that hands each request to the app whose first path segment it has."""

    def dispatch(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        segment = environ.get("PATH_INFO", "").split("/", 2)[1:2]
        app = apps.get(segment[0], default) if segment else default
        return app(environ, start_response)

    return dispatch
