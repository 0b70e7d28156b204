"""Fixtures for the tests of the projection."""

import pytest

from services.chassis import metrics
from tests.opendata.projection.worlds import blank_files, fast_folder, make_world, one_world, world

__all__ = ["blank_files", "fast_folder", "make_world", "one_world", "world"]


@pytest.fixture(autouse=True)
def _no_lag_of_other_tests():
    metrics.CONSUMER_LAG.clear()
