"""A command service: its HTTP face and its advisory view of what the others accepted."""

from collections.abc import Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError

from services.chassis import metrics
from services.chassis.auth.port import Authenticator
from services.chassis.commands.backlog import Cap
from services.chassis.commands.service import CommandService
from services.chassis.http.rates import Rate
from services.chassis.http.serving import WSGI
from services.chassis.loops import Loop
from services.chassis.relay.collector import watch_outbox
from services.decisions.service import DOMAIN as DECISIONS
from services.requests.service import DOMAIN as REQUESTS
from services.running.opened import Opened
from services.settlements.service import DOMAIN as SETTLEMENTS

DOMAINS = {"requests": REQUESTS, "decisions": DECISIONS, "settlements": SETTLEMENTS}


class CommandPart:
    """One command service without its relay. It needs its store, and the log only for warnings."""

    answers = True

    def __init__(self, opened: Opened, name: str) -> None:
        self._name = name
        self._opened = opened
        settings = opened.settings
        self._service = CommandService(
            name,
            DOMAINS[name],
            opened.store(name),
            cap=Cap(settings.backlog_events, settings.backlog_bytes),
            rate=Rate(settings.rate_events, settings.rate_seconds),
        )
        metrics.COMMANDS_REJECTED.labels(name, "state")
        # Whether or not its relay is alive, what waits is told from here.
        watch_outbox(name, self._service.store.database)

    @property
    def needs(self) -> str:
        return f"the database of {self._name}"

    def prepare(self) -> None:
        self._service.migrate()

    def loops(self) -> Sequence[Loop]:
        return [self._service.view_loop(self._opened.log)]

    def apps(self, authenticator: Authenticator) -> Mapping[str, WSGI]:
        return {self._name: self._service.app(authenticator)}

    def why_not_ready(self) -> str | None:
        try:
            closed = self._service.why_closed()
        except SQLAlchemyError:
            return f"the database of {self._name} does not answer"
        if closed is not None:
            return f"{self._name} is closed until bosatt restore {self._name} has run"
        return None
