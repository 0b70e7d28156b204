"""What a test does that needs a server which this machine can't give."""

import os
from typing import NoReturn

import pytest

REQUIRED = "BOSATT_REQUIRE_SERVERS"
"""Set to 1 (as CI does), a server that is missing fails the tests that need it."""

missing: dict[str, str] = {}
"""Servers that could not be had in this run, and why."""


def give_up(server: str, reason: str) -> NoReturn:
    """Fail under CI; elsewhere skip, and have the summary say so in one line."""
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{server} can't be had, and {REQUIRED} is set: {reason}", pytrace=False)
    missing[server] = reason
    pytest.skip(f"{server}: {reason}")
