"""CSV: UTF-8, commas, a line of names, blanks for what is not there.

Texts that somebody posted are kept from being more than texts where a spreadsheet opens them.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, BinaryIO

from services.opendata.exports.columns import Column
from services.opendata.exports.rows import Row

_AT_ONCE = 1_000

FORMULAS = ("=", "+", "-", "@", "\t")
"""With what a text begins that spreadsheets take for a formula."""


def write_csv(file: BinaryIO, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    """Write a table. Numbers are as GraphQL has them, truth values ``true`` and ``false``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    left = iter(rows)
    while True:
        some = list(islice(left, _AT_ONCE))
        writer.writerows([map(_written, row) for row in some])
        file.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
        if len(some) < _AT_ONCE:
            return


def _written(value: Any) -> Any:
    if isinstance(value, str):
        return _plain(value)
    if value is True:
        return "true"
    return "false" if value is False else value


def _plain(text: str) -> str:
    """A text on lines that end as all others, and with an apostrophe before what looks like a formula."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(FORMULAS) else text
