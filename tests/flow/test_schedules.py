"""Whatever happens on the way, the totals end as the ledger says."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from services.chassis.log.embedded import EmbeddedLog
from services.chassis.relay import heartbeat
from tests.flow.memory_log import SESSION_SECONDS, MemoryLog
from tests.flow.schedules import Schedules
from tests.flow.world import Clock
from tests.servers.postgresql import Databases


class OnMemory(Schedules):
    @staticmethod
    def make_log(clock: Clock, _folder: Path) -> MemoryLog:
        return MemoryLog(lambda: clock.seconds)


class OnEmbedded(Schedules):
    @staticmethod
    def make_log(clock: Clock, folder: Path) -> EmbeddedLog:
        return EmbeddedLog(f"sqlite:///{folder / 'log.db'}", SESSION_SECONDS, lambda: clock.seconds)


@pytest.fixture(autouse=True)
def _heartbeats_at_every_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is checked against what is acknowledged at that moment."""
    monkeypatch.setattr(heartbeat, "SHORTEST_INTERVAL", 0.0)
    monkeypatch.setattr(heartbeat, "LONGEST_INTERVAL", 0.0)


@pytest.mark.parametrize(
    ("machine", "examples", "steps"), [(OnMemory, 200, 40), (OnEmbedded, 15, 30)], ids=["memory", "embedded"]
)
def test_any_schedule_of_faults_ends_with_the_totals_of_the_ledger(
    machine: type[Schedules], examples: int, steps: int
) -> None:
    run(machine, examples, steps)


@pytest.mark.backend("PostgreSQL")
@pytest.mark.sockets
def test_so_does_any_where_store_and_projection_are_on_postgresql(postgresql_databases: Databases) -> None:
    class OnPostgreSQL(OnMemory):
        databases = postgresql_databases

    run(OnPostgreSQL, 15, 40)


def run(machine: type[Schedules], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
