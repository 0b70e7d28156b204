"""IMDi's file of yearly figures, read whole and checked before anything is posted."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from services.contract.labels import Text
from services.contract.schemas.fields import FIRST_YEAR, MOST_PERSONS

COLUMNS = ("code", "name", "year", "measure", "value", "flag")
MOST_BYTES = 64 * 1024 * 1024
MOST_SETTLED = 50_000
"""In one municipality and year: more is a slip of the pen, and each would become an event."""
MOST_IN_ALL = 2_000_000
"""Persons settled in the whole file, for the same reason."""


class Measure(StrEnum):
    """What the file counts. ``requested_original`` stands where the request was changed within the year."""

    REQUESTED = "requested"
    REQUESTED_ORIGINAL = "requested_original"
    DECIDED = "decided"
    SETTLED = "settled"


class Flag(StrEnum):
    """What a row says instead of a number: hidden by the source, or no figure at all."""

    NONE = ""
    SUPPRESSED = "suppressed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. ``number`` is the line in the file; ``persons`` is None where a flag stands instead."""

    number: int
    code: str
    year: int
    measure: Measure
    persons: int | None
    flag: Flag = Flag.NONE


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line of the file."""

    number: int
    text: Text


class Unreadable(Exception):
    """The file is not IMDi's as it is; nothing was posted. ``faults`` say where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].text.en)
        self.faults = faults


def read_rows(file: BinaryIO, this_year: int) -> list[Row]:
    """Every row of the file, in its order. Raises `Unreadable` with every fault in it."""
    lines = csv.reader(io.StringIO(_text_of(file), newline=""), strict=True)
    try:
        header = next(lines, [])
        columns = _columns_in(header)
        rows, faults = _read(lines, columns, len(header), this_year)
    except csv.Error as error:
        raise _unreadable(
            lines.line_num, f"Linjen kan ikke leses som CSV: {error}.", f"This is no line of CSV: {error}."
        ) from None
    if faults:
        raise Unreadable(faults)
    settled = sum(row.persons or 0 for row in rows if row.measure is Measure.SETTLED)
    if settled > MOST_IN_ALL:
        raise _unreadable(
            1,
            f"Filen har {settled} bosatte i alt: flere enn {MOST_IN_ALL}.",
            f"The file has {settled} persons settled in all: more than {MOST_IN_ALL}.",
        )
    if not rows:
        raise _unreadable(1, "Filen har ingen rader.", "The file has no rows.")
    return rows


def _text_of(file: BinaryIO) -> str:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise _unreadable(
            1, f"Filen er større enn {most} MiB.", f"The file is larger than {most} MiB: it is another one."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(
            line,
            "Linjen er ikke UTF-8. Lagre filen som CSV UTF-8.",
            "The line is not UTF-8. Save as CSV UTF-8.",
        ) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise _unreadable(line, "Dette er ikke en tekstfil.", "This is not a text file.")
    return text


def _columns_in(header: Sequence[str]) -> dict[str, int]:
    """Where each column stands; others beside them are let be."""
    names = [name.strip().lower() for name in header]
    lacking = [name for name in COLUMNS if names.count(name) != 1]
    if not lacking:
        return {name: names.index(name) for name in COLUMNS}
    wanted = ",".join(COLUMNS)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise _unreadable(
            1,
            f"Kolonnene skal være skilt med komma: {wanted}.",
            f"Columns must be separated by commas: {wanted}.",
        )
    raise _unreadable(
        1,
        f"Første linje skal ha kolonnene {wanted}, hver én gang. Mangler: {', '.join(lacking)}.",
        f"The first line must have the columns {wanted}, each once. Missing: {', '.join(lacking)}.",
    )


def _read(
    lines: Iterator[list[str]], columns: dict[str, int], width: int, this_year: int
) -> tuple[list[Row], list[Fault]]:
    rows: list[Row] = []
    faults: list[Fault] = []
    first: dict[tuple[str, int, Measure], int] = {}
    number = 1
    for cells in lines:
        number = lines.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != width:
            told = len(cells)
            faults.append(
                _fault(
                    number,
                    f"Raden har {told} felt, ikke {width}.",
                    f"The row has {told} fields, not {width}.",
                )
            )
            continue
        found = _row(number, {name: cells[at].strip() for name, at in columns.items()}, this_year)
        if isinstance(found, Fault):
            faults.append(found)
            continue
        key = (found.code, found.year, found.measure)
        before = first.setdefault(key, number)
        if before != number:
            faults.append(
                _fault(
                    number,
                    f"{found.code} {found.year} {found.measure} står også på linje {before}.",
                    f"{found.code} {found.year} {found.measure} stands on line {before} too.",
                )
            )
        rows.append(found)
    return rows, faults


def _row(number: int, cells: dict[str, str], this_year: int) -> Row | Fault:
    code, year, measure, flag = cells["code"], cells["year"], cells["measure"], cells["flag"]
    if not (code.isascii() and code.isalnum() and 2 <= len(code) <= 6):
        return _fault(
            number, f"«{code[:20]}» er ingen kommunekode.", f"“{code[:20]}” is no municipality's code."
        )
    if code.isdigit() and len(code) == 3:
        return _fault(
            number,
            f"Koden {code} har tre sifre: nullen foran er falt bort.",
            f"The code {code} has three digits: its leading zero is lost.",
        )
    if _whole(year) is None or not FIRST_YEAR <= int(year) <= this_year:
        return _fault(
            number,
            f"«{year[:20]}» er ikke et år fra {FIRST_YEAR} til {this_year}.",
            f"“{year[:20]}” is not a year from {FIRST_YEAR} to {this_year}.",
        )
    if measure not in list(Measure):
        known = ", ".join(Measure)
        return _fault(
            number,
            f"Ukjent measure «{measure[:40]}»: {known}.",
            f"Unknown measure “{measure[:40]}”: {known}.",
        )
    if flag not in list(Flag):
        return _fault(
            number,
            f"Ukjent flag «{flag[:40]}»: suppressed, missing eller tomt.",
            f"Unknown flag “{flag[:40]}”: suppressed, missing or nothing.",
        )
    persons = _persons(number, Measure(measure), cells["value"], Flag(flag))
    if isinstance(persons, Fault):
        return persons
    return Row(number, code, int(year), Measure(measure), persons, Flag(flag))


def _persons(number: int, measure: Measure, value: str, flag: Flag) -> int | Fault | None:
    if flag is not Flag.NONE:
        if value:
            return _fault(
                number,
                f"Raden har både verdien {value[:20]} og flagget {flag}.",
                f"The row has both the value {value[:20]} and the flag {flag}.",
            )
        return None
    if not value:
        return _fault(
            number,
            "Verdien er tom. Flag skal si suppressed eller missing der det ikke er noe tall.",
            "The value is empty. Flag must say suppressed or missing where there is no number.",
        )
    persons = _whole(value)
    most = MOST_SETTLED if measure is Measure.SETTLED else MOST_PERSONS
    if persons is None or persons > most:
        return _fault(
            number,
            f"«{value[:20]}» er ikke et helt tall fra 0 til {most}.",
            f"“{value[:20]}” is not a whole number from 0 to {most}.",
        )
    return persons


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _fault(number: int, nb: str, en: str) -> Fault:
    return Fault(number, Text(nb, en))


def _unreadable(number: int, nb: str, en: str) -> Unreadable:
    return Unreadable([_fault(number, nb, en)])
