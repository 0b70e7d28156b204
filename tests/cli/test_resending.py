"""``bosatt relay SERVICE --from``: send again, beside a system that runs, and end."""

import logging

import pytest
from click.testing import CliRunner

from services.chassis.log.port import LogUnreachable
from services.chassis.settings import read_settings
from services.cli import main
from services.contract.topics import topic_of
from services.running import resending
from services.running.opened import Opened
from services.running.parts.relaying import RelayPart
from tests.chassis.store.samples import new_event
from tests.opendata.projection.journal import ensure_topics

OSLO = topic_of("settlements").partition_of("0301")


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """A directory with a store of which three events stand on the log, and a relay that leads."""
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    opened = Opened(read_settings())
    ensure_topics(opened.log)
    part = RelayPart(opened, "settlements")
    part.prepare()
    store = opened.store("settlements")
    for number in range(3):
        with store.transaction() as tx:
            tx.append(new_event(str(number), partition_key="0301"))
    (loop,) = part.loops()
    loop._step()
    yield opened
    loop._on_stop()
    opened.close()


def bosatt(*words):
    logging.getLogger().handlers.clear()
    return CliRunner().invoke(main, ["relay", *words])


def on_log(opened):
    return len(opened.log.read(topic_of("settlements"), OSLO, 0, 100))


def test_it_says_how_many_records_were_sent_again(opened):
    several, one = bosatt("settlements", "--from", "2"), bosatt("settlements", "--from", "3")

    assert (several.exit_code, several.output) == (
        0,
        "2 records of settlements sent again, from sequence 2 on.\n",
    )
    assert one.output == "1 record of settlements sent again, from sequence 3 on.\n"
    assert on_log(opened) == 6


def test_a_sequence_that_was_never_given_is_refused(opened):
    result = bosatt("settlements", "--from", "4")

    assert (result.exit_code, result.stdout, on_log(opened)) == (1, "", 3)
    assert result.stderr == "Not all was sent again. Sequence 4 was never given: the last one is 3.\n"


@pytest.mark.parametrize("first", ["0", "-1", "x", ""])
def test_what_is_no_sequence_is_wrong_use(opened, first):
    assert bosatt("settlements", "--from", first).exit_code == 2
    assert on_log(opened) == 3


def test_a_store_that_is_not_there_is_told(opened, tmp_path):
    result = bosatt("requests", "--from", "1")

    assert result.exit_code == 1
    assert result.stderr == f"Not all was sent again. There is no store of requests in {tmp_path}.\n"


def test_a_log_that_is_away_is_told(opened, monkeypatch):
    def away(_settings):
        raise LogUnreachable("nobody answers.")

    monkeypatch.setattr(resending, "open_log", away)

    result = bosatt("settlements", "--from", "1")

    assert result.exit_code == 1
    assert "nobody answers. What was not sent yet, the relay will send." in result.stderr
