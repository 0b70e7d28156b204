"""The relay of one event store."""

from collections.abc import Mapping, Sequence

from services.chassis.auth.port import Authenticator
from services.chassis.commands.service import relay_loop
from services.chassis.http.serving import WSGI
from services.chassis.loops import Loop
from services.contract.topics import TopicGeneration, topic_of
from services.running.opened import Opened


def topic_of_store(name: str) -> TopicGeneration:
    """The topic that a store's events go to."""
    return topic_of("releases" if name == "opendata" else name)


class RelayPart:
    """Brings what a store holds to the log. Several may run: a lease lets one of them work."""

    answers = False

    def __init__(self, opened: Opened, name: str) -> None:
        self._name = name
        self._store = opened.store(name)
        self._loop = relay_loop(name, self._store, opened.log, topic_of_store(name))

    @property
    def needs(self) -> str:
        return f"the database of {self._name}"

    def prepare(self) -> None:
        self._store.migrate()

    def loops(self) -> Sequence[Loop]:
        return [self._loop]

    def apps(self, _authenticator: Authenticator) -> Mapping[str, WSGI]:
        return {}

    def why_not_ready(self) -> str | None:
        failing = self._loop.failing
        return None if failing is None else f"{self._loop.name} waits for the log or its store ({failing})"
