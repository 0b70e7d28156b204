"""Opening the log, and what it says of what is not there."""

from pathlib import Path

import pytest

from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import LogError, LogUnreachable
from services.contract.topics import TopicGeneration

MISSING = TopicGeneration("bosatt.missing", 1, 4)


def test_what_was_written_is_there_after_closing_and_opening(path: Path, topic: TopicGeneration) -> None:
    log = EmbeddedLog(f"sqlite:///{path}")

    assert log.end_offsets(topic) == [0, 0, 0, 0]
    log.close()


def test_a_topic_named_twice_is_made_once(log: EmbeddedLog) -> None:
    log.ensure([MISSING, MISSING])

    assert log.end_offsets(MISSING) == [0, 0, 0, 0]


def test_a_topic_that_does_not_exist_is_an_error(log: EmbeddedLog) -> None:
    with pytest.raises(LogError):
        log.producer(MISSING, 1)
    with pytest.raises(LogError):
        log.consumer("projector", [MISSING])
    with pytest.raises(LogError):
        log.end_offsets(MISSING)


def test_a_partition_that_does_not_exist_cannot_be_read(log: EmbeddedLog, topic: TopicGeneration) -> None:
    with pytest.raises(LogError):
        log.read(topic, 4, 0, 1)


def test_a_consumer_of_no_topics_is_refused(log: EmbeddedLog) -> None:
    with pytest.raises(LogError):
        log.consumer("projector", [])


def test_a_closed_log_does_nothing_more(log: EmbeddedLog, topic: TopicGeneration) -> None:
    log.close()

    with pytest.raises(LogError):
        log.end_offsets(topic)


def test_a_file_in_no_folder_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(LogUnreachable, match="SQLITE_CANTOPEN"):
        EmbeddedLog(f"sqlite:///{tmp_path}/nowhere/log.db")


def test_a_file_that_is_no_database_is_unreachable(path: Path) -> None:
    path.write_bytes(b"not a database" * 1_000)

    with pytest.raises(LogUnreachable, match="SQLITE_NOTADB"):
        EmbeddedLog(f"sqlite:///{path}")
