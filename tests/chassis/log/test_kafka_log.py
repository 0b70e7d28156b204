"""The contract of every event log, on Kafka."""

from collections.abc import Iterator

import pytest

from services.chassis.log.kafka import KafkaLog
from services.chassis.log.port import EventLog
from tests.chassis.log.contract import EventLogContract


@pytest.mark.sockets
@pytest.mark.backend("Kafka")
class TestKafkaLog(EventLogContract):
    patience = 30.0

    @pytest.fixture
    def log(self, kafka: str) -> Iterator[EventLog]:
        log = KafkaLog(kafka)
        yield log
        log.close()
