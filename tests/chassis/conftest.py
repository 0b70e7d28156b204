import pytest

from services.chassis.database import postgresql


@pytest.fixture
def patient_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that keep transactions open on purpose, on machines that are busy with others."""
    patient = {"idle_in_transaction_session_timeout": "5min", "lock_timeout": "2min"}
    monkeypatch.setattr(postgresql, "SETTINGS", {**postgresql.SETTINGS, **patient})
