"""Makes the topics that are not there, for a system that nobody has prepared a log for."""

from collections.abc import Mapping, Sequence

from services.chassis.auth.port import Authenticator
from services.chassis.http.serving import WSGI
from services.chassis.loops import Loop
from services.running.opened import Opened
from services.running.topics import needed_topics
from services.running.topics.making import make_all

ONCE_MADE_IDLE = 3600.0


class TopicsPart:
    """The embedded log's topics are made at once; a broker may be away, and is waited for beside."""

    answers = False

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._is_embedded = opened.settings.kafka is None

    @property
    def needs(self) -> str:
        return "the event log"

    def prepare(self) -> None:
        if self._is_embedded:
            self._make()

    def loops(self) -> Sequence[Loop]:
        return [] if self._is_embedded else [Loop("topics", self._make, idle=ONCE_MADE_IDLE)]

    def apps(self, _authenticator: Authenticator) -> Mapping[str, WSGI]:
        return {}

    def why_not_ready(self) -> str | None:
        return None

    def _make(self) -> bool:
        if self._is_embedded:
            self._opened.log.ensure(needed_topics())
        else:
            make_all(self._opened.settings)
        return False
