"""Is the whole ready? Asks every process, all at once and not too often."""

import http.client
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import orjson

LONGEST_ANSWER = 2.0
ASKED_EVERY = 0.5
READY = "ready"
LOOPBACK = "127.0.0.1"


class Watched:
    """Processes by name and where their health is, and what they said last."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._said: dict[str, str] = {}
        self._pool = ThreadPoolExecutor(max(1, len(urls)), thread_name_prefix="watching")

    def not_ready(self) -> dict[str, str]:
        """Those that are not ready, with the reason, by name."""
        with self._lock:
            if time.monotonic() - self._asked_at >= ASKED_EVERY:
                said = self._pool.map(_ask, self._urls.values())
                self._said = dict(zip(self._urls, said, strict=True))
                self._asked_at = time.monotonic()
            return {name: said for name, said in self._said.items() if said != READY}


def is_live(port: int) -> bool:
    """Whether a process of this machine answers on a port."""
    try:
        status, _ = _get(LOOPBACK, port, "/health/live")
    except (OSError, http.client.HTTPException):
        return False
    return status == 200


def _ask(url: str) -> str:
    address = urlsplit(url)
    try:
        status, body = _get(address.hostname or LOOPBACK, address.port or 80, "/health/ready")
        return READY if status == 200 else str(orjson.loads(body).get("reason", status))
    except (OSError, http.client.HTTPException):
        return "does not answer"
    except (ValueError, AttributeError):
        return "does not say"


def _get(host: str, port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(host, port, timeout=LONGEST_ANSWER)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
