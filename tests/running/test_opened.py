"""What the parts of one process share."""

import pytest

from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import LogUnreachable
from services.chassis.settings import read_settings
from services.contract.topics import topic_of
from services.running.opened import LateLog, Opened

TOPIC = topic_of("requests")


def test_a_log_that_can_not_be_opened_is_tried_anew_each_time(tmp_path):
    away = [True, True]

    def open_it():
        if away:
            away.pop()
            raise LogUnreachable("away")
        return EmbeddedLog(f"sqlite:///{tmp_path / 'log.db'}")

    log = LateLog(open_it)
    for use in (lambda: log.ensure([TOPIC]), lambda: log.end_offsets(TOPIC)):
        with pytest.raises(LogUnreachable):
            use()

    log.ensure([TOPIC])

    assert log.end_offsets(TOPIC) == [0] * TOPIC.partitions
    log.close()


def test_a_log_that_nobody_used_is_not_opened_to_be_closed():
    LateLog(lambda: pytest.fail("opened")).close()


def test_a_store_is_the_same_for_its_face_and_its_relay(monkeypatch, tmp_path):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    opened = Opened(read_settings())

    assert opened.store("requests") is opened.store("requests")
    assert opened.store("requests").database is opened.database("requests")
    assert opened.store("requests") is not opened.store("decisions")
    opened.close()


def test_who_listens_is_told_of_each_batch(monkeypatch, tmp_path):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    opened = Opened(read_settings())
    told = []
    opened.on_projected(lambda: told.append("once"))

    opened.projected()
    opened.projected()

    assert told == ["once", "once"]
    opened.close()
