"""Connections that nobody may hold open for nothing, and requests whose heads are bounded."""

import asyncio
import fcntl
import socket
import struct
import termios
from typing import Any
from urllib.parse import quote_from_bytes

import httptools
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.chassis.http.refusals import as_bytes, full, head_too_large, not_http, too_many_headers
from services.chassis.problems import Problem

MOST_CONNECTIONS = 1_000
"""Open to one port; one more is told to come again."""

MOST_HEAD = 256 * 1024
"""Bytes of a request's first line and headers, and of what may stand between the pieces of a body."""

MOST_HEADERS = 256
"""Headers of one request."""

MOST_AHEAD = 256
"""Requests that a client may send before the first of them is answered."""

LONGEST_FAREWELL = 2.0
"""Seconds that a client is listened to after it was refused, so that it can come to read why."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, with an eye on how long it is silent and how much it asks at once."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # As strict as it can be; uvicorn's own goes on after a client said that nothing comes.
        self.parser = httptools.HttpRequestParser(self)
        self._head = 0
        self.heard = self.loop.time()
        """When the client last said something, on the clock of the loop."""
        self._unread = 0
        self._is_in_body = False
        self._is_deaf = False
        self._taken = 0
        self._reason: Problem | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = _OneAfterAnother(transport, self)
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(full(MOST_CONNECTIONS))

    def data_received(self, data: bytes) -> None:
        if self._is_deaf:
            return
        if self._is_in_body or not self._head:
            # A head that comes in drops is waited for no longer than one that does not come.
            self.heard = self.loop.time()
        if not (self._head or self._is_in_body or data.isascii()):
            data = _address_spelt_out(data)
        self._head += len(data)
        self._unset_keepalive_if_required()
        try:
            self._read(data)
        except httptools.HttpParserError:
            self._refuse(self._reason or not_http())
        if self._head > MOST_HEAD:
            self._refuse(head_too_large(MOST_HEAD))

    def eof_received(self) -> bool:  # type: ignore[override]
        """Who has said everything may still want to hear the answer."""
        if self.is_being_answered:
            self._listen_no_more()
            return True
        return False

    def _read(self, data: bytes) -> None:
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as wish:
                data = self._head_without_wish() + data[wish.args[0] :]
                self.parser = httptools.HttpRequestParser(self)
            else:
                return

    def _head_without_wish(self) -> bytes:
        """The head of a request that wishes for another protocol, without that: else its body can't be read.

        Java's own client asks so with its first request, whatever that is.
        """
        version = self.parser.get_http_version().encode()
        lines = [b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, version)]
        lines += [b"%b: %b" % header for header in self.headers if header[0] != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            if self.parser.get_method() == b"CONNECT":
                raise ValueError
            return
        if len(self.headers) > MOST_HEADERS:
            self._reason = too_many_headers(MOST_HEADERS)
            raise ValueError
        if len(self.pipeline) >= MOST_AHEAD:
            raise ValueError
        self._head = 0
        super().on_headers_complete()
        self._is_in_body = True
        self._taken += 1
        # What follows a body are no headers: nobody before us has looked at them.
        self.headers = []

    def on_body(self, body: bytes) -> None:
        self._head = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self._head = 0
        self._is_in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._taken -= 1
        super().on_response_complete()
        if self._is_deaf and not self._taken:
            self.transport.close()

    def cut_off_if_silent(self) -> None:
        """Let a client go whose turn it is, and of whom nothing has been heard for long."""
        unread = self._unread_bytes()
        if unread != self._unread or (self.is_being_answered and not unread):
            # It reads, or waits for us.
            self._unread = unread
            self.heard = self.loop.time()
        elif self.loop.time() - self.heard > self.timeout_keep_alive:
            # Else the system would keep for minutes what nobody reads.
            own = self.transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()

    def finish(self) -> None:
        """Take no more requests. What is here whole is answered; what is not will not be waited for."""
        if self.is_being_answered:
            self._listen_no_more()
        elif not self._is_deaf:
            self.transport.close()

    @property
    def is_being_answered(self) -> bool:
        """Whether a request is here whole, and its answer is not given to the client yet."""
        return self._taken > self._is_in_body

    def _unread_bytes(self) -> int:
        """What the client has not read of its answers, as far as this side knows."""
        ours = self.transport.get_write_buffer_size()
        try:
            # The system tells whoever writes of room only now and then, much later than somebody slow reads.
            answer = fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
        except (OSError, ValueError):
            return ours
        theirs: int = struct.unpack("i", answer)[0]
        return ours + theirs

    def _listen_no_more(self) -> None:
        """Close as soon as what is here whole is answered."""
        self._is_deaf = True
        if not self._is_in_body:
            self.cycle.keep_alive = False
        else:
            self._forget_what_is_not_whole()

    def _forget_what_is_not_whole(self) -> None:
        self._is_in_body = False
        self._taken -= 1
        if self.pipeline:
            self.pipeline.popleft()
        self.cycle.disconnected = True
        self.cycle.waiting_for_100_continue = False
        self.cycle.message_event.set()

    def _refuse(self, problem: Problem) -> None:
        """Tell a client what is wrong in place of an answer, and take nothing more from it."""
        if self._is_deaf or self.transport.is_closing():
            return
        if self.is_being_answered:
            self._listen_no_more()
            return
        self._is_deaf = True
        if self._is_in_body:
            self._forget_what_is_not_whole()
        self.transport.write(as_bytes(problem))
        self.transport.write_eof()
        # Closed with something unread, the system would take back what is on its way.
        self.loop.call_later(LONGEST_FAREWELL, self.transport.close)


def _address_spelt_out(data: bytes) -> bytes:
    """The beginning of a request with æ, ø and å of its first line as %XX, which many leave to the server."""
    line, end, rest = data.partition(b"\n")
    return quote_from_bytes(line, safe=_ASCII).encode() + end + rest


_ASCII = bytes(range(128)).decode()


class _OneAfterAnother(FlowControl):
    """Nothing more is read from a client while requests of its wait for others of its."""

    def __init__(self, transport: asyncio.Transport, connection: Connection) -> None:
        super().__init__(transport)
        self._connection = connection

    def resume_reading(self) -> None:
        if not self._connection.pipeline:
            super().resume_reading()
