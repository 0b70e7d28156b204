"""A broker that may be paused and killed, for all tests of faults in turn, and a chain on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.running.servers.kafka import KafkaBrokers
from tests.faults.chain import ALL_TOPICS, Chain, until
from tests.faults.children import Children
from tests.servers.kafka import own_brokers


@pytest.fixture(scope="session")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBrokers]:
    """One broker, no other tests'. Who kills it restarts it."""
    with own_brokers(tmp_path_factory.mktemp("faults"), 1) as brokers:
        yield brokers


@pytest.fixture
def chain(tmp_path: Path, brokers: KafkaBrokers) -> Iterator[Chain]:
    """A chain whose topics are empty."""
    chain = Chain(tmp_path, brokers.bootstrap)
    yield chain
    if not brokers.alive(1):
        brokers.restart(1)
    brokers.resume(1)
    chain.close()
    _delete_topics(brokers.bootstrap)


@pytest.fixture
def children(tmp_path: Path, brokers: KafkaBrokers) -> Iterator[Children]:
    children = Children(tmp_path, brokers.bootstrap)
    yield children
    children.end()


def _delete_topics(bootstrap: str) -> None:
    from kafka import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    names = {topic.name for topic in ALL_TOPICS}
    admin.delete_topics(sorted(names))
    until(lambda: names.isdisjoint(admin.list_topics()))
    admin.close()
