"""What the services log while a test runs."""

import logging
import sys
from io import StringIO

import pytest
import structlog

from services.chassis.logs import configure_logs


@pytest.fixture
def log_lines(monkeypatch, caplog):
    """A function that gives all that was logged, however little it matters, by whomever."""
    written = StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    configure_logs("debug")
    caplog.set_level(logging.DEBUG)
    yield lambda: written.getvalue() + caplog.text
    structlog.reset_defaults()
