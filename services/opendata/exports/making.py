"""A download made whole before any of it is sent: from one state, however slowly its reader reads.

It is written at full speed to a file that is gone when it is closed, small ones to memory, so that
no transaction stays open for a client. How much and how many are made at once is bounded.
"""

import gzip
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from services.opendata.exports.about import About
from services.opendata.exports.csv_form import write_csv
from services.opendata.exports.json_stat import CubeTooLarge, write_json_stat
from services.opendata.exports.lent import Lending, Lent
from services.opendata.exports.parquet_form import write_parquet
from services.opendata.exports.rows import Row, Scope, rows_of
from services.opendata.exports.tables import columns_of

MOST_ROWS = 1_000_000
LONGEST_SECONDS = 30.0
"""Shorter than the front waits for an answer to begin."""

MOST_AT_ONCE = 2
LONGEST_WAIT_SECONDS = 2.0

MOST_LENT = 1024 * 1024 * 1024
"""Bytes of files, together, that are made and not yet read to their end."""

_IN_MEMORY = 1024 * 1024


class TooMuch(Exception):
    """The download would have too many rows or cells, or take too long."""


class Busy(Exception):
    """As many downloads as may be are being made, or are on their way."""


class Making:
    """Makes downloads, a few at once. Safe to share between threads."""

    def __init__(
        self,
        most_at_once: int = MOST_AT_ONCE,
        longest_wait: float = LONGEST_WAIT_SECONDS,
        most_rows: int = MOST_ROWS,
        longest: float = LONGEST_SECONDS,
        most_lent: int = MOST_LENT,
    ) -> None:
        self._lending = Lending()
        self._most_lent = most_lent
        self._free = threading.BoundedSemaphore(most_at_once)
        self._longest_wait = longest_wait
        self._most_rows = most_rows
        self._longest = longest

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn. Raises `Busy` where none comes soon, or too much is read too slowly."""
        if self._lending.bytes > self._most_lent or not self._free.acquire(timeout=self._longest_wait):
            raise Busy
        try:
            yield
        finally:
            self._free.release()

    def file(self, scope: Scope, about: About, ending: str, *, compressed: bool) -> Lent:
        """The download in a file of its own, at its beginning. Raises `TooMuch`."""
        file = cast("BinaryIO", SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 (goes to the server)
        bounded = replace(scope, go_on=self._deadline())
        try:
            rows = self._bounded(rows_of(bounded))
            if compressed:
                # Without name and time, so that the same content gives the same bytes.
                with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
                    _write(cast("BinaryIO", packed), scope, about, ending, rows)
            else:
                _write(file, scope, about, ending, rows)
        except CubeTooLarge:
            file.close()
            raise TooMuch from None
        except BaseException:
            file.close()
            raise
        return self._lending.lend(file)

    def _deadline(self) -> Callable[[], None]:
        end = time.monotonic() + self._longest

        def go_on() -> None:
            if time.monotonic() > end:
                raise TooMuch

        return go_on

    def _bounded(self, rows: Iterable[Row]) -> Iterator[Row]:
        for number, row in enumerate(rows, start=1):
            if number > self._most_rows:
                raise TooMuch
            yield row


def _write(file: BinaryIO, scope: Scope, about: About, ending: str, rows: Iterable[Row]) -> None:
    columns = columns_of(scope.asked.table, scope.asked.by)
    if ending == "csv":
        write_csv(file, columns, rows)
    elif ending == "parquet":
        write_parquet(file, columns, rows, about)
    else:
        write_json_stat(file, scope, rows, about)
