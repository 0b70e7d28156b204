"""Fixtures for the tests of downloads of what has really been released."""

from tests.opendata.projection.worlds import blank_files, fast_folder, make_world, one_world, world

__all__ = ["blank_files", "fast_folder", "make_world", "one_world", "world"]
