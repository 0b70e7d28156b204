"""Templates: a workbook with drop-down lists, or a plain CSV file, in Norwegian or English."""

import csv
import io
from datetime import date
from typing import Any, BinaryIO

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from services.contract.labels import Language, Text
from services.contract.regions import Level, registry
from services.submitting.columns import COLUMNS, HANDLING, Column, Kind, Reads
from services.submitting.names import HANDLINGS, choices, country_choices

LAST_ROW = 10_000
"""Rows to which lists and formats reach."""

_FIRST_DAY, _LAST_DAY = "DATE(1990,1,1)", "DATE(2100,12,31)"
_NAMES = {
    Kind.SETTLEMENTS: Text("Bosettinger", "Settlements"),
    Kind.DECISIONS: Text("Vedtak", "Decisions"),
    Kind.REQUESTS: Text("Anmodninger", "Requests"),
}
_NOT_FOR_MUNICIPALITIES = ("allocated", "allocation-withdrawn")
_WIDTHS = {Reads.MUNICIPALITY: 22, Reads.DISTRICT: 26, Reads.COUNTRY: 22, Reads.DATE: 14, Reads.PARTIAL_DATE: 14,
           Reads.YEAR: 9, Reads.COUNT: 14, Reads.TRUTH: 14}  # fmt: skip

_INK, _PAPER, _PALE = "FF12324A", "FFFFFFFF", "FF6B7785"


def write_csv(kind: Kind, file: BinaryIO, language: Language) -> None:
    """A heading and an example, with semicolons, as Excel in Norway opens it."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    columns = _columns(kind)
    writer.writerow([column.name.in_language(language) for column in columns])
    writer.writerow([_example(column, language) for column in columns])
    text.detach()


def write_xlsx(kind: Kind, file: BinaryIO, language: Language, today: date) -> None:
    """A workbook: rows to fill in, with lists; an explanation of each column; the lists themselves."""
    book = openpyxl.Workbook()
    rows: Any = book.active
    rows.title = _NAMES[kind].in_language(language)
    columns = _columns(kind)
    lists: Any = book.create_sheet("Lister" if language is Language.NB else "Lists")
    _explain(
        book.create_sheet("Forklaring" if language is Language.NB else "Explanation", 1), columns, language
    )
    used = 0
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        _head(rows.cell(1, index), column, language)
        _format(rows, letter, column)
        _show_example(rows.cell(2, index), column, language)
        values = _list_of(kind, column, language, today)
        if values:
            used += 1
            _add_list(rows, letter, lists, used, column.name.in_language(language), values, language)
        elif column.reads in (Reads.DATE, Reads.PARTIAL_DATE):
            _add_dates(rows, letter, language)
        elif column.reads in (Reads.COUNT, Reads.YEAR):
            _add_numbers(rows, letter, language)
    rows.freeze_panes = "B2" if columns[0].field == "reference" else "A2"
    rows.row_dimensions[1].height = 34
    rows.print_title_rows = "1:1"
    rows.page_setup.orientation = "landscape"
    rows.page_setup.fitToHeight = 0
    rows.sheet_properties.pageSetUpPr.fitToPage = True
    lists.sheet_state = "hidden"
    book.save(file)


def _columns(kind: Kind) -> list[Column]:
    return [column for column in COLUMNS[kind] if column.in_template]


def _example(column: Column, language: Language) -> str:
    return "" if column.example is None else column.example.in_language(language)


def _head(cell: Any, column: Column, language: Language) -> None:
    cell.value = column.name.in_language(language) + (" *" if column.required else "")
    cell.font = Font(bold=True, color=_PAPER)
    cell.fill = PatternFill("solid", start_color=_INK)
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    cell.border = Border(right=Side("thin", color=_PALE))


def _format(sheet: Any, letter: str, column: Column) -> None:
    """Text where zeros lead, dates where days are meant, for the whole column."""
    dimension = sheet.column_dimensions[letter]
    name = max(len(column.name.nb), len(column.name.en))
    dimension.width = _WIDTHS.get(column.reads, min(30, max(14, name + 4)))
    if column.reads in (Reads.DATE, Reads.PARTIAL_DATE):
        dimension.number_format = "dd.mm.yyyy"
    elif column.reads in (Reads.COUNT, Reads.YEAR):
        dimension.number_format = "0"
    else:
        dimension.number_format = "@"


def _show_example(cell: Any, column: Column, language: Language) -> None:
    text = _example(column, language)
    cell.font = Font(italic=True, color=_PALE)
    if not text:
        return
    if column.reads in (Reads.DATE, Reads.PARTIAL_DATE):
        cell.value = date.fromisoformat(text)
        cell.number_format = "dd.mm.yyyy"
    elif column.reads in (Reads.COUNT, Reads.YEAR):
        cell.value = int(text)
    else:
        cell.value = text
        cell.number_format = "@"


def _list_of(kind: Kind, column: Column, language: Language, today: date) -> list[str]:
    if column.field == HANDLING:
        return [
            text.in_language(language)
            for code, (_, text) in HANDLINGS[kind].items()
            if code not in _NOT_FOR_MUNICIPALITIES
        ]
    if column.reads is Reads.CODE:
        return [text.in_language(language) for text in choices(column.field).values()]
    if column.reads is Reads.TRUTH:
        return ["Ja", "Nei"] if language is Language.NB else ["Yes", "No"]
    if column.reads is Reads.COUNTRY:
        return country_choices(language)
    levels = {Reads.MUNICIPALITY: Level.MUNICIPALITY, Reads.DISTRICT: Level.DISTRICT}
    if column.reads in levels:
        return [
            f"{region.code} {region.name}" for region in registry().at_level(levels[column.reads], today.year)
        ]
    return []


def _add_list(
    sheet: Any, letter: str, lists: Any, number: int, name: str, values: list[str], language: Language
) -> None:
    at = get_column_letter(number)
    lists.cell(1, number, name).font = Font(bold=True)
    for index, value in enumerate(values, start=2):
        cell = lists.cell(index, number, value)
        cell.data_type = "s"
        cell.number_format = "@"
    rule = DataValidation(
        type="list", formula1=f"'{lists.title}'!${at}$2:${at}${len(values) + 1}", allow_blank=True
    )
    _say(rule, Text("Velg fra listen.", "Choose from the list."), name, language)
    rule.errorStyle = "warning"  # codes and names that the list lacks may be right, as retired ones
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")


def _add_dates(sheet: Any, letter: str, language: Language) -> None:
    rule = DataValidation(
        type="date", operator="between", formula1=_FIRST_DAY, formula2=_LAST_DAY, allow_blank=True
    )
    name = "Dato" if language is Language.NB else "Date"
    _say(rule, Text("Skriv en dato, som 25.02.2024.", "Write a date, such as 25.02.2024."), name, language)
    rule.errorStyle = "warning"  # a month or a year alone may be all that is known
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")


def _add_numbers(sheet: Any, letter: str, language: Language) -> None:
    rule = DataValidation(
        type="whole", operator="between", formula1="0", formula2="1000000", allow_blank=True
    )
    name = "Tall" if language is Language.NB else "Number"
    _say(rule, Text("Skriv et helt tall.", "Write a whole number."), name, language)
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")


def _say(rule: DataValidation, text: Text, title: str, language: Language) -> None:
    rule.error = text.in_language(language)
    rule.errorTitle = title[:30]
    rule.showErrorMessage = True


def _explain(sheet: Any, columns: list[Column], language: Language) -> None:
    """What each column means, on a sheet of its own."""
    norwegian = language is Language.NB
    words = (
        ("Kolonne", "Må fylles ut", "Forklaring", "Eksempel")
        if norwegian
        else ("Column", "Must be filled in", "Explanation", "Example")
    )
    sheet.append(list(words))
    for column in columns:
        required = ("Ja" if norwegian else "Yes") if column.required else ""
        sheet.append(
            [
                column.name.in_language(language),
                required,
                column.help.in_language(language),
                _example(column, language),
            ]
        )
    sheet.append([])
    for line in _RULES_NB if norwegian else _RULES_EN:
        sheet.append([line])
    for cell in sheet[1]:
        cell.font = Font(bold=True, color=_PAPER)
        cell.fill = PatternFill("solid", start_color=_INK)
    for letter, width in zip("ABCD", (34, 18, 90, 26), strict=True):
        sheet.column_dimensions[letter].width = width
    for (cell,) in sheet.iter_rows(min_row=2, max_row=len(columns) + 1, min_col=3, max_col=3):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


_RULES_NB = (
    "Raden med EKSEMPEL sendes aldri inn. Den kan slettes.",
    "Skriv aldri navn, adresser, fødselsdatoer, fødselsnummer, D-nummer eller DUF-nummer noe sted.",
    "Kolonner merket * må fylles ut for den første handlingen i listen. En tom celle betyr ukjent.",
    "For å rette eller trekke noe som er meldt: samme referanse, med handlingen Rettet eller Trukket.",
)
_RULES_EN = (
    "The row with EXAMPLE is never submitted. It may be deleted.",
    "Never write names, addresses, birth dates, national identity numbers, D-numbers or DUF numbers anywhere.",
    "Columns marked * must be filled in for the first action of the list. A blank cell means unknown.",
    "To correct or withdraw what was reported: the same reference, with the action Corrected or Withdrawn.",
)
