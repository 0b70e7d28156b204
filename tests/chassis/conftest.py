import pytest

from services.chassis.database import postgresql
from tests.servers.postgresql import (  # noqa: F401 - fixtures are found by name
    postgresql_databases,
    postgresql_server,
    postgresql_url,
)


@pytest.fixture
def patient_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that keep transactions open on purpose, on machines that are busy with others."""
    patient = {"idle_in_transaction_session_timeout": "5min", "lock_timeout": "2min"}
    monkeypatch.setattr(postgresql, "SETTINGS", {**postgresql.SETTINGS, **patient})
