"""What only Kafka has: retention, records of strangers, settings of topics, large records."""

import sys
from time import monotonic
from uuid import uuid4

import pytest

from services.chassis.log.kafka import KafkaLog, Timing
from services.chassis.log.port import LogError, OutgoingRecord
from services.contract.topics import HEARTBEATS, TopicGeneration
from tests.chassis.log.kafka.conftest import poll_until_it_fails
from tests.chassis.log.reading_group import ReadingGroup

pytestmark = pytest.mark.sockets


def test_without_crc32c_the_log_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crc32c", None)

    with pytest.raises(RuntimeError, match="crc32c"):
        KafkaLog("127.0.0.1:1")


def test_what_retention_has_deleted_is_read_from_the_earliest_that_is_left(
    kafka: str, log: KafkaLog, topic: TopicGeneration
) -> None:
    from kafka import KafkaAdminClient, TopicPartition

    producer = log.producer(topic, 1)
    producer.send([OutgoingRecord(0, "0301", b"%d" % number) for number in range(20)])
    producer.close()
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.delete_records({TopicPartition(topic.name, 0): 12})
    admin.close()

    alone = [one.offset for one in log.read(topic, 0, 3, 100)]
    with ReadingGroup(log, f"group-{uuid4()}", [topic], 60.0) as readers:
        member = readers.join()
        readers.until(lambda: len(member.records) >= 8)

    assert alone == list(range(12, 20))
    assert [one.offset for one in member.records] == list(range(12, 20))


def test_records_of_strangers_without_key_or_value_are_read_as_empty(
    kafka: str, log: KafkaLog, topic: TopicGeneration
) -> None:
    from kafka import KafkaProducer

    stranger = KafkaProducer(bootstrap_servers=kafka)
    stranger.send(topic.name, key=b"0301", value=None, partition=0)
    stranger.send(topic.name, key=None, value=b"{}", partition=0)
    stranger.close()

    read = [(one.offset, one.key, one.value) for one in log.read(topic, 0, 0, 10)]

    assert read == [(0, b"0301", b""), (1, b"", b"{}")]


def test_events_are_kept_for_ever_and_heartbeats_for_a_day(kafka: str, log: KafkaLog) -> None:
    from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

    events = TopicGeneration(f"bosatt.kept-{uuid4()}", 1, 1)
    beats = TopicGeneration(HEARTBEATS, int(monotonic() * 1_000), 1)
    log.ensure([events, beats])

    admin = KafkaAdminClient(bootstrap_servers=kafka)
    wanted = [ConfigResource(ConfigResourceType.TOPIC, one.name) for one in (events, beats)]
    found = admin.describe_configs(wanted)
    admin.close()

    kept = {name: settings["retention.ms"]["value"] for name, settings in found["topic"].items()}
    assert kept == {events.name: "-1", beats.name: "86400000"}


def test_a_record_that_is_too_large_is_refused_with_all_that_is_sent_with_it(
    log: KafkaLog, topic: TopicGeneration
) -> None:
    producer = log.producer(topic, 1)

    with pytest.raises(LogError, match="larger"):
        producer.send([OutgoingRecord(0, "0301", b"small"), OutgoingRecord(0, "0301", b"x" * 1_000_001)])

    assert log.end_offsets(topic) == [0, 0, 0]
    assert producer.send([OutgoingRecord(0, "0301", b"x" * 999_000)]) == [0]
    producer.close()


def test_a_member_is_told_that_a_topic_does_not_exist(log: KafkaLog) -> None:
    consumer = log.consumer(f"group-{uuid4()}", [TopicGeneration(f"bosatt.missing-{uuid4()}", 1)])

    with pytest.raises(LogError, match=r"no topic bosatt\.missing"):
        poll_until_it_fails(consumer)

    consumer.close()


def test_a_consumer_of_no_topics_and_a_closed_one_are_refused(log: KafkaLog, topic: TopicGeneration) -> None:
    consumer = log.consumer(f"group-{uuid4()}", [topic])
    consumer.close()

    with pytest.raises(LogError):
        log.consumer(f"group-{uuid4()}", [])
    with pytest.raises(LogError):
        consumer.poll(0.1, 1)


def test_a_member_that_hangs_over_a_batch_loses_its_partitions_and_gets_some_back(
    kafka: str, topic: TopicGeneration
) -> None:
    impatient = KafkaLog(kafka, timing=Timing(longest_batch=5.0))
    with ReadingGroup(impatient, f"group-{uuid4()}", [topic], 60.0) as readers:
        hanging, other = readers.join(), readers.join()
        readers.until(readers.shared_out)
        readers.members.remove(hanging)
        readers.until(readers.shared_out)
        alone = len(other.consumer.assignment())

        readers.members.append(hanging)
        readers.until(readers.shared_out)

    assert alone == 3
    impatient.close()
