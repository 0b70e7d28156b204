"""What operators are told of a store that can't be used."""

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from services.chassis.commands.handler import CommandHandler
from services.chassis.commands.service import CommandService
from services.chassis.database import Database, sqlite
from services.chassis.problems import Problem
from services.chassis.store import EventStore
from services.contract.codes import Role
from services.contract.entitlements import Caller
from services.decisions.service import DOMAIN
from tests.chassis.commands.posting import event

IMPORTER = Caller(Role.IMPORTER)


def test_it_is_logged_when_it_begins_and_when_it_ends_and_not_for_each_event(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 20)
    url = f"sqlite:///{tmp_path / 'decisions.db'}"
    other, own = Database(url), Database(url)
    service = CommandService("decisions", DOMAIN, EventStore(own))
    service.migrate()
    handler = CommandHandler(service.topic, DOMAIN, service.store)

    with structlog.testing.capture_logs() as logged:
        with other.write():
            for _ in range(3):
                with pytest.raises(Problem):
                    handler.handle(event("quota.decided"), IMPORTER)
        for _ in range(2):
            handler.handle(event("quota.decided", id="one"), IMPORTER)
    other.close()
    own.close()

    assert [one["event"] for one in logged] == ["store.unavailable", "store.available"]


@pytest.mark.parametrize("path", ["streams", "streams/0301/2024", "events/one"])
def test_who_reads_meanwhile_is_told_when_to_ask_again(decisions, monkeypatch, path):
    def away():
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(decisions.database, "read", away)

    answer = decisions.get(path, "0301")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json["type"] == "urn:bosatt:problem:busy"
    assert "Ask again" in answer.json["detail"]
