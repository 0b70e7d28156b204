"""A command service as it runs: store, handler, relay, advisory view, HTTP face."""

import os
import socket
import uuid

from flask import Flask, Response

from services.chassis.auth.port import Authenticator
from services.chassis.clock import Clock, utc_now
from services.chassis.commands import refusals, released
from services.chassis.commands.api import command_blueprint
from services.chassis.commands.backlog import DEFAULT_CAP, Cap
from services.chassis.commands.domain import Domain
from services.chassis.commands.events_api import events_blueprint
from services.chassis.commands.handler import CommandHandler
from services.chassis.commands.streams import states_in
from services.chassis.commands.streams_api import streams_blueprint
from services.chassis.commands.view import View
from services.chassis.database import UNAVAILABLE
from services.chassis.documents.blueprint import openapi_blueprint
from services.chassis.documents.describing import describe
from services.chassis.http.app_factory import create_app
from services.chassis.http.rates import DEFAULT_RATE, Rate
from services.chassis.log.port import EventLog
from services.chassis.log.switches import Switches
from services.chassis.loops import Loop
from services.chassis.relay.collector import watch_outbox
from services.chassis.relay.heartbeat import Heartbeats
from services.chassis.relay.log_check import why_closed
from services.chassis.relay.relay import Relay, RelaySettings
from services.chassis.relay.relays import Relays
from services.chassis.store import EventStore
from services.contract.topics import HEARTBEATS, TopicGeneration, topic_of

RELAY_IDLE = 0.05


class CommandService:
    """One command service on its own store."""

    def __init__(
        self,
        name: str,
        domain: Domain,
        store: EventStore,
        clock: Clock = utc_now,
        cap: Cap = DEFAULT_CAP,
        rate: Rate = DEFAULT_RATE,
    ) -> None:
        self.name = name
        self.topic = topic_of(name)
        self.store = store
        self._domain = domain
        self._clock = clock
        self._cap = cap
        self._rate = rate

    def migrate(self) -> None:
        """Bring the service's database up to date."""
        self.store.migrate()

    def why_closed(self) -> str | None:
        """Why the service takes no commands, None where it does."""
        with self.store.database.read() as connection:
            return why_closed(connection)

    def app(self, authenticator: Authenticator) -> Flask:
        """The service's HTTP face."""
        handler = CommandHandler(self.topic, self._domain, self.store, self._clock, self._cap)
        database = self.store.database
        app = create_app(
            self.name,
            [
                command_blueprint(handler),
                events_blueprint(self.name, self.topic, database),
                streams_blueprint(self.name, self._domain, database, self._clock),
                openapi_blueprint(self.name),
            ],
            authenticator,
            self._rate,
        )
        describe(app, self.name, states_in(self._domain.worklist))
        for error in UNAVAILABLE:
            app.register_error_handler(error, _unavailable)
        return app

    def view_loop(self, log: EventLog) -> Loop:
        """The loop that keeps the advisory view; it waits for the log where that can't be reached."""
        switches = Switches(log)
        observed = [
            topic.removeprefix("bosatt.") for topic in (*self._domain.observed_topics, *released.TOPICS)
        ]
        view = View(
            self.name,
            self.store.database,
            log,
            self._domain.observe,
            lambda: [switches.in_force(service) for service in observed],
        )
        return Loop(f"{self.name}-view", view.step, idle=0.0, on_stop=view.close)


def _unavailable(_error: Exception) -> Response:
    """The store could not be read; what posts says so itself."""
    return refusals.unread().as_response()


def relay_loop(
    name: str, store: EventStore, log: EventLog, topic: TopicGeneration, clock: Clock = utc_now
) -> Loop:
    """A loop that relays a store's events and is woken by appends in this process."""
    service = topic.topic.removeprefix("bosatt.")
    switches = Switches(log)
    holder = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

    def make(generation: TopicGeneration) -> Relay:
        return Relay(
            name,
            store,
            log,
            generation,
            RelaySettings(holder=holder),
            Heartbeats(name, TopicGeneration(HEARTBEATS, 1)),
            clock,
            announced=lambda: switches.in_force(service),
        )

    relay = Relays(store, topic, make)
    watch_outbox(name, store.database)
    loop = Loop(f"{name}-relay", relay.step, idle=RELAY_IDLE, on_stop=relay.close)
    store.on_append(loop.wake)
    return loop
