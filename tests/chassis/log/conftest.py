"""Fixtures for the tests of logs."""

import pytest

# Its assertions are tests' own, though it is no test module.
pytest.register_assert_rewrite("tests.chassis.log.contract")
