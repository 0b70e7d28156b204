"""The whole system in one process, on SQLite files in one directory."""

import itertools
import time
from importlib.metadata import version

from flask import Flask

from services.chassis import metrics
from services.chassis.auth.local_issuer import LocalIssuer, local_key
from services.chassis.commands.service import CommandService, relay_loop
from services.chassis.http.app_factory import create_app
from services.chassis.http.operators import operators_blueprint
from services.chassis.http.serving import WSGI, under_paths
from services.chassis.loops import Loop
from services.chassis.settings import Settings
from services.chassis.store import EventStore
from services.contract.event_types import COMMAND_SERVICES
from services.contract.topics import HEARTBEATS, RELEASES, TopicGeneration
from services.decisions.service import DOMAIN as DECISIONS
from services.opendata.projection.projector import Projector, migrate_projection
from services.opendata.projection.staleness import watch_projection
from services.opendata.release.announcing import Announcer
from services.opendata.release.country_metric import watch_country
from services.opendata.release.reader import Published
from services.opendata.release.releaser import Releaser, migrate_releases
from services.opendata.web.app import opendata_app
from services.requests.service import DOMAIN as REQUESTS
from services.running.resources import open_database, open_log
from services.settlements.service import DOMAIN as SETTLEMENTS

DOMAINS = {"requests": REQUESTS, "decisions": DECISIONS, "settlements": SETTLEMENTS}

RELEASE_IDLE = 0.05
LAG_IDLE = 1.0


class System:
    """Stores, log, projection and releases, and the loops that move events through them."""

    def __init__(self, settings: Settings) -> None:
        # Single persons and private texts lie here: for the owner only.
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._settings = settings
        self._log = open_log(settings)
        self._services = [
            CommandService(name, DOMAINS[name], open_database(settings, name)) for name in COMMAND_SERVICES
        ]
        self._projection = open_database(settings, "projection")
        self._released = open_database(settings, "releases")
        self._own_store = EventStore(open_database(settings, "opendata"))
        self._loops: list[Loop] = []
        self.loading = False

    def prepare(self) -> None:
        """Bring all databases up to date and make the topics."""
        for service in self._services:
            service.migrate()
        self._own_store.migrate()
        migrate_projection(self._projection)
        migrate_releases(self._released)
        self._log.ensure(
            [
                *(service.topic for service in self._services),
                TopicGeneration(RELEASES, 1),
                TopicGeneration(HEARTBEATS, 1),
            ]
        )
        metrics.BUILD_INFO.info({"version": version("bosatt")})
        for service in self._services:
            # Counters that nothing has moved yet stand at nought, so that a rate can be told.
            metrics.CONSUMER_DUPLICATES.labels(service.topic.topic)
            metrics.LOG_GAPS.labels(service.topic.topic)
            metrics.COMMANDS_REJECTED.labels(service.name, "state")
        metrics.GRAPHQL_REJECTED.labels("depth")

    def start(self) -> None:
        """Start every loop."""
        projector = Projector(self._projection, self._log)
        releaser = Releaser(
            self._projection,
            self._released,
            self._log,
            Announcer(self._released, self._own_store),
        )
        watch_projection(self._projection, self._log)
        releasing = Loop("releases", releaser.step, idle=RELEASE_IDLE)
        projector.on_commit(releasing.wake)
        self._loops = [
            *(service.relay_loop(self._log) for service in self._services),
            *(service.view_loop(self._log) for service in self._services),
            relay_loop("opendata", self._own_store, self._log, TopicGeneration(RELEASES, 1)),
            Loop("projection", projector.step, idle=0.0, on_stop=projector.close),
            releasing,
            Loop("lag", lambda: _measure(projector), idle=LAG_IDLE),
        ]
        for loop in self._loops:
            loop.start()

    def app(self) -> WSGI:
        """All services behind one port, each on its own paths."""
        issuer = LocalIssuer(local_key(self._settings.data))
        operators = create_app("operators", [operators_blueprint([self._why_not_ready])], issuer)
        published = Published(self._released)
        watch_country(published)
        opendata = opendata_app(published, issuer)
        apps: dict[str, Flask] = {service.name: service.app(issuer) for service in self._services}
        return under_paths(opendata, {**apps, "metrics": operators, "health": operators})

    def stop(self) -> None:
        """Let every loop finish what it has in hand; give up after ten seconds."""
        deadline = time.monotonic() + 10
        for loop in reversed(self._loops):
            loop.stop(max(0.1, deadline - time.monotonic()))
        self._log.close()

    def _why_not_ready(self) -> str | None:
        if self.loading:
            return "loading"
        stopped = (f"{loop.name} has stopped" for loop in self._loops if not loop.is_alive)
        closed = (
            f"{service.name} is closed until bosatt restore {service.name} has run"
            for service in self._services
            if service.why_closed() is not None
        )
        return next(itertools.chain(stopped, closed), None)


def _measure(projector: Projector) -> bool:
    projector.measure_lag()
    return False
