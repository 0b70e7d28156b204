"""Files as spreadsheets and people make them; what would do harm is refused."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from services.submitting import tables
from services.submitting.columns import Kind
from services.submitting.findings import Unreadable
from services.submitting.opening import open_sheet
from tests.submitting.sheets import HEADING, csv_file, data_of, looked_at, rules_of, xlsx_file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_is_read_in_every_encoding_and_with_every_delimiter(encoding, delimiter):
    file = csv_file(
        f"1{delimiter}{delimiter}Bodø{delimiter}2024-02-25{delimiter}kvinne".replace(";", delimiter),
        encoding=encoding,
        heading=HEADING.replace(";", delimiter),
    )

    (row,) = looked_at(file)

    assert data_of(row) == {"municipality": "1804", "settledOn": "2024-02-25", "sex": "female"}


def test_quoted_cells_hold_delimiters_lines_and_quotation_marks():
    file = csv_file('1;trukket;0301;;;"a; ""b""\nc"', "2;;0301;2024;", heading=HEADING + ";Begrunnelse")

    first, second = looked_at(file)

    assert data_of(first) == {"reason": 'a; "b"\nc'}
    assert (first.row.number, second.row.number) == (2, 3)


def test_rows_are_numbered_as_a_spreadsheet_counts_them():
    file = csv_file("", "1;;0301;2024;", "", ";;;;", "2;;0301;2024;")

    assert [checked.row.number for checked in looked_at(file)] == [3, 6]


def test_a_heading_is_found_below_titles():
    file = io.BytesIO(b"Rapport fra Oslo;;\n;;\nreference;municipality;settled on\n1;0301;2024\n")

    (row,) = looked_at(file)

    assert row.row.number == 4
    assert data_of(row)["municipality"] == "0301"


def test_a_row_with_more_cells_than_the_heading_is_a_fault():
    (row,) = looked_at(csv_file("1;;0301;2024;;not in quotes"))

    assert rules_of(row) == ["too-many-cells"]


def test_what_a_workbook_holds_is_read_as_it_is_meant():
    file = xlsx_file(
        ["Referanse", "Kommune", "Bydel", "Bosatt dato", "Alder"],
        ["1", 301, 30101, datetime(2024, 2, 25), 34],
        ["2", "0301 Oslo", "Gamle Oslo", date(2024, 2, 26), 3.0],
        ["3", "0301", None, 45352, "68"],
    )

    rows = looked_at(file)

    assert [data_of(row)["settledOn"] for row in rows] == ["2024-02-25", "2024-02-26", "2024-03-01"]
    assert [data_of(row)["municipality"] for row in rows] == ["0301"] * 3
    assert [data_of(row).get("district") for row in rows] == ["030101", "030101", None]
    assert [len(row.notes) for row in rows] == [2, 0, 1]


def test_formulas_count_by_their_values_and_errors_are_told():
    file = xlsx_file(["Referanse", "Kommune", "Bosatt dato"], ["1", "0301", "#N/A"])

    (row,) = looked_at(file)

    assert rules_of(row) == ["spreadsheet-error"]


def test_hidden_rows_count_and_are_pointed_out():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Referanse", "Kommune", "Bosatt dato"])
    for number in range(1, 5):
        sheet.append([f"{number}", "0301", "2024"])
    sheet.row_dimensions[3].hidden = True
    file = io.BytesIO()
    book.save(file)

    rows = looked_at(file)

    assert [row.row.number for row in rows if row.row.hidden] == [3]
    assert len(rows) == 4
    assert [note.rule for row in rows for note in row.notes] == ["hidden"]


def test_the_sheet_named_is_read_and_one_that_is_not_there_is_told():
    file = xlsx_file(["Referanse", "Kommune", "Bosatt dato"], ["1", "0301", "2024"], sheets=("A", "B"))

    assert len(looked_at(file, sheet="B")) == 1
    with pytest.raises(Unreadable, match="A, B"):
        looked_at(file, sheet="C")


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path):
    file = xlsx_file(["Referanse", "Kommune", "Bosatt dato"], *(["1", "0301", "2024"] for _ in range(9)))
    lying = io.BytesIO()
    with zipfile.ZipFile(file) as package, zipfile.ZipFile(lying, "w") as changed:
        for part in package.infolist():
            content = package.read(part)
            changed.writestr(part.filename, content.replace(b"A1:C10", b"A1"))

    assert len(looked_at(lying)) == 9


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        for name in ("xl/workbook.xml", "xl/sharedStrings.xml"):
            with package.open(name, "w") as part:
                for _ in range(60):
                    part.write(b" " * 1024**2)

    with pytest.raises(Unreadable, match="too large"):
        looked_at(bomb)


def changed(file, part, change):
    """A workbook of which one part is another."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for one in package.infolist():
            content = package.read(one)
            written.writestr(one.filename, change(content) if part in one.filename else content)
    return out


@pytest.mark.parametrize("entity", [b'"' + b"a" * 10 + b'"', b'SYSTEM "file:///etc/hostname"'])
def test_entities_are_neither_unfolded_nor_fetched(entity):
    heaped = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    bomb = b"<!DOCTYPE x [<!ENTITY e0 %s>%s]>" % (entity, heaped)
    file = changed(
        xlsx_file(["Referanse", "Kommune", "Bosatt dato"], ["1", "0301", "2024"]),
        "sheet1.xml",
        lambda content: bomb + content.replace(b"Referanse", b"Referanse&e9;"),
    )

    with pytest.raises(Unreadable):
        looked_at(file)


def test_a_row_far_below_is_not_lost():
    below = b'<row r="300000"><c r="A300000" t="inlineStr"><is><t>2</t></is></c></row></sheetData>'
    file = changed(
        xlsx_file(["Referanse", "Kommune", "Bosatt dato"], ["1", "0301", "2024"]),
        "sheet1.xml",
        lambda content: content.replace(b"</sheetData>", below),
    )

    assert [row.row.number for row in looked_at(file)] == [2, 300_000]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 not a workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00",
        b"just some text\nand more\n",
        b'{"reference": "1"}\nnot json\n',
        b'["array"]',
    ],
)
def test_what_is_no_sheet_is_told_in_a_sentence(content):
    with pytest.raises(Unreadable) as told:
        looked_at(io.BytesIO(content))

    assert told.value.text.nb.endswith(".")
    assert told.value.text.en.endswith(".")


def test_more_rows_than_a_file_may_have_are_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)

    with pytest.raises(Unreadable, match="more than 3 rows"):
        looked_at(csv_file(*(f"{number};;0301;2024;" for number in range(4))))


def test_lines_of_json_are_rows_or_whole_events():
    rows = looked_at(io.BytesIO(b'{"reference": "1", "municipality": "0301", "settledOn": "2024"}\n'))
    event = b'{"specversion": "1.0", "id": "a", "source": "urn:a", "type": "no.bosatt.quota.decided.v1", "data": %s}\n'
    events = looked_at(
        io.BytesIO(
            event % b'{"municipality": "0301", "year": 2024, "persons": 1, "decidedOn": "2024"}'
            + event % b"{}"
        )
    )

    assert data_of(rows[0]) == {"municipality": "0301", "settledOn": "2024"}
    assert events[0].draft.event_id == "urn:a a"
    assert {finding.column for finding in events[1].faults} >= {"/data/municipality", "/data/persons"}


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Referanse;Kommune;Bosatt dato", Kind.SETTLEMENTS),
        ("municipality,year,persons,decided on", Kind.DECISIONS),
        ("Kommune\tÅr\tAntall\tAnmodet dato\tSvarfrist", Kind.REQUESTS),
    ],
)
def test_what_rows_are_about_is_found_from_the_columns(heading, kind):
    assert open_sheet(io.BytesIO(heading.encode()), None, None)[1] is kind


def test_columns_that_could_be_several_kinds_are_asked_about():
    with pytest.raises(Unreadable, match="--kind"):
        open_sheet(io.BytesIO("Kommune;År;Antall".encode()), None, None)
