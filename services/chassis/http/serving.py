"""Serve WSGI apps with uvicorn, inside this process."""

import asyncio
import contextlib
import resource
import signal
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.chassis.http.at_once import Answer, answered_at_once
from services.chassis.http.bridging import WSGI
from services.chassis.http.server import Face, Server
from services.chassis.problems import log_failure

__all__ = ["WSGI", "CannotListen", "Face", "UnderPaths", "check_address", "serve"]


class CannotListen(Exception):
    """The address can't be listened on; the text says why."""


def check_address(host: str, port: int) -> None:
    """Find out before anything is started whether an address is free; raises `CannotListen`."""
    _bound(host, port).close()


def serve(
    faces: Sequence[Face],
    on_listening: Callable[[], None],
    on_stopping: Callable[[], None] = lambda: None,
    drain: float = 0.0,
) -> None:
    """Serve until SIGINT or SIGTERM; requests in hand are finished. Call from the main thread.

    Told to stop, ``on_stopping`` is called first; after SIGTERM requests are taken for ``drain``
    seconds more, or until a second signal, so that whoever sends them here can learn of it. Faces
    close in the order given: the last, for operators, answers while the others finish. Raises
    `CannotListen`.
    """
    _let_files_be_open()
    with contextlib.ExitStack() as bound:
        sockets = [bound.enter_context(_bound(face.host, face.port)) for face in faces]
        servers = [Server(face, own) for face, own in zip(faces, sockets, strict=True)]
        asyncio.run(_serve(servers, on_listening, on_stopping, drain))


async def _serve(
    servers: Sequence[Server],
    on_listening: Callable[[], None],
    on_stopping: Callable[[], None],
    drain: float,
) -> None:
    told: asyncio.Queue[int] = asyncio.Queue()
    asyncio.get_running_loop().set_exception_handler(_Failures())
    with _told_of_signals(told.put_nowait):
        for server in servers:
            await server.start()
        on_listening()
        first = await told.get()
        on_stopping()
        for server in servers:
            server.send_away()
        if first == signal.SIGTERM:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.get(), drain)
        for server in servers:
            await server.finish()


def _let_files_be_open() -> None:
    """Every connection is a file, and what a process may have at first is often less than it may ask for."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class _Failures:
    """What fails in the loop itself: for example, that no more files may be open. Told once a second."""

    def __init__(self) -> None:
        self._told = -1.0

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if loop.time() - self._told > 1.0:
            self._told = loop.time()
            log_failure(context.get("exception") or RuntimeError())


@contextlib.contextmanager
def _told_of_signals(tell: Callable[[int], None]) -> Iterator[None]:
    """Signals to stop, told in the loop that runs."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    # A handler of Python's own stays in place beneath, so that none is lost while they change.
    previous = {
        number: signal.signal(number, lambda number, _: loop.call_soon_threadsafe(tell, number))
        for number in numbers
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _bound(host: str, port: int) -> socket.socket:
    """A socket at an address; raises `CannotListen` where that is not free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only of what says to be TCP asyncio knows that nothing is to be held back for more to come.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with contextlib.ExitStack() as until_bound:
        until_bound.enter_context(bound)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            raise CannotListen(f"{host}:{port}: {error.strerror}") from None
        until_bound.pop_all()
    return bound


class UnderPaths:
    """One app that hands each request to the app whose first path segment it has."""

    def __init__(self, default: WSGI, apps: Mapping[str, WSGI]) -> None:
        self._default = default
        self._apps = apps

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self._app(environ)(environ, start_response)

    def at_once(self, environ: dict[str, Any]) -> Answer | None:
        """What that app answers without waiting for anything."""
        return answered_at_once(self._app(environ), environ)

    def _app(self, environ: dict[str, Any]) -> WSGI:
        segment = environ.get("PATH_INFO", "").split("/", 2)[1:2]
        return self._apps.get(segment[0], self._default) if segment else self._default
