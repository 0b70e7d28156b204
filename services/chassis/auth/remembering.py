"""Tokens that were verified lately, so that each costs a signature once and not with every request."""

import hashlib
import threading

from services.chassis.auth.port import Issuer, Vouched

LONGEST = 300.0
"""Seconds for which a token is remembered at most: how long one may outlive a key that was withdrawn."""

MOST = 10_000


class Remembered:
    """Which issuer vouched for a token, and what for. Holds digests, never tokens."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._found: dict[bytes, tuple[Issuer, Vouched, float]] = {}
        self._changing = threading.Lock()

    def find(self, token: str, now: float) -> tuple[Issuer, Vouched] | None:
        """Who vouched for a token, if that still holds at a moment."""
        found = self._found.get(_digest(token))
        if found is None or found[2] <= now:
            return None
        return found[0], found[1]

    def keep(self, token: str, issuer: Issuer, vouched: Vouched, now: float) -> None:
        """Remember a token for as long as it holds, but not for long."""
        digest = _digest(token)
        with self._changing:
            self._found.pop(digest, None)
            if len(self._found) >= self._most:
                self._make_room(now)
            self._found[digest] = (issuer, vouched, min(vouched.expires, now + LONGEST))

    def __len__(self) -> int:
        return len(self._found)

    def _make_room(self, now: float) -> None:
        """Forget those that hold no more, else the half that has been here longest."""
        held = {digest: one for digest, one in self._found.items() if one[2] > now}
        if len(held) >= self._most:
            held = dict(list(held.items())[self._most // 2 :])
        self._found = held


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
