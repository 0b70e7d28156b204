"""Fixtures for the tests of the whole chain."""

import pytest

# Its assertions are tests' own, though it is no test module.
pytest.register_assert_rewrite("tests.flow.schedules")
