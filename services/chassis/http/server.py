"""One face, served with uvicorn in the loop that runs."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import uvicorn

from services.chassis.http.bridging import WSGI, Bridge
from services.chassis.http.connections import Connection
from services.chassis.http.threads import Threads

LONGEST_SILENCE = 30
"""Seconds after which a client that neither sends nor reads, with its turn to do so, is cut off."""

LONGEST_STOP = 10
"""Seconds that requests in hand have to be finished once the process is told to stop."""

LOOKS, BETWEEN_LOOKS = 10, 0.01
"""So often in a row, so many seconds apart, nobody has said anything when a face closes its connections."""

LONGEST_GOODBYE = 1.0
"""Seconds after which it closes them whoever still speaks."""


@dataclass(frozen=True, slots=True)
class Face:
    """An app and the address at which it is to be met. It answers in so many threads."""

    app: WSGI
    host: str
    port: int
    threads: int


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
            timeout_graceful_shutdown=LONGEST_STOP + 1,
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
        end = asyncio.get_running_loop().call_later(LONGEST_STOP, self._cut_off_all)
        await self._server.shutdown([self._socket])
        end.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _cut_off_all(self) -> None:
        for connection in self._connections:
            connection.transport.abort()

    async def _close_the_door(self) -> None:
        """Take no more connections, and wait for what those that were taken are about to say."""
        asyncio.get_running_loop().remove_reader(self._socket)
        for _ in range(3):
            # Those accepted just now need some turns of the loop until they count.
            await asyncio.sleep(0)
        # Whoever is connected already, as far as it knows, is not to be turned away.
        waiting = list(_waiting(self._socket))
        for listening in self._server.servers:
            listening.close()
        for one in waiting:
            await asyncio.get_running_loop().connect_accepted_socket(self._connection, one)
        await self._until_nobody_speaks()

    async def _until_nobody_speaks(self) -> None:
        end = asyncio.get_running_loop().time() + LONGEST_GOODBYE
        # Counted, not timed: while the process itself stands still, nobody can be heard.
        left, before = LOOKS, self._heard
        while left and before and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(BETWEEN_LOOKS)
            now = self._heard
            left, before = left - 1 if now == before else LOOKS, now

    def _connection(self) -> Connection:
        return Connection(config=self._server.config, server_state=self._server.server_state, app_state={})

    async def _look_for_silent(self) -> None:
        while True:
            await asyncio.sleep(self._silence / 6)
            for connection in self._connections:
                connection.cut_off_if_silent()

    @property
    def _heard(self) -> dict[Connection, float]:
        """When each client was last heard."""
        return {one: one.heard for one in self._connections}

    @property
    def _connections(self) -> list[Connection]:
        return [one for one in self._server.server_state.connections if isinstance(one, Connection)]


def _waiting(listening: socket.socket) -> Iterator[socket.socket]:
    """Connections that the system has taken for a socket and nobody has yet taken from it."""
    with contextlib.suppress(OSError):
        while True:
            yield listening.accept()[0]
