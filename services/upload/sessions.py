"""Who is signed in: kept here, in memory, and for a while only. The browser holds a random name of it."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from services.contract.entitlements import Caller
from services.upload.uploads import Upload

IDLE_SECONDS = 30 * 60.0
LONGEST_SECONDS = 8 * 3600.0
MOST_SESSIONS = 500
MOST_BEGUN = 1_000
"""Sign-ins begun and not completed. The oldest make room."""

BEGUN_SECONDS = 600.0


@dataclass(slots=True)
class Session:
    """One person's visit, on behalf of an organisation. Nothing about the person is kept."""

    token: str
    caller: Caller
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    uploads: dict[str, Upload] = field(default_factory=dict)
    began: float = 0.0
    seen: float = 0.0
    expires: float = 0.0


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way: what must come back with it, and what proves that it was ours."""

    state: str
    nonce: str
    verifier: str
    at: float


class Sessions:
    """Bounded and expiring; safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._begun: OrderedDict[str, Begun] = OrderedDict()

    def begin(self) -> tuple[str, Begun]:
        """A sign-in begun: the name for the browser to hold, and its secrets."""
        name = secrets.token_urlsafe(32)
        begun = Begun(
            secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), self._clock()
        )
        with self._lock:
            self._begun[name] = begun
            while len(self._begun) > MOST_BEGUN:
                self._begun.popitem(last=False)
        return name, begun

    def take_begun(self, name: str | None) -> Begun | None:
        """A sign-in that was begun, once only and not long ago."""
        with self._lock:
            begun = self._begun.pop(name or "", None)
        return begun if begun is not None and self._clock() - begun.at <= BEGUN_SECONDS else None

    def open(self, token: str, caller: Caller, seconds: float) -> str:
        """A session for a token that is good for so many seconds more; its name, new each time."""
        name, now = secrets.token_urlsafe(32), self._clock()
        session = Session(token, caller, began=now, seen=now, expires=now + min(seconds, LONGEST_SECONDS))
        dropped: list[Session] = []
        with self._lock:
            self._sessions[name] = session
            ended = [old for old, one in self._sessions.items() if not self._holds(one, now)]
            dropped += [self._sessions.pop(old) for old in ended]
            while len(self._sessions) > MOST_SESSIONS:
                dropped.append(self._sessions.popitem(last=False)[1])
        _let_go(dropped)
        return name

    def find(self, name: str | None) -> Session | None:
        """The session of a name, where there is one and it has not expired."""
        now = self._clock()
        with self._lock:
            session = self._sessions.get(name or "")
            if session is None:
                return None
            if self._holds(session, now):
                session.seen = now
                self._sessions.move_to_end(name or "")
                return session
            del self._sessions[name or ""]
        _let_go([session])
        return None

    def close(self, name: str | None) -> None:
        """Forget a session and the files in it."""
        with self._lock:
            session = self._sessions.pop(name or "", None)
        _let_go([] if session is None else [session])

    def uploads(self) -> list[Upload]:
        """The files of all sessions."""
        with self._lock:
            return [
                upload for session in self._sessions.values() for upload in list(session.uploads.values())
            ]

    @staticmethod
    def _holds(session: Session, now: float) -> bool:
        return now < session.expires and now - session.seen <= IDLE_SECONDS


def _let_go(sessions: list[Session]) -> None:
    for session in sessions:
        for upload in list(session.uploads.values()):
            upload.stop()
