"""A real Kafka for tests: one broker for the whole run, or a cluster of a test's own."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from services.running.servers import CantStart
from services.running.servers.kafka import KafkaBrokers
from tests.servers.needed import give_up

NAMED = "BOSATT_KAFKA"


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The addresses of a broker that all tests of the run share: use topics and groups of your own.

    Where the environment names one, that is used.
    """
    if os.environ.get(NAMED):
        yield os.environ[NAMED]
        return
    with own_brokers(tmp_path_factory.mktemp("kafka"), 1) as brokers:
        yield brokers.bootstrap


@pytest.fixture
def start_brokers(tmp_path: Path) -> Iterator[Callable[[int], KafkaBrokers]]:
    """Starts brokers that are the test's own, to be paused and killed; at the end they are gone."""
    with ExitStack() as stack:

        def start(count: int) -> KafkaBrokers:
            return stack.enter_context(own_brokers(tmp_path / "kafka", count))

        yield start


@contextmanager
def own_brokers(directory: Path, count: int) -> Iterator[KafkaBrokers]:
    """Brokers of one's own as long as a block lasts; killed at its end, for nobody needs what they hold."""
    try:
        brokers = KafkaBrokers(directory, count)
        brokers.start()
    except CantStart as reason:
        give_up("Kafka", str(reason))
    try:
        yield brokers
    finally:
        for number in range(1, count + 1):
            if brokers.alive(number):
                brokers.kill(number)
