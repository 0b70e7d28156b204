"""An embedded log whose clock stands still, opened twice as by two processes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.chassis.log.embedded import EmbeddedLog
from services.contract.topics import TopicGeneration

SESSION_SECONDS = 9.0


class Clock:
    """Seconds since 1970, set by hand."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@pytest.fixture
def open_log(path: Path, clock: Clock) -> Iterator[Callable[[], EmbeddedLog]]:
    with ExitStack() as stack:

        def opened() -> EmbeddedLog:
            log = EmbeddedLog(f"sqlite:///{path}", SESSION_SECONDS, clock)
            stack.callback(log.close)
            return log

        yield opened


@pytest.fixture
def log(open_log: Callable[[], EmbeddedLog]) -> EmbeddedLog:
    return open_log()


@pytest.fixture
def other_log(log: EmbeddedLog, open_log: Callable[[], EmbeddedLog]) -> EmbeddedLog:
    """The same file, as another process would open it."""
    return open_log()


@pytest.fixture
def topic(log: EmbeddedLog) -> TopicGeneration:
    topic = TopicGeneration("bosatt.settlements", 1, 4)
    log.ensure([topic])
    return topic
