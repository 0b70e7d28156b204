"""What processes are put together from: each part once, whether it runs alone or with others."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from services.chassis.auth.port import Authenticator
from services.chassis.http.serving import WSGI
from services.chassis.loops import Loop


class Part(Protocol):
    """One of the things that a process does. Parts of one process share what is `Opened`."""

    @property
    def needs(self) -> str:
        """What it can't begin without, for a person who waits for it."""

    @property
    def answers(self) -> bool:
        """Whether it answers requests. Where no part does, a process is ready when its loops get on."""

    def prepare(self) -> None:
        """Bring its databases up to date; may be called again where that failed."""

    def loops(self) -> Sequence[Loop]:
        """Its loops, to be started once it is prepared."""

    def apps(self, authenticator: Authenticator) -> Mapping[str, WSGI]:
        """The apps that answer its paths, by first segment; the empty one is for all others."""

    def why_not_ready(self) -> str | None:
        """What keeps it from its work, None where nothing does; never that another process lags."""
