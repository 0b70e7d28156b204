"""The log in memory does what every log must."""

from time import monotonic

import pytest

from services.chassis.log.port import EventLog
from tests.chassis.log.contract import EventLogContract
from tests.flow.memory_log import MemoryLog


class TestMemoryLog(EventLogContract):
    patience = 1.0

    @pytest.fixture
    def log(self) -> EventLog:
        return MemoryLog(monotonic)
