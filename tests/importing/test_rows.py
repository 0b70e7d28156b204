"""Reading IMDi's file: as it is, or not at all."""

import io

import pytest

from services.importing import rows
from services.importing.rows import Flag, Measure, Row, Unreadable, read_rows
from tests.importing.files import HEADING, REAL, THIS_YEAR, file_of, needs_real_file, rows_of


def faults_of(file):
    with pytest.raises(Unreadable) as raised:
        read_rows(file, THIS_YEAR)
    return [(fault.number, fault.text.en) for fault in raised.value.faults]


def test_a_row_is_a_number_or_a_flag():
    assert rows_of(
        "0301,2016,settled,913", "0301,2017,settled,,suppressed", "0301,2018,settled,,missing"
    ) == [
        Row(2, "0301", 2016, Measure.SETTLED, 913),
        Row(3, "0301", 2017, Measure.SETTLED, None, Flag.SUPPRESSED),
        Row(4, "0301", 2018, Measure.SETTLED, None, Flag.MISSING),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_byte_order_marks_and_line_ends_make_no_difference(encoding, end):
    read = read_rows(file_of("0301,2016,settled,913", encoding=encoding, end=end), THIS_YEAR)

    assert [row.persons for row in read] == [913]


def test_quotes_and_names_with_commas_and_columns_in_another_order_are_read():
    text = 'year,code,measure,flag,value,name,note\n2016,"0301",settled,,5,"Oslo, hele",x\n'

    assert read_rows(io.BytesIO(text.encode()), THIS_YEAR) == [Row(2, "0301", 2016, Measure.SETTLED, 5)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("0301,2016,settled,", "empty"),
        ("0301,2016,settled,-5", "not a whole number"),
        ("0301,2016,settled,5.0", "not a whole number"),
        ("0301,2016,settled,5e3", "not a whole number"),
        ("0301,2016,settled,٥", "not a whole number"),
        ("0301,2016,settled,50001", "not a whole number from 0 to 50000"),
        ("0301,2016,requested,1000001", "not a whole number from 0 to 1000000"),
        ("0301,2016,settled,5,suppressed", "both the value 5 and the flag suppressed"),
        ("0301,2016,settled,0,missing", "both the value 0 and the flag missing"),
        ("0301,2016,settled,,hidden", "Unknown flag “hidden”"),
        ("0301,2016,Settled,5", "Unknown measure “Settled”"),
        ("0301,1994,settled,5", "not a year from 1995 to 2024"),
        ("0301,2025,settled,5", "not a year from 1995 to 2024"),
        ("0301,20 16,settled,5", "not a year"),
        ("301,2016,settled,5", "leading zero is lost"),
        (",2016,settled,5", "is no municipality's code"),
        ("0301/1,2016,settled,5", "is no municipality's code"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_its_line(line, told):
    ((number, text),) = faults_of(file_of("0301,2015,settled,1", line))

    assert number == 3
    assert told in text


def test_all_faults_are_told_at_once():
    assert [
        number for number, _ in faults_of(file_of("0301,2016,settled,x", "0301,2017,settled,5", "a,b,c,d"))
    ] == [2, 4]


@pytest.mark.parametrize(
    "second", ["0301,2016,settled,5", "0301,2016,settled,6", "0301,2016,settled,,missing"]
)
def test_a_figure_that_stands_twice_is_a_fault_and_both_lines_are_named(second):
    assert faults_of(file_of("0301,2016,settled,5", second)) == [
        (3, "0301 2016 settled stands on line 2 too.")
    ]


@pytest.mark.parametrize(
    ("content", "number", "told"),
    [
        (b"", 1, "must have the columns"),
        (b"0301,,2016,settled,5,\n", 1, "must have the columns"),
        (HEADING.replace(",flag", "").encode() + b"\n", 1, "Missing: flag"),
        (HEADING.encode() + b",code\n", 1, "Missing: code"),
        (HEADING.replace(",", ";").encode() + b"\n0301;;2016;settled;5;\n", 1, "separated by commas"),
        (HEADING.encode() + b"\n", 1, "no rows"),
        (HEADING.encode() + b"\n0301,,2016,settled\n", 2, "has 4 fields, not 6"),
        (HEADING.encode() + b"\n0301,,2016,settled,5,,\n", 2, "has 7 fields, not 6"),
        (HEADING.encode() + "\n0301,Ål,2016,settled,5,\n".encode("latin-1"), 2, "not UTF-8"),
        (HEADING.encode() + b'\n0301,"Oslo,2016,settled,5,\n', 2, "no line of CSV"),
        (HEADING.encode() + b"\n0301,\x00,2016,settled,5,\n", 2, "not a text file"),
    ],
)
def test_what_is_not_the_file_is_told_with_a_line(content, number, told):
    ((line, text),) = faults_of(io.BytesIO(content))

    assert line == number
    assert told in text


def test_a_file_that_is_too_large_is_not_read_on(monkeypatch):
    monkeypatch.setattr(rows, "MOST_BYTES", 1_000)

    ((_, told),) = faults_of(
        file_of(*(f"0301,{year},settled,5" for year in range(1995, 2024)), heading="x" * 990)
    )

    assert "larger" in told


def test_more_persons_than_there_can_be_are_a_slip(monkeypatch):
    monkeypatch.setattr(rows, "MOST_IN_ALL", 9)

    ((_, told),) = faults_of(file_of("0301,2016,settled,5", "0301,2017,settled,5", "0301,2017,requested,500"))

    assert "10 persons settled in all" in told


@needs_real_file
def test_the_real_file_is_read_as_it_is():
    with REAL.open("rb") as file:
        assert len(read_rows(file, THIS_YEAR)) == 35_481
