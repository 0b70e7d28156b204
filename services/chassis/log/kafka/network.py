"""The client's way to the network, without the sockets that it leaves behind.

A process that waits for a broker to come back makes clients and lets them go again and again.
"""

import socket
from contextlib import suppress
from typing import Any

from kafka.net.compat import KafkaNetClient
from kafka.net.inet import KafkaNetSocket

DIRECT = "direct://"
"""Named as the client's proxy, it connects without one, by the class below."""


AT_ONCE = 256 << 10
"""Bytes taken from the network at once; the client asks for 4 KiB, seven events of ours."""


class RoomySocket(socket.socket):
    """Hands over as much as has come: the client takes whatever a reading brings."""

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        return super().recv(max(size, AT_ONCE), flags)


class DirectSocket(KafkaNetSocket):  # type: ignore[no-untyped-call]
    """Closes what was opened where nobody answers; the client leaves that to the garbage collector."""

    SCHEMES = ("direct",)

    def __init__(self, proxy_url: str) -> None:
        super().__init__(proxy_url)  # type: ignore[no-untyped-call]

    def socket(
        self,
        family: int = socket.AF_UNSPEC,
        sock_type: int = socket.SOCK_STREAM,
        proto: int = socket.IPPROTO_TCP,
    ) -> RoomySocket:
        return RoomySocket(family, sock_type, proto)

    async def sock_connect(self, net: Any, sock: Any, sockaddr: Any, timeout_at: float | None = None) -> Any:
        try:
            return await super().sock_connect(  # type: ignore[no-untyped-call]
                net, sock, sockaddr, timeout_at=timeout_at
            )
        except BaseException:
            sock.close()
            raise


class OrderlyClient(KafkaNetClient):
    """Closes its connections where they are made: in another thread it may miss one that just comes about."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]

    def close(self, node_id: Any = None) -> None:
        if node_id is None:
            with suppress(Exception):
                self._net.run(self._manager.close)
        super().close(node_id)  # type: ignore[no-untyped-call]
