"""Templates: lists for every code, text where zeros lead, an example that is never submitted."""

import io

import openpyxl
import pytest

from services.contract.labels import Language
from services.submitting.columns import Kind, Reads, recognised
from services.submitting.opening import open_sheet
from services.submitting.templates import write_csv, write_xlsx
from tests.submitting.sheets import TODAY, data_of, looked_at

BOTH = pytest.mark.parametrize("language", Language)
ALL = pytest.mark.parametrize("kind", Kind)


def workbook(kind, language):
    file = io.BytesIO()
    write_xlsx(kind, file, language, TODAY)
    return file


def lists_of(book, letter):
    sheet = book.worksheets[0]
    rule = next(
        rule
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list" and f"{letter}2" in rule.sqref
    )
    name, cells = rule.formula1.split("!")
    return [row[0].value for row in book[name.strip("'")][cells.replace("$", "")]]


@BOTH
@ALL
def test_a_template_is_read_as_what_it_is_and_its_example_is_left_out(kind, language):
    file = io.BytesIO()
    write_csv(kind, file, language)

    for sheet in (file, workbook(kind, language)):
        assert open_sheet(sheet, None, None)[1] is kind
        (row,) = looked_at(sheet)
        assert row.is_example


@BOTH
@ALL
def test_the_example_would_be_good_if_it_were_none(kind, language):
    file = io.BytesIO()
    write_csv(kind, file, language)

    (row,) = looked_at(io.BytesIO(file.getvalue().replace(b"EKSEMPEL", b"sak").replace(b"EXAMPLE", b"case")))

    assert row.faults == []
    assert row.notes == []


@BOTH
@ALL
def test_every_choice_of_every_list_is_read_back(kind, language):
    file = workbook(kind, language)
    book = openpyxl.load_workbook(file)
    heading = [cell.value for cell in book.worksheets[0][1]]
    for index, column in recognised(kind, heading).items():
        if column.reads not in (Reads.CODE, Reads.TRUTH, Reads.COUNTRY, Reads.MUNICIPALITY, Reads.HANDLING):
            continue
        letter = openpyxl.utils.get_column_letter(index + 1)
        values = lists_of(book, letter)
        assert len(set(values)) == len(values) > 1
    assert (
        len(
            lists_of(
                book,
                next(
                    cell.column_letter
                    for cell in book.worksheets[0][1]
                    if "ommune" in cell.value or "unicipality" in cell.value
                ),
            )
        )
        == 357
    )


def test_codes_are_text_dates_are_dates_and_the_heading_stays():
    sheet = openpyxl.load_workbook(workbook(Kind.SETTLEMENTS, Language.NB)).worksheets[0]
    formats = {
        cell.value.rstrip(" *"): sheet.column_dimensions[cell.column_letter].number_format
        for cell in sheet[1]
    }

    assert formats["Kommune"] == formats["Referanse"] == formats["Bosettings-ID"] == "@"
    assert formats["Bosatt dato"] == "dd.mm.yyyy"
    assert sheet.freeze_panes == "B2"


def test_a_template_filled_in_is_submitted():
    file = workbook(Kind.SETTLEMENTS, Language.NB)
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    values = {cell.value.rstrip(" *"): sheet.cell(2, cell.column).value for cell in sheet[1]}
    values |= {"Referanse": "2024/17", "Kjønn": "Mann", "Kommune": "4601 Bergen", "Bydel": None}
    sheet.append(list(values.values()))
    filled = io.BytesIO()
    book.save(filled)

    example, row = looked_at(filled)

    assert example.is_example
    assert data_of(row) == {
        "municipality": "4601", "settledOn": "2024-02-25", "countryOfOrigin": "UKR", "sex": "male",
        "ageGroup": "30-55", "unaccompaniedMinor": False, "arrival": "reception_centre", "housing": "municipal",
    }  # fmt: skip


@BOTH
@ALL
def test_each_column_is_explained(kind, language):
    book = openpyxl.load_workbook(workbook(kind, language))

    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible", "visible", "hidden"]
    explained = [row[0].value for row in book.worksheets[1].iter_rows(min_row=2)]
    assert {cell.value.rstrip(" *") for cell in book.worksheets[0][1]} <= set(explained)
