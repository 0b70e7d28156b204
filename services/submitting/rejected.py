"""The rows that were not taken, as a file like the one they came from, to be mended and submitted again."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, BinaryIO

import openpyxl
import orjson
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from services.contract.labels import Language
from services.submitting.checking import FAULT, is_fault_column
from services.submitting.tables import Cell, Row, Table
from services.submitting.values import holds_identity_number

REMOVED = "***"
"""Stands where a cell held what may be an identity number: no file of ours repeats it."""


def write_rejected(table: Table, faults: Mapping[int, str], file: BinaryIO, language: Language) -> None:
    """Write the rows that have faults, by their number, with what is wrong with each.

    Raises `Unreadable` where the file that they came from is not what it was.
    """
    rows = (row for row in table.rows() if row.number in faults)
    _WRITERS[table.form](table, rows, faults, file, language)


def _kept(table: Table) -> list[int]:
    return [index for index, name in enumerate(table.heading) if not is_fault_column(name)]


def _cells(row: Row, kept: list[int]) -> list[Cell]:
    cells = [row.cells[index] if index < len(row.cells) else None for index in kept]
    return [REMOVED if holds_identity_number(cell) else cell for cell in cells]


def _csv(
    table: Table, rows: Iterator[Row], faults: Mapping[int, str], file: BinaryIO, language: Language
) -> None:
    kept = _kept(table)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=table.delimiter)
    writer.writerow([*(table.heading[index] for index in kept), FAULT.in_language(language)])
    for row in rows:
        writer.writerow([*_cells(row, kept), faults[row.number]])
    text.detach()


def _xlsx(
    table: Table, rows: Iterator[Row], faults: Mapping[int, str], file: BinaryIO, language: Language
) -> None:
    kept = _kept(table)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Rader" if language is Language.NB else "Rows")
    sheet.freeze_panes = "A2"
    heading = [*(table.heading[index] for index in kept), FAULT.in_language(language)]
    sheet.append([_cell(sheet, name, bold=True) for name in heading])
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in (*_cells(row, kept), faults[row.number])])
    book.save(file)


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula, whatever it begins with
        cell.number_format = "@"
    elif isinstance(value, datetime | date) and not isinstance(value, time):
        cell.number_format = "dd.mm.yyyy"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _ndjson(
    table: Table, rows: Iterator[Row], faults: Mapping[int, str], file: BinaryIO, _language: Language
) -> None:
    kept = _kept(table)
    for row in rows:
        if table.events:
            document = orjson.loads(str(row.cells[0]))
        else:
            pairs = zip((table.heading[index] for index in kept), _cells(row, kept), strict=True)
            document = {name: value for name, value in pairs if value is not None}
        file.write(orjson.dumps(document | {"fault": faults[row.number]}) + b"\n")


_WRITERS = {"csv": _csv, "xlsx": _xlsx, "ndjson": _ndjson}
