"""The three command services, each on a store of its own for each test."""

from contextlib import ExitStack

import pytest

from services.chassis.commands.service import CommandService
from services.chassis.database import Database
from services.chassis.store import EventStore
from services.decisions.service import DOMAIN as DECISIONS
from services.requests.service import DOMAIN as REQUESTS
from services.settlements.service import DOMAIN as SETTLEMENTS
from tests.chassis.commands.running import RunningService

DOMAINS = {"requests": REQUESTS, "decisions": DECISIONS, "settlements": SETTLEMENTS}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A store brought up to date, to be copied: every command service has the same tables."""
    path = tmp_path_factory.mktemp("store") / "migrated.db"
    database = Database(f"sqlite:///{path}")
    CommandService("requests", REQUESTS, EventStore(database)).migrate()
    database.close()
    return path


@pytest.fixture
def open_service(tmp_path, migrated):
    with ExitStack() as stack:

        def opened(name):
            service = RunningService(name, DOMAINS[name], tmp_path, migrated)
            stack.callback(service.close)
            return service

        yield opened


@pytest.fixture
def requests(open_service):
    return open_service("requests")


@pytest.fixture
def decisions(open_service):
    return open_service("decisions")


@pytest.fixture
def settlements(open_service):
    return open_service("settlements")
