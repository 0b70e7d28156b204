"""Fixtures for the tests of the seeds."""

from tests.opendata.projection.worlds import blank_files, fast_folder, make_world, world

__all__ = ["blank_files", "fast_folder", "make_world", "world"]
