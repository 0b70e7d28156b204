import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.running import RunningSystem


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.acceptance)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """A system with the published figures, which no test changes."""
    system = RunningSystem(tmp_path_factory.mktemp("seeded") / "data").start().wait_until_ready()
    yield system
    system.interrupt()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[RunningSystem]:
    """A system without anything in it."""
    system = RunningSystem(tmp_path / "data", seeds=False).start().wait_until_ready()
    yield system
    with contextlib.suppress(ProcessLookupError):
        system.kill()
