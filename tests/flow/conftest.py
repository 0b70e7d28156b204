"""Fixtures for the tests of the whole chain."""

import pytest

from tests.servers.postgresql import postgresql_databases  # noqa: F401 - fixtures are found by name

# Its assertions are tests' own, though it is no test module.
pytest.register_assert_rewrite("tests.flow.schedules")
