"""Sheets as people make them, and what becomes of them."""

import io
from datetime import date

import httpx
import openpyxl

from services.chassis.posting.door import Door
from services.submitting.campaign import Campaign
from services.submitting.opening import checker_of, open_sheet
from services.submitting.report import Report
from tests.chassis.commands.running import token

TODAY = date(2024, 7, 1)
HEADING = "Referanse;Handling;Kommune;Bosatt dato;Kjønn"


def csv_file(*lines, encoding="utf-8", heading=HEADING):
    return io.BytesIO("\n".join((heading, *lines)).encode(encoding))


def xlsx_file(*rows, sheets=("Ark",)):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file


def looked_at(file, kind=None, own=None, sheet=None):
    """Every row of a file, looked at."""
    table, kind = open_sheet(file, kind, sheet)
    return list(checker_of(table, kind, TODAY, own).check())


def data_of(checked):
    assert checked.draft is not None, checked.faults
    return checked.draft.event()["data"]


def rules_of(checked):
    return [finding.rule for finding in checked.faults]


class Submitter:
    """Submits files to a real service, as the command and the page do."""

    def __init__(self, service, caller="0301", at_once=500):
        transport = httpx.WSGITransport(app=service.app, remote_addr="127.0.0.1")
        self.client = httpx.Client(base_url="http://system.test", transport=transport)
        self.door = Door(self.client, service.name, token(caller))
        self.caller = caller
        self.at_once = at_once

    def submit(self, file, *, dry_run=False):
        table, kind = open_sheet(file, None, None)
        looks = checker_of(table, kind, TODAY, self.caller if self.caller.isdigit() else None)
        report = Report()
        for checked in looks.check():
            report.note_checked(checked)
        campaign = Campaign(self.door, self.at_once)
        campaign.rehearse(report.good, lambda draft, answer: report.note_answer(looks, draft, answer))
        if not dry_run:
            good = report.good
            report.begin_answers()
            campaign.post(good, lambda draft, answer: report.note_answer(looks, draft, answer))
        return report
