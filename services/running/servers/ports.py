"""Free ports on loopback for servers that must keep theirs over a restart."""

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"

_LOWEST = 20_000
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_TRIES = 200


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on now.

    They are below those that the kernel gives to outgoing connections: while a server is away, a
    client that keeps trying to reach it could otherwise be given the server's port as its own.
    Raises `OSError` where none can be found.
    """
    found: list[int] = []
    highest = _first_ephemeral() - 1
    for _ in range(_TRIES):
        port = random.randint(_LOWEST, highest)  # noqa: S311 - spread, not secrecy
        if port not in found and _is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"No {count} free ports between {_LOWEST} and {highest}.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _first_ephemeral() -> int:
    try:
        first = int(_EPHEMERAL.read_text().split()[0])
    except (OSError, ValueError):
        first = 32_768
    return first if first > _LOWEST + _TRIES else 32_768
