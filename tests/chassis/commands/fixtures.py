"""The three command services, each on a store of its own for each test."""

import shutil
from contextlib import ExitStack

import pytest

from services.decisions.service import DOMAIN as DECISIONS
from services.requests.service import DOMAIN as REQUESTS
from services.settlements.service import DOMAIN as SETTLEMENTS
from tests.chassis.commands.running import RunningService
from tests.servers.databases import new_url, prepare_store

DOMAINS = {"requests": REQUESTS, "decisions": DECISIONS, "settlements": SETTLEMENTS}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A store brought up to date, to be copied: every command service has the same tables."""
    path = tmp_path_factory.mktemp("store") / "migrated.db"
    prepare_store(f"sqlite:///{path}")
    return path


@pytest.fixture
def backend():
    """The kind of database; a suite that runs on several overrides this."""
    return "SQLite"


@pytest.fixture
def open_service(request, backend, tmp_path, migrated):
    with ExitStack() as stack:

        def opened(name):
            path = tmp_path / f"{name}.db"
            if backend == "SQLite":
                shutil.copy(migrated, path)
                url = f"sqlite:///{path}"
            else:
                url = new_url(request, backend, path, prepare_store)
            service = RunningService(name, DOMAINS[name], url)
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
