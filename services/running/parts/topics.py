"""Makes the topics that are not there, for a system that nobody has prepared a log for."""

from collections.abc import Mapping, Sequence

from services.chassis.auth.port import Authenticator
from services.chassis.http.serving import WSGI
from services.chassis.loops import Loop
from services.running.opened import Opened
from services.running.topics import needed_topics
from services.running.topics.found import KafkaTopics
from services.running.topics.making import create
from services.running.topics.wanted import read_wanted

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
        kafka = self._opened.settings.kafka
        if kafka is None:
            self._opened.log.ensure(needed_topics())
        else:
            _make_on(KafkaTopics(kafka))
        return False


def _make_on(topics: KafkaTopics) -> None:
    """With as many copies as there are to be, or brokers for."""
    try:
        brokers = topics.brokers()
        wanted = [topic.with_replication(min(brokers, topic.replication)) for topic in read_wanted()]
        create(topics, wanted)
    finally:
        topics.close()
