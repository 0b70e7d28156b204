"""Connections that nobody may hold open for nothing, and requests whose heads are bounded."""

import asyncio
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.chassis.problems import MEDIA_TYPE, Problem

LONGEST_SILENCE = 30.0
"""Seconds after which a client that neither sends nor reads, with its turn to do so, is cut off."""

MOST_CONNECTIONS = 1_000
"""Open to one port; one more is told to come again."""

MOST_HEAD = 256 * 1024
"""Bytes of a request's first line and headers."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, with an eye on how long it is silent and how much its heads take."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head = 0
        self._heard = self.loop.time()
        self._unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(_full())

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        self._head += len(data)
        super().data_received(data)
        if self._head > MOST_HEAD and self._is_in_head and not self.transport.is_closing():
            self._refuse(_head_too_large())

    def on_headers_complete(self) -> None:
        self._head = 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._head = 0
        super().on_message_complete()

    def cut_off_if_silent(self) -> None:
        """Let a client go whose turn it is, and of whom nothing has been heard for long."""
        unread = self.transport.get_write_buffer_size()
        if unread != self._unread or (self.is_being_answered and not unread):
            # It reads, or waits for us.
            self._unread = unread
            self._heard = self.loop.time()
        elif self.loop.time() - self._heard > LONGEST_SILENCE:
            self.transport.abort()

    def finish(self) -> None:
        """Take no more requests. What is here whole is answered; what is not will not be waited for."""
        if self.is_being_answered:
            self.shutdown()
        else:
            self.transport.close()

    @property
    def is_being_answered(self) -> bool:
        """Whether a request is here whole, and its answer is not given to the client yet."""
        return self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body

    @property
    def _is_in_head(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _refuse(self, problem: Problem) -> None:
        body = orjson.dumps(problem.as_document())
        headers = {**problem.headers, "Content-Type": MEDIA_TYPE, "Content-Length": str(len(body))}
        lines = [f"{name}: {value}\r\n" for name, value in {**headers, "Connection": "close"}.items()]
        self.transport.write(f"HTTP/1.1 {problem.status} \r\n{''.join(lines)}\r\n".encode() + body)
        self.transport.close()


def _full() -> Problem:
    return Problem(
        503,
        "busy",
        "Too many connections",
        f"{MOST_CONNECTIONS} connections are open. Try again in a moment, and use one for many requests.",
        headers={"Retry-After": "1"},
    )


def _head_too_large() -> Problem:
    return Problem(
        431,
        "head-too-large",
        "The address and headers are too long",
        f"Together they may have {MOST_HEAD} bytes.",
        members={"limit": MOST_HEAD},
    )
