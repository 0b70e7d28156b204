"""Fixtures for the tests of logs."""

import pytest

from tests.servers.kafka import kafka, start_brokers

__all__ = ["kafka", "start_brokers"]

# Its assertions are tests' own, though it is no test module.
pytest.register_assert_rewrite("tests.chassis.log.contract")
