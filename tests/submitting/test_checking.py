"""Rows are looked at by all that can be known; every fault has its row and column."""

import pytest

from services.contract.labels import Language
from services.submitting.checking import Checker
from services.submitting.columns import COLUMNS, Kind, Reads
from services.submitting.names import HANDLINGS, choices, country_choices
from services.submitting.opening import open_sheet
from tests.contract.identity_samples import birth_numbers, duf_numbers
from tests.submitting.sheets import TODAY, csv_file, data_of, looked_at, rules_of

A_BIRTH_NUMBER = next(birth_numbers(1, 7))
A_DUF_NUMBER = next(duf_numbers(1, 7))


def one(line, heading=None, **how):
    file = csv_file(line) if heading is None else csv_file(line, heading=heading)
    (row,) = looked_at(file, **how)
    return row


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-02-25", "2024-02-25"),
        ("25.02.2024", "2024-02-25"),
        ("5.2.2024", "2024-02-05"),
        ("2024-02-25 00:00:00", "2024-02-25"),
        ("02.2024", "2024-02"),
        ("2024-02", "2024-02"),
        ("2024", "2024"),
    ],
)
def test_dates_are_read_as_people_write_them(written, read):
    assert data_of(one(f"1;;0301;{written};"))["settledOn"] == read


@pytest.mark.parametrize(
    "written", ["25.02.24", "02/03/2024", "2024-02-30", "31.04.2024", "i går", "20240225"]
)
def test_dates_that_could_mean_anything_are_not_guessed(written):
    assert rules_of(one(f"1;;0301;{written};")) == ["date"]


@pytest.mark.parametrize(
    "written", ["301", "0301", "0301 Oslo", "Oslo", "OSLO kommune", "Oslo (0301)", "301 – Oslo"]
)
def test_a_municipality_is_known_by_number_and_by_name(written):
    assert data_of(one(f"1;;{written};2024;"))["municipality"] == "0301"


def test_a_name_that_several_municipalities_have_is_not_guessed():
    row = one("1;;Herøy;2024;")

    assert rules_of(row) == ["region-ambiguous"]
    assert "1515" in row.faults[0].text.nb
    assert "1818" in row.faults[0].text.nb


def test_a_retired_municipality_is_told_with_its_successor_in_both_languages():
    row = one("1;;1601;2024;")

    assert "5001" in row.faults[0].text.nb
    assert row.faults[0].text.nb.startswith("1601 Trondheim gjaldt til og med 2017")
    assert (
        row.faults[0].sentence(Language.EN).startswith("Row 2, column C (Kommune): 1601 Trondheim was valid")
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("field", ["sex", "ageGroup", "care", "arrival", "housing"])
def test_every_label_of_a_list_is_read_back_as_its_code(field, language):
    column = next(column for column in COLUMNS[Kind.SETTLEMENTS] if column.field == field)
    for code, text in choices(field).items():
        minor = "ja" if field == "care" else ""
        heading = f"Referanse;Kommune;Bosatt dato;Enslig mindreårig;{column.name.in_language(language)}"

        row = one(f"1;0301;2024;{minor};{text.in_language(language)}", heading)

        assert data_of(row)[field] == code


@pytest.mark.parametrize("language", Language)
def test_every_country_of_the_list_is_read(language):
    names = country_choices(language)

    rows = looked_at(
        csv_file(
            *(f'{n};0301;2024;"{name}"' for n, name in enumerate(names)),
            heading="Referanse;Kommune;Bosatt dato;Land",
        )
    )

    assert len({data_of(row)["countryOfOrigin"] for row in rows}) == len(names)


@pytest.mark.parametrize(
    ("written", "code"),
    [("Ukraina", "UKR"), ("ukr", "UKR"), ("UA", "UKR"), ("Syria", "SYR"), ("Iran", "IRN"), ("DR Kongo", "COD"), ("Andre land", "XXX")],
)  # fmt: skip
def test_countries_are_known_by_the_names_that_people_use(written, code):
    assert (
        data_of(one(f"1;0301;2024;{written}", "Referanse;Kommune;Bosatt dato;Land"))["countryOfOrigin"]
        == code
    )


@pytest.mark.parametrize("written", ["Korea", "Atlantis", "Kong"])
def test_a_country_is_not_guessed(written):
    assert rules_of(one(f"1;0301;2024;{written}", "Referanse;Kommune;Bosatt dato;Land")) == ["country"]


@pytest.mark.parametrize(
    "number", [A_BIRTH_NUMBER, A_BIRTH_NUMBER[:6] + " " + A_BIRTH_NUMBER[6:], A_DUF_NUMBER]
)
@pytest.mark.parametrize("index", range(5))
def test_an_identity_number_in_any_cell_is_refused_and_never_repeated(number, index):
    cells = ["1", "bosatt", "0301", "2024", "kvinne"]
    cells[index] = number

    row = one(";".join(cells))

    assert "identity-number" in rules_of(row)
    assert row.draft is None
    assert number not in repr(row.faults)


def test_a_birth_number_whose_zero_a_spreadsheet_ate_is_found():
    number = next(text for text in birth_numbers(200, 3) if text.startswith("0"))

    assert "identity-number" in rules_of(one(f"{int(number)};;0301;2024;"))


@pytest.mark.parametrize("reference", ["Ola Nordmann", "", "x" * 101 + "1"])
def test_a_reference_is_a_case_number_and_no_name(reference):
    assert len(rules_of(one(f"{reference};;0301;2024;"))) == 1


def test_the_example_of_the_template_is_never_submitted():
    row = one("EKSEMPEL-1;;0301;2024;")

    assert row.is_example
    assert row.draft is None


def test_the_same_reference_twice_names_the_row_that_has_it():
    first, second = looked_at(csv_file("1;;0301;2024;", "1;;0301;2023;"))

    assert first.draft is not None
    assert "2" in second.faults[0].text.nb
    assert second.draft is None


def test_all_faults_of_a_row_are_told_at_once():
    row = one("1;;9998;2099-01-01;kanskje")

    assert {finding.letter for finding in row.faults} == {"C", "D", "E"}


def test_a_missing_column_is_named():
    row = one("1;2024", "Referanse;Bosatt dato")

    assert any("Kommune" in finding.text.nb for finding in row.faults)


def test_the_municipality_that_submits_stands_in_for_a_blank():
    row = one("1;;;2024;", own="0301")
    in_district = one("1;;;2024;", own="030101")

    assert data_of(row)["municipality"] == "0301"
    assert data_of(in_district) == {"municipality": "0301", "district": "030101", "settledOn": "2024"}


def test_columns_that_mean_nothing_are_told_and_not_sent():
    table, kind = open_sheet(
        csv_file("1;;0301;2024;;Kari", heading="Referanse;Handling;Kommune;Bosatt dato;Kjønn;Navn"),
        None,
        None,
    )
    checker = Checker(table, kind, TODAY)

    assert checker.left_out() == ["Navn"]
    assert b"Kari" not in next(checker.check()).draft.body


def test_an_event_says_nothing_of_the_reference():
    row = one("Sak 17/2024;;0301;2024;")

    assert b"17" not in row.draft.body.replace(row.draft.event_id.encode(), b"")
    assert "17/2024" not in row.draft.event_id


def test_shares_of_districts_add_up_to_at_most_the_decision():
    heading = "Kommune;År;Antall;Vedtaksdato;Bydeler"

    good = one('0301;2024;20;2024-01-10;"030101=12; Grünerløkka=8"', heading)
    bad = one('0301;2024;20;2024-01-10;"30101=12; 030102=9"', heading)

    assert data_of(good)["districts"] == [{"code": "030101", "persons": 12}, {"code": "030102", "persons": 8}]
    assert rules_of(bad) == ["shares-above-quota"]


@pytest.mark.parametrize("kind", Kind)
def test_every_handling_and_column_has_its_names(kind):
    fields = [column.field for column in COLUMNS[kind]]

    assert len(set(fields)) == len(fields)
    assert all(column.name.nb and column.name.en and column.help.nb for column in COLUMNS[kind])
    assert all(text.nb and text.en for _, text in HANDLINGS[kind].values())
    assert any(column.reads is Reads.HANDLING for column in COLUMNS[kind])
