"""Open a file as a table of rows: what it is is told by its content, not by its name."""

import io
from collections.abc import Callable
from typing import BinaryIO

from services.contract.labels import Text
from services.submitting.csv_tables import csv_table
from services.submitting.findings import Unreadable
from services.submitting.ndjson import ndjson_table
from services.submitting.tables import MOST_BYTES, Table, too_large
from services.submitting.xlsx_tables import xlsx_table

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_table(file: BinaryIO, known: Callable[[str], bool], sheet: str | None = None) -> Table:
    """A file's rows. ``known`` tells whether a text is a column's name; ``sheet`` names one of a workbook.

    The file must be seekable and stay open while rows are read. Raises `Unreadable`.
    """
    size = file.seek(0, io.SEEK_END)
    if size > MOST_BYTES:
        raise too_large()
    file.seek(0)
    start = file.read(512)
    if not start.strip():
        raise Unreadable(Text("Filen er tom.", "The file is empty."))
    if start.startswith(_OLD_EXCEL):
        raise Unreadable(
            Text(
                "Filen er en Excel-fil av det gamle slaget (.xls) eller har passord. Lagre den som .xlsx uten.",
                "The file is an old Excel file (.xls) or has a password. Save it as .xlsx without one.",
            )
        )
    if start.startswith(b"PK"):
        return xlsx_table(file, known, sheet)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return ndjson_table(file, known)
    return csv_table(file, known)
