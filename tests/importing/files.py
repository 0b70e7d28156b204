"""Files as IMDi's, made up, and the real one where it is at hand."""

import io
from pathlib import Path

import pytest

from services.importing.classes import classed
from services.importing.rows import COLUMNS, read_rows
from services.importing.years import said_in

THIS_YEAR = 2024
HEADING = ",".join(COLUMNS)

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "imdi_settlement_1995_2021.csv"
"""Lies beside the project, never in it: its terms are not confirmed."""

needs_real_file = pytest.mark.skipif(not REAL.exists(), reason="IMDi's file is not at hand")


def file_of(*lines, heading=HEADING, encoding="utf-8", end="\n"):
    """A file of lines such as ``0301,2016,settled,5`` or ``0301,2016,settled,,missing``."""
    return io.BytesIO(end.join((heading, *map(_whole, lines), "")).encode(encoding))


def _whole(line):
    code, year, measure, value, *flag = line.split(",")
    return ",".join((code, "", year, measure, value, *(flag or [""])))


def rows_of(*lines):
    return read_rows(file_of(*lines), THIS_YEAR)


def said_of(*lines, map_retired=True):
    return said_in(classed(rows_of(*lines), map_retired=map_retired))
