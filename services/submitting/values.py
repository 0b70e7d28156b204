"""One cell to the value that an event holds, read as people write it, never guessed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.contract.identity_numbers import has_identity_number
from services.contract.labels import Text
from services.contract.partial_date import PartialDate
from services.contract.regions import Level
from services.submitting.columns import Column, Kind, Reads, letters, plain
from services.submitting.names import (
    HANDLINGS,
    choices,
    codes_by_name,
    countries_by_name,
    handlings_by_name,
    is_unknown,
    regions_named,
)
from services.submitting.tables import Cell

Value = object
LONGEST_REFERENCE = 100

_DAY_FIRST = re.compile(r"([0-9]{1,2})[.]\s?([0-9]{1,2})[.]\s?([0-9]{4})")
_MONTH_FIRST = re.compile(r"([0-9]{1,2})[./]([0-9]{4})")
_WITH_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(:00(\.0+)?)?Z?")
_DIGITS = re.compile(r"[0-9]+")
_LEADING_CODE = re.compile(r"([0-9]{3,6})\b[\s–:-]*(.*)", re.DOTALL)
_TRAILING_CODE = re.compile(r".*\(([0-9]{3,6})\)\s*", re.DOTALL)
_SHARE = re.compile(r"(.+?)\s*[=:]\s*([0-9]{1,7})")
_SPREADSHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#I/T")

_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 32_874, 73_415
"""Excel's numbers for 1990-01-01 and 2100-12-31; years are far below them."""


@dataclass
class BadCell(Exception):
    """A cell can't be read; ``text`` says what would be."""

    rule: str
    text: Text


@dataclass(slots=True)
class Reading:
    """What the cells of a row are read with: its kind, and what other cells have said already.

    ``notes`` collects what was read otherwise than it is written.
    """

    kind: Kind
    year: int | None
    municipality: str | None
    notes: list[Text]


def read_cell(column: Column, cell: Cell, reading: Reading) -> Value | None:
    """A cell's value, None where it says nothing. Raises `BadCell`."""
    if isinstance(cell, str):
        cell = cell.replace("\xa0", " ").strip()
        if not cell:
            return None
        if cell in _SPREADSHEET_ERRORS:
            raise BadCell(
                "spreadsheet-error",
                Text("Formelen i cellen gir en feil.", "The formula in the cell gives an error."),
            )
    if cell is None:
        return None
    if _identifies(cell):
        raise BadCell(
            "identity-number",
            Text(
                "Her står det som kan være et fødselsnummer, D-nummer eller DUF-nummer. Slikt skal aldri sendes inn.",
                "This holds what may be a national identity number, D-number or DUF number. None may be submitted.",
            ),
        )
    return _READERS[column.reads](column, cell, reading)


def _identifies(cell: Cell) -> bool:
    text = _as_text(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else cell
    if not isinstance(text, str):
        return False
    return has_identity_number(text) or (
        _DIGITS.fullmatch(text) is not None and has_identity_number(text.zfill(11))
    )


def holds_identity_number(cell: Cell) -> bool:
    """Whether a cell holds what may be a national identity, D- or DUF number."""
    return _identifies(cell)


def _as_text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _text(_column: Column, cell: Cell, _reading: Reading) -> str:
    return _as_text(cell)


def _reference(_column: Column, cell: Cell, _reading: Reading) -> str:
    text = " ".join(_as_text(cell).split())
    if len(text) > LONGEST_REFERENCE:
        raise BadCell(
            "reference",
            Text(
                f"Referansen kan ha høyst {LONGEST_REFERENCE} tegn.",
                f"The reference may have at most {LONGEST_REFERENCE} characters.",
            ),
        )
    if not any(letter.isdigit() for letter in text):
        raise BadCell(
            "reference",
            Text(
                "Referansen må ha et tall i seg, som et saksnummer har. Bruk aldri et navn.",
                "The reference must hold a digit, as a case number does. Never use a name.",
            ),
        )
    return text


def _handling(_column: Column, cell: Cell, reading: Reading) -> str:
    code = handlings_by_name(reading.kind).get(plain(_as_text(cell)))
    if code is None:
        names = [text for _, text in HANDLINGS[reading.kind].values()]
        raise BadCell("handling", _one_of([text.nb for text in names], [text.en for text in names]))
    return code


def _one_of(nb: list[str], en: list[str]) -> Text:
    return Text(f"Må være en av: {', '.join(nb)}.", f"Must be one of: {', '.join(en)}.")


def _code(column: Column, cell: Cell, _reading: Reading) -> str | None:
    text = _as_text(cell)
    code = codes_by_name(column.field).get(plain(text))
    if code is not None:
        return code
    if is_unknown(text):
        return None
    names = list(choices(column.field).values())
    raise BadCell("code", _one_of([name.nb for name in names], [name.en for name in names]))


def _country(_column: Column, cell: Cell, _reading: Reading) -> str | None:
    text = _as_text(cell)
    code = countries_by_name().get(letters(text))
    if code is None and not is_unknown(text):
        raise BadCell(
            "country",
            Text(
                "Fant ikke landet. Skriv navnet som i malens liste, eller koden på tre bokstaver (UKR).",
                "There is no such country. Write its name as in the template's list, or its code of three letters (UKR).",
            ),
        )
    return code


def _truth(_column: Column, cell: Cell, _reading: Reading) -> bool | None:
    text = plain(_as_text(cell))
    if text in ("ja", "yes", "true", "sann", "1", "j", "y", "x"):
        return True
    if text in ("nei", "no", "false", "usann", "0", "n"):
        return False
    if is_unknown(text):
        return None
    raise BadCell("truth", Text("Må være ja eller nei.", "Must be yes or no."))


def _count(_column: Column, cell: Cell, _reading: Reading) -> int:
    text = _as_text(cell).replace(" ", "").replace("\u202f", "")
    if isinstance(cell, bool) or not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadCell("count", Text("Må være et helt tall.", "Must be a whole number."))
    return int(text)


def _year(_column: Column, cell: Cell, _reading: Reading) -> int:
    if isinstance(cell, datetime | date):
        return cell.year
    text = _as_text(cell)
    if not re.fullmatch(r"[0-9]{4}", text):
        raise BadCell("year", Text("Må være et årstall, som 2024.", "Must be a year, such as 2024."))
    return int(text)


def _partial_date(column: Column, cell: Cell, reading: Reading) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    text = _as_text(cell)
    if not isinstance(cell, str) and _DIGITS.fullmatch(text) and _FIRST_SERIAL <= int(text) <= _LAST_SERIAL:
        day = _EPOCH + timedelta(days=int(text))
        reading.notes.append(
            Text(
                f"{column.name.nb}: tallet {text} er lest som datoen {day.isoformat()}.",
                f"{column.name.en}: the number {text} was read as the date {day.isoformat()}.",
            )
        )
        return day.isoformat()
    if match := _DAY_FIRST.fullmatch(text):
        text = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
    elif match := _MONTH_FIRST.fullmatch(text):
        text = f"{match[2]}-{int(match[1]):02d}"
    elif match := _WITH_TIME.fullmatch(text):
        text = match[1]
    try:
        return str(PartialDate.parse(text))
    except ValueError:
        raise BadCell(
            "date",
            Text(
                "Må være en dato som finnes, som 25.02.2024 eller 2024-02-25.",
                "Must be a date that exists, such as 2024-02-25 or 25.02.2024.",
            ),
        ) from None


def _date(column: Column, cell: Cell, reading: Reading) -> str:
    text = _partial_date(column, cell, reading)
    if len(text) != 10:
        raise BadCell(
            "date", Text("Må være en hel dato, som 25.02.2024.", "Must be a full date, such as 2024-02-25.")
        )
    return text


def _week(_column: Column, cell: Cell, _reading: Reading) -> str:
    text = _as_text(cell).upper().replace("-U", "-W").replace(" ", "")
    match = re.fullmatch(r"([0-9]{4})-?W?([0-9]{1,2})", text)
    if match is None:
        raise BadCell("week", Text("Må være en uke, som 2024-W35.", "Must be a week, such as 2024-W35."))
    return f"{match[1]}-W{int(match[2]):02d}"


def _region(level: Level, digits: int) -> Callable[[Column, Cell, Reading], str]:
    def read(column: Column, cell: Cell, reading: Reading) -> str:
        text = _as_text(cell)
        match = _LEADING_CODE.fullmatch(text) or _TRAILING_CODE.fullmatch(text)
        if match is not None:
            code = match[1]
            if len(code) == digits - 1:
                reading.notes.append(
                    Text(
                        f"{column.name.nb}: {code} er lest som 0{code}.",
                        f"{column.name.en}: {code} was read as 0{code}.",
                    )
                )
                return f"0{code}"
            return code
        within = reading.municipality if level is Level.DISTRICT else None
        found = regions_named(text, level, reading.year, within)
        if len(found) == 1:
            return found[0].code
        if not found:
            raise BadCell(
                "region-unknown",
                Text(
                    "Fant ikke stedet. Skriv nummeret, eller nummer og navn som i malens liste.",
                    "There is no such place. Write its number, or number and name as in the template's list.",
                ),
            )
        named = ", ".join(f"{region.code} {region.name}" for region in found[:8])
        raise BadCell(
            "region-ambiguous",
            Text(
                f"Flere steder har dette navnet: {named}. Skriv nummeret.",
                f"Several places have this name: {named}. Write the number.",
            ),
        )

    return read


_municipality = _region(Level.MUNICIPALITY, 4)
_district = _region(Level.DISTRICT, 6)


def _shares(column: Column, cell: Cell, reading: Reading) -> list[dict[str, object]]:
    shares: list[dict[str, object]] = []
    for part in re.split(r"[;\n]|,(?=\s*\D*[0-9]{5,6})", _as_text(cell)):
        if not part.strip():
            continue
        match = _SHARE.fullmatch(part.strip())
        if match is None:
            raise BadCell(
                "shares",
                Text(
                    "Må være bydel=antall, skilt med semikolon: 030101=20; 030102=15.",
                    "Must be district=persons, with semicolons between: 030101=20; 030102=15.",
                ),
            )
        shares.append({"code": _district(column, match[1], reading), "persons": int(match[2])})
    return shares


_READERS: dict[Reads, Callable[[Column, Cell, Reading], Value | None]] = {
    Reads.TEXT: _text,
    Reads.REFERENCE: _reference,
    Reads.HANDLING: _handling,
    Reads.MUNICIPALITY: _municipality,
    Reads.DISTRICT: _district,
    Reads.COUNTRY: _country,
    Reads.DATE: _date,
    Reads.PARTIAL_DATE: _partial_date,
    Reads.WEEK: _week,
    Reads.YEAR: _year,
    Reads.COUNT: _count,
    Reads.TRUTH: _truth,
    Reads.CODE: _code,
    Reads.SHARES: _shares,
}
