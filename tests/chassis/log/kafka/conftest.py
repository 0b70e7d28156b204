"""A log on the broker that all tests share, and one on a broker that may be paused and killed."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from services.chassis.log.kafka import KafkaLog, Timing
from services.chassis.log.port import Consumer
from services.contract.topics import TopicGeneration
from services.running.servers.kafka import KafkaBrokers
from tests.servers.kafka import own_brokers

SHORT = Timing(connect=1.0, request=1.0, delivery=1.5, session=6.0, longest_batch=30.0)


def new_topic(log: KafkaLog) -> TopicGeneration:
    topic = TopicGeneration(f"bosatt.own-{uuid4()}", 1, 3)
    log.ensure([topic])
    return topic


def poll_until_it_fails(consumer: Consumer) -> None:
    for _ in range(1_000):
        assert not consumer.poll(0.05, 10).batches


@pytest.fixture
def log(kafka: str) -> Iterator[KafkaLog]:
    log = KafkaLog(kafka, timing=SHORT)
    yield log
    log.close()


@pytest.fixture
def topic(log: KafkaLog) -> TopicGeneration:
    return new_topic(log)


@pytest.fixture(scope="package")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBrokers]:
    """One broker of these tests' own. Who pauses or kills it brings it back."""
    with own_brokers(tmp_path_factory.mktemp("kafka-of-own"), 1) as brokers:
        yield brokers
