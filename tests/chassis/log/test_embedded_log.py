"""The contract of every event log, on the embedded one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import EventLog
from tests.chassis.log.contract import EventLogContract


@pytest.mark.backend("embedded log")
class TestEmbeddedLog(EventLogContract):
    @pytest.fixture
    def log(self, tmp_path: Path) -> Iterator[EventLog]:
        log = EmbeddedLog(f"sqlite:///{tmp_path}/log.db")
        yield log
        log.close()
