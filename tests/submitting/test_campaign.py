"""Rows through the door of a real service: stored once, found again, corrected, interrupted."""

import csv
import io

import pytest

from services.chassis.posting.patience import DoorClosed
from services.contract.labels import Language
from services.submitting.opening import open_sheet
from services.submitting.rejected import REMOVED, write_rejected
from tests.contract.identity_samples import birth_numbers
from tests.servers.databases import BOTH
from tests.submitting.sheets import Submitter, csv_file, looked_at, xlsx_file


@pytest.fixture(params=BOTH)
def backend(request):
    return request.param


PERSONS = [f"2024/{number};;0301;2024-02-{number:02d};kvinne" for number in range(1, 21)]


def streams(service):
    return {event["subject"] for event in service.stored()}


def test_a_dry_run_stores_nothing(settlements):
    report = Submitter(settlements).submit(csv_file(*PERSONS), dry_run=True)

    assert (report.accepted, report.faults) == (20, {})
    assert settlements.stored() == []


def test_good_rows_go_in_and_bad_ones_are_told_by_row(settlements):
    report = Submitter(settlements).submit(csv_file(*PERSONS[:3], "x1;;4601;2024;", "x2;;0301;2024-99;"))

    assert report.accepted == 3
    assert sorted(report.faults) == [5, 6]
    assert len(streams(settlements)) == 3


def test_the_same_file_again_stores_nothing_twice(settlements):
    Submitter(settlements).submit(csv_file(*PERSONS))
    before = settlements.stored()

    again = Submitter(settlements).submit(csv_file(*reversed(PERSONS)))

    assert (again.accepted, again.duplicates, again.faults) == (0, 20, {})
    assert settlements.stored() == before


def test_an_interruption_anywhere_leaves_what_a_second_run_completes(settlements):
    submitter = Submitter(settlements, at_once=3)
    sent = submitter.door.send
    calls = []

    def until_the_plug_is_pulled(events, *, dry_run):
        calls.append(dry_run)
        answers = sent(events, dry_run=dry_run)
        if calls.count(False) == 3:
            raise KeyboardInterrupt
        return answers

    submitter.door.send = until_the_plug_is_pulled
    with pytest.raises(KeyboardInterrupt):
        submitter.submit(csv_file(*PERSONS))
    stored = len(settlements.stored())

    report = Submitter(settlements, at_once=7).submit(csv_file(*PERSONS))

    assert 0 < stored < 20
    assert (report.duplicates, report.accepted) == (stored, 20 - stored)
    assert len(streams(settlements)) == len(settlements.stored()) == 20


def test_streams_are_random_though_ids_are_the_rows_own(settlements):
    Submitter(settlements).submit(csv_file(*PERSONS))
    Submitter(settlements, "importer").submit(csv_file(*PERSONS))

    assert len(streams(settlements)) == 40
    assert len({event["id"] for event in settlements.stored()}) == 20


def test_what_was_reported_is_corrected_and_withdrawn_by_its_reference(settlements):
    Submitter(settlements).submit(csv_file(*PERSONS[:2]))

    report = Submitter(settlements).submit(
        csv_file(
            "2024/1;rettet;0301;2024-03-03;mann",
            "2024/2;trukket;0301;;",
            "2024/1;Rettet;0301;2024-03-04;mann",
        )
    )

    assert (report.accepted, report.faults) == (3, {})
    events = settlements.stored()
    assert [event["type"].split(".")[2:4] for event in events[2:]] == [
        ["settlement", "corrected"],
        ["settlement", "withdrawn"],
        ["settlement", "corrected"],
    ]
    assert events[2]["subject"] == events[0]["subject"] == events[4]["subject"]
    assert events[3]["subject"] == events[1]["subject"]


def test_corrections_again_store_nothing_twice(settlements):
    lines = (PERSONS[0], "2024/1;rettet;0301;2024-03-03;mann", "2024/1;trukket;0301;;")
    Submitter(settlements).submit(csv_file(*lines))

    report = Submitter(settlements).submit(csv_file(*lines))

    assert (report.accepted, report.duplicates, report.faults) == (0, 3, {})


def test_reported_and_corrected_in_one_file_across_batches(settlements):
    report = Submitter(settlements, at_once=2).submit(
        csv_file(*PERSONS[:5], *(f"2024/{number};rettet;0301;2024-03-03;mann" for number in range(1, 6)))
    )

    assert (report.accepted, report.faults) == (10, {})
    assert len(streams(settlements)) == 5


def test_nothing_to_correct_is_told(settlements):
    report = Submitter(settlements).submit(
        csv_file("2024/9;rettet;0301;2024-03-03;mann", "2024/9;trukket;0301;;")
    )

    assert settlements.stored() == []
    assert "ikke meldt noe" in report.faults[2][0].text.nb
    assert sorted(report.faults) == [2, 3]


def test_the_reference_reported_with_other_content_says_what_to_do(settlements):
    Submitter(settlements).submit(csv_file(PERSONS[0]))

    report = Submitter(settlements).submit(csv_file("2024/1;;0301;2023-12-31;mann"))

    assert "Rettet" in report.faults[2][0].text.nb
    assert len(settlements.stored()) == 1


def test_a_change_reported_once_more_has_a_number(settlements):
    heading = "Referanse;Handling;Kommune;Bosatt dato;Endring nr."
    there = "1;rettet;0301;2024-03-03;"
    Submitter(settlements).submit(
        csv_file("1;;0301;2024-02-01;", there, "1;rettet;0301;2024-02-01;", heading=heading)
    )

    Submitter(settlements).submit(csv_file("1;rettet;0301;2024-03-03;2", heading=heading))

    assert [event["data"]["settledOn"] for event in settlements.stored()] == [
        "2024-02-01", "2024-03-03", "2024-02-01", "2024-03-03",
    ]  # fmt: skip


def test_a_district_reports_those_settled_in_it(settlements):
    lines = ("1;;;2024-02-01;", "1;trukket;;;")

    report = Submitter(settlements, "030101").submit(csv_file(*lines, "2;;0301;2024;"))

    assert (report.accepted, report.faults) == (3, {})


def test_an_old_settlement_in_a_municipality_that_is_no_more_is_corrected(settlements):
    lines = ("1;;1601;2016;", "1;rettet;1601;2016-05;")

    Submitter(settlements, "importer").submit(csv_file(lines[0]))
    report = Submitter(settlements, "importer").submit(csv_file(lines[1]))

    assert (report.accepted, report.faults) == (1, {})


def test_a_decision_again_is_the_same_and_changed_is_told(decisions):
    heading = "Kommune;År;Antall;Vedtaksdato;Handling"
    Submitter(decisions).submit(csv_file("0301;2024;20;2024-01-10;", heading=heading))

    again = Submitter(decisions).submit(csv_file("301;2024;20;10.01.2024;vedtatt", heading=heading))
    other = Submitter(decisions).submit(csv_file("0301;2024;21;2024-01-10;", heading=heading))
    revised = Submitter(decisions).submit(csv_file("0301;2024;21;2024-02-10;endret", heading=heading))

    assert again.duplicates == 1
    assert "Endret" in other.faults[2][0].text.nb
    assert revised.accepted == 1


def test_requests_are_posted_by_the_directorate_and_by_nobody_else(requests):
    sheet = ("Kommune;År;Antall;Anmodet dato;Svarfrist", "0301;2024;20;2023-11-01;2024-02-01")

    refused = Submitter(requests).submit(csv_file(sheet[1], heading=sheet[0]))
    posted = Submitter(requests, "imdi").submit(csv_file(sheet[1], heading=sheet[0]))

    assert 2 in refused.faults
    assert posted.accepted == 1


def test_whole_events_are_posted_as_they_are(decisions):
    line = (
        b'{"specversion": "1.0", "id": "a", "source": "urn:a", "type": "no.bosatt.quota.decided.v1", '
        b'"data": {"municipality": "0301", "year": 2024, "persons": 1, "decidedOn": "2024"}}\n'
    )

    first = Submitter(decisions).submit(io.BytesIO(line))
    again = Submitter(decisions).submit(io.BytesIO(line))

    assert (first.accepted, again.duplicates) == (1, 1)
    assert decisions.stored()[0]["id"] == "a"


def test_without_a_good_token_the_door_is_closed(settlements):
    submitter = Submitter(settlements)
    submitter.door._headers["Authorization"] = "Bearer none"

    with pytest.raises(DoorClosed, match="token"):
        submitter.submit(csv_file(PERSONS[0]))


def test_rejected_rows_are_mended_in_their_file_and_submitted_again(settlements):
    sheet = csv_file(PERSONS[0], "2024/2;;0301;2024-13-01;kvinne", "=1+1;;0301;i går;")
    report = Submitter(settlements).submit(sheet)
    file = io.BytesIO()

    write_rejected(open_sheet(sheet, None, None)[0], report.faults_as_text(Language.NB), file, Language.NB)

    rows = list(csv.reader(file.getvalue().decode("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0][-1] == "Feil"
    assert [row[0] for row in rows[1:]] == ["2024/2", "=1+1"]
    assert "Bosatt dato" in rows[1][-1]
    mended = io.BytesIO(
        file.getvalue().replace(b"2024-13-01", b"2024-02-01").replace("i går".encode(), b"2024")
    )
    again = Submitter(settlements).submit(mended)
    assert (again.accepted, again.faults) == (2, {})


@pytest.mark.parametrize("form", ["csv", "xlsx", "ndjson"])
def test_a_file_of_rejected_rows_repeats_no_identity_number(form):
    number = next(birth_numbers(1, 4))
    if form == "csv":
        sheet = csv_file(f"1;;0301;i går;{number}")
    elif form == "xlsx":
        sheet = xlsx_file(
            ["Referanse", "Kommune", "Bosatt dato", "Navn"], ["1", "0301", "i går", int(number)]
        )
    else:
        sheet = io.BytesIO(
            b'{"reference": "1", "municipality": "0301", "settledOn": "x", "sex": "%s"}' % number.encode()
        )
    table, _ = open_sheet(sheet, None, None)
    file = io.BytesIO()

    write_rejected(table, {row.row.number: "Feil her" for row in looked_at(sheet)}, file, Language.NB)

    if form == "xlsx":
        import openpyxl

        told = repr([[cell.value for cell in row] for row in openpyxl.load_workbook(file).active.iter_rows()])
    else:
        told = file.getvalue().decode("utf-8-sig")
    assert REMOVED in told
    assert number.lstrip("0") not in told
    assert "Feil her" in told
