"""Excel workbooks, read row by row; what would fill the memory is refused before it is unpacked."""

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from services.contract.labels import Text
from services.submitting.findings import Unreadable
from services.submitting.tables import (
    HEADING_WITHIN,
    MOST_COLUMNS,
    Cell,
    Row,
    Table,
    heading_in,
    limited,
)

# Of styles and extensions that concern nobody here.
warnings.filterwarnings("ignore", module="openpyxl")

MOST_UNPACKED = 400 * 1024 * 1024
MOST_STRINGS = 48 * 1024 * 1024
"""Bytes of the texts that all sheets share: these are held in memory."""

MOST_PARTS = 2_000
LAST_ROW = 1_048_576
"""Of any sheet. Empty rows are passed over up to there."""

_CHUNK = 1024 * 1024
_LONGEST_TAG = 4096
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb'\br="([0-9]{1,7})"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')


def xlsx_table(file: BinaryIO, known: Callable[[str], bool], sheet: str | None) -> Table:
    """A sheet of a workbook as a table: the first, or the one named. Raises `Unreadable`."""
    _check_package(file)
    names, name, path, top = _looked_into(file, sheet)
    at = heading_in([cells for _, cells in top], known)
    heading = ["" if cell is None else str(cell).strip() for cell in top[at][1]]
    first = top[at][0]

    def rows() -> Iterator[Row]:
        hidden = _hidden_rows(file, path)
        for number, cells in _rows(file, name):
            if number > first:
                yield Row(number, cells, number in hidden)

    return Table("xlsx", heading, lambda: limited(rows()), sheets=names)


def _check_package(file: BinaryIO) -> None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _damaged() from None
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(
            Text("Arbeidsboken har passord. Lagre den uten.", "The workbook has a password. Save it without.")
        )
    whole = [part for part in parts if part.filename.lower().endswith(_READ_WHOLE_ENDS)]
    if (
        len(parts) > MOST_PARTS
        or sum(part.file_size for part in parts) > MOST_UNPACKED
        or sum(part.file_size for part in whole) > MOST_STRINGS
    ):
        raise Unreadable(
            Text(
                "Arbeidsboken er for stor når den pakkes ut. Behold bare arket som skal sendes inn.",
                "The workbook is too large once unpacked. Keep only the sheet to be submitted.",
            )
        )


_READ_WHOLE_ENDS = ("sharedstrings.xml", "styles.xml", "workbook.xml", "theme1.xml", ".rels")


def _damaged() -> Unreadable:
    return Unreadable(
        Text(
            "Filen kan ikke leses som Excel-arbeidsbok (.xlsx). Lagre den på nytt fra regnearket.",
            "The file can't be read as an Excel workbook (.xlsx). Save it again from the spreadsheet.",
        )
    )


def _workbook(file: BinaryIO) -> Any:
    file.seek(0)
    try:
        return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, OSError):
        raise _damaged() from None


def _looked_into(
    file: BinaryIO, sheet: str | None
) -> tuple[list[str], str, str, list[tuple[int, tuple[Cell, ...]]]]:
    """The sheets' names; the name of the one to read, where it is in the package, and its first rows."""
    book = _workbook(file)
    try:
        names = [one.title for one in book.worksheets]
        if not names:
            raise _damaged()
        if sheet is not None and sheet not in names:
            raise Unreadable(
                Text(
                    f"Arbeidsboken har ikke arket «{sheet}». Den har: {', '.join(names)}.",
                    f"The workbook has no sheet “{sheet}”. It has: {', '.join(names)}.",
                )
            )
        name = sheet or names[0]
        return names, name, book[name]._worksheet_path, list(islice(_rows_in(book, name), HEADING_WITHIN))
    finally:
        book.close()


def _rows(file: BinaryIO, name: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    book = _workbook(file)
    try:
        yield from _rows_in(book, name)
    finally:
        book.close()


def _rows_in(book: Any, name: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    try:
        sheet = book[name]
        # What a sheet says of its own size is often wrong, and would be believed.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS, values_only=True)
        for number, cells in enumerate(rows, start=1):
            yield number, _without_tail(cells)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, OSError, OverflowError):
        raise _damaged() from None


def _without_tail(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    last = len(cells)
    while last and cells[last - 1] is None:
        last -= 1
    return cells[:last]


def _hidden_rows(file: BinaryIO, path: str) -> frozenset[int]:
    """The numbers of rows that a person does not see, filtered or hidden."""
    found: set[int] = set()
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package, package.open(path) as part:
            rest = b""
            while chunk := part.read(_CHUNK):
                text = rest + chunk
                for match in _HIDDEN_ROW.finditer(text):
                    number = _NUMBER.search(match[1])
                    if number is not None and _HIDDEN.search(match[1]):
                        found.add(int(number[1]))
                cut = text.rfind(b"<")
                rest = text[cut:] if cut >= 0 and len(text) - cut < _LONGEST_TAG else b""
    except (zipfile.BadZipFile, KeyError, OSError):
        raise _damaged() from None
    return frozenset(found)
