"""The advisory view follows its topics from generation to generation."""

from contextlib import closing

import orjson
import pytest
from sqlalchemy import select

from services.chassis.commands.seen import Seen, marks
from services.chassis.commands.view import View
from services.chassis.database import Database
from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import OutgoingRecord
from services.chassis.store import EventStore
from services.contract.topics import TopicGeneration

FIRST = TopicGeneration("bosatt.decisions", 1, 2)
SECOND = TopicGeneration("bosatt.decisions", 2, 3)


@pytest.fixture
def database(tmp_path):
    with closing(Database(f"sqlite:///{tmp_path}/store.db")) as database:
        EventStore(database).migrate()
        yield database


@pytest.fixture
def log(tmp_path):
    with closing(EmbeddedLog(f"sqlite:///{tmp_path}/log.db")) as log:
        log.ensure([FIRST, SECOND])
        yield log


def count(seen, event):
    """Notes how often it was told of a region."""
    region = event["subject"]
    before = seen.get("told", region, 2024) or {"times": 0}
    seen.put("told", region, 2024, {"times": before["times"] + 1})


def put(log, topic, *regions):
    values = [
        {
            "subject": region,
            "sequence": f"{number + 1:020d}",
            "previoussequence": f"{number:020d}",
            "recordedtime": "2024-06-01T12:00:00.000000Z",
        }
        for number, region in enumerate(regions)
    ]
    records = [OutgoingRecord(0, "0301", orjson.dumps(value)) for value in values]
    log.producer(topic, 1).send(records)


def told(database, region):
    with database.read() as connection:
        found = Seen(database, connection).get("told", region, 2024)
    return None if found is None else found["times"]


def followed(database, log, in_force):
    return closing(View("requests", database, log, count, lambda: in_force))


def test_what_is_on_its_topics_is_noted(database, log):
    put(log, FIRST, "0301", "0301", "4601")

    with followed(database, log, [FIRST]) as view:
        view.step()
        view.step()

    assert (told(database, "0301"), told(database, "4601")) == (2, 1)


def test_when_another_generation_is_in_force_nothing_is_counted_twice(database, log, monkeypatch):
    monkeypatch.setattr("services.chassis.commands.view.LOOK_EVERY", 0.0)
    put(log, FIRST, "0301", "0301")
    put(log, SECOND, "0301", "0301", "4601")
    in_force = [FIRST]
    with followed(database, log, in_force) as view:
        view.step()
        view.step()

        in_force[:] = [SECOND]
        view.step()
        view.step()

    assert (told(database, "0301"), told(database, "4601")) == (2, 1)
    with database.read() as connection:
        assert {row.generation for row in connection.execute(select(marks))} == {2}


def test_a_view_begun_after_the_switch_forgets_what_was_noted_of_the_other(database, log):
    put(log, FIRST, "0301", "0301")
    with followed(database, log, [FIRST]) as view:
        view.step()
        view.step()
    put(log, SECOND, "4601")

    with followed(database, log, [SECOND]) as view:
        view.step()
        view.step()

    assert (told(database, "0301"), told(database, "4601")) == (None, 1)


def test_started_again_it_goes_on_where_it_was(database, log):
    put(log, FIRST, "0301")
    for _ in range(2):
        with followed(database, log, [FIRST]) as view:
            view.step()
            view.step()

    assert told(database, "0301") == 1
