"""Serve WSGI apps with uvicorn, inside this process."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import uvicorn

from services.chassis.http.at_once import Answer, answered_at_once
from services.chassis.http.bridging import WSGI, Bridge
from services.chassis.http.connections import Connection
from services.chassis.http.threads import Threads
from services.chassis.problems import log_failure

__all__ = ["WSGI", "CannotListen", "Face", "UnderPaths", "check_address", "serve"]

LONGEST_SILENCE = 30
"""Seconds after which a client that neither sends nor reads, with its turn to do so, is cut off."""

LONGEST_STOP = 10
"""Seconds that requests in hand have to be finished once the process is told to stop."""

MOMENT = 0.1
"""Seconds that requests which are on their way when a face closes are still waited for."""


class CannotListen(Exception):
    """The address can't be listened on; the text says why."""


def check_address(host: str, port: int) -> None:
    """Find out before anything is started whether an address is free; raises `CannotListen`."""
    _bound(host, port).close()


@dataclass(frozen=True, slots=True)
class Face:
    """An app and the address at which it is to be met. It answers in so many threads."""

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

    Told to stop, ``on_stopping`` is called first; after SIGTERM requests are taken for ``drain``
    seconds more, or until a second signal, so that whoever sends them here can learn of it. Faces
    close in the order given: the last, for operators, answers while the others finish. Raises
    `CannotListen`.
    """
    with contextlib.ExitStack() as bound:
        sockets = [bound.enter_context(_bound(face.host, face.port)) for face in faces]
        servers = [Server(face, own) for face, own in zip(faces, sockets, strict=True)]
        asyncio.run(_serve(servers, on_listening, on_stopping, drain))


async def _serve(
    servers: "Sequence[Server]",
    on_listening: Callable[[], None],
    on_stopping: Callable[[], None],
    drain: float,
) -> None:
    told: asyncio.Queue[int] = asyncio.Queue()
    asyncio.get_running_loop().set_exception_handler(_log_failure)
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


def _log_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What fails in the loop itself: for example, that no more files may be open."""
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


class Server:
    """One face, answering in the loop that runs."""

    def __init__(self, face: Face, bound: socket.socket, silence: int = LONGEST_SILENCE) -> None:
        self._socket = bound
        self._silence = silence
        self._threads = Threads(face.threads)
        config = uvicorn.Config(
            Bridge(face.app, self._threads),
            http=Connection,
            ws="none",
            lifespan="off",
            loop="none",
            interface="asgi3",
            # What is to be said of requests the app logs.
            log_config=None,
            log_level="critical",
            access_log=False,
            # A header that tells of a proxy is to be seen: a token of this machine is no good behind one.
            proxy_headers=False,
            server_header=False,
            backlog=1024,
            timeout_keep_alive=silence,
            timeout_graceful_shutdown=LONGEST_STOP,
        )
        self._server = uvicorn.Server(config)
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen."""
        self._server.config.load()
        self._server.lifespan = self._server.config.lifespan_class(self._server.config)
        await self._server.startup([self._socket])
        loop = asyncio.get_running_loop()
        self._running = [
            loop.create_task(self._server.main_loop()),
            loop.create_task(self._look_for_silent()),
        ]

    def send_away(self) -> None:
        """Tell every client with its next answer that the connection ends with it."""
        away = (b"connection", b"close")
        if away not in self._server.config.encoded_headers:
            self._server.config.encoded_headers.append(away)
            self._server.server_state.default_headers = [*self._server.server_state.default_headers, away]

    async def finish(self) -> None:
        """Take no more connections, and answer what has been received whole."""
        for task in self._running:
            task.cancel()
        self.send_away()
        await self._close_the_door()
        for connection in self._connections:
            connection.finish()
        await self._server.shutdown([self._socket])
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _close_the_door(self) -> None:
        """Take no more connections, and wait a moment for what those that were taken are about to say."""
        asyncio.get_running_loop().remove_reader(self._socket)
        for _ in range(3):
            # Those accepted just now need some turns of the loop until they count.
            await asyncio.sleep(0)
        for listening in self._server.servers:
            listening.close()
        await asyncio.sleep(MOMENT)

    async def _look_for_silent(self) -> None:
        while True:
            await asyncio.sleep(self._silence / 6)
            for connection in self._connections:
                connection.cut_off_if_silent()

    @property
    def _connections(self) -> list[Connection]:
        return [one for one in self._server.server_state.connections if isinstance(one, Connection)]


def _bound(host: str, port: int) -> socket.socket:
    """A socket at an address; raises `CannotListen` where that is not free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only of what says to be TCP asyncio knows that nothing is to be held back for more to come.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise CannotListen(f"{host}:{port}: {error.strerror}") from None
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
