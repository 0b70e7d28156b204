"""Fixtures for the tests of the whole chain."""

import pytest

# Their assertions are tests' own, though they are no test modules.
pytest.register_assert_rewrite("tests.flow.schedules", "tests.flow.world")
