"""One run of ``bosatt submit``, as it is told to a person or a script."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import click
import httpx
import jwt

from services.chassis.clock import utc_now
from services.chassis.posting.door import Answer, Door
from services.chassis.posting.patience import DoorClosed, Patience
from services.cli.terminal import Teller, progress
from services.contract.labels import Language, Text
from services.contract.partial_date import today_in_oslo
from services.submitting.campaign import Campaign, OnAnswer
from services.submitting.columns import Kind
from services.submitting.drafts import Draft
from services.submitting.findings import Unreadable
from services.submitting.opening import Looks, checker_of, open_sheet
from services.submitting.rejected import write_rejected
from services.submitting.report import Report
from services.submitting.tables import Table

DONE, TROUBLE, WRONG_USE, ROWS_REJECTED, INTERRUPTED = 0, 1, 2, 3, 130

Send = Callable[[list[Draft], OnAnswer], None]

MOST_TOLD = 50
"""Faults that are told on the screen; the file of rejected rows has all."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for."""

    file: Path
    kind: str | None
    sheet: str | None
    token: str
    url: str
    dry_run: bool
    asks: bool
    rejected: Path | None


class Submission:
    """Reads, checks, rehearses and posts one file."""

    def __init__(self, plan: Plan, language: Language) -> None:
        self._plan = plan
        self._language = language
        self._teller = Teller(language)
        self._report = Report()
        self._posting = False
        self._told: set[int] = set()

    def run(self) -> int:
        """The exit code."""
        try:
            with self._plan.file.open("rb") as file:
                return self._run(file)
        except Unreadable as error:
            self._teller.problem(error.text)
            return WRONG_USE
        except DoorClosed as error:
            self._teller.problem(error.text)
            self._how_far()
            return TROUBLE
        except KeyboardInterrupt:
            self._teller.problem(Text("Avbrutt.", "Interrupted."))
            self._how_far()
            return INTERRUPTED
        except OSError as error:
            self._teller.problem(
                Text(f"Kan ikke bruke filen: {error.strerror}.", f"Can't use the file: {error.strerror}.")
            )
            return TROUBLE

    def _run(self, file: BinaryIO) -> int:
        plan, report = self._plan, self._report
        kind = None if plan.kind is None else Kind(plan.kind)
        table, kind = open_sheet(file, kind, plan.sheet)
        looks = checker_of(table, kind, today_in_oslo(utc_now()), _own(plan.token))
        self._check(looks)
        self._teller.say(Text(
            f"{plan.file.name}: rader: {report.rows}, med feil: {len(report.faults)}.",
            f"{plan.file.name}: rows: {report.rows}, with faults: {len(report.faults)}.",
        ))  # fmt: skip
        for name in looks.left_out():
            self._teller.say(
                Text(
                    f"Kolonnen «{name}» er ukjent og sendes ikke.",
                    f"The column “{name}” is not known and not sent.",
                )
            )
        with httpx.Client(base_url=plan.url, timeout=60, follow_redirects=False) as client:
            campaign = Campaign(Door(client, kind, plan.token, Patience(self._teller.waits)))
            self._through(Text("Prøver", "Rehearsing"), campaign.rehearse, report.good, looks)
            self._tell_findings()
            if not plan.dry_run and report.good and self._may_post():
                self._posting = True
                good = report.good
                report.begin_answers()
                self._through(Text("Sender", "Posting"), campaign.post, good, looks)
        return self._end(table)

    def _check(self, looks: Looks) -> None:
        with progress(self._teller.console, Text("Leser", "Reading"), self._language, None) as step:
            for checked in looks.check():
                self._report.note_checked(checked)
                step(1)

    def _through(self, what: Text, send: Send, drafts: list[Draft], looks: Looks) -> None:
        with progress(self._teller.console, what, self._language, len(drafts)) as step:

            def answered(draft: Draft, answer: Answer) -> None:
                self._report.note_answer(looks, draft, answer)
                step(1)

            send(drafts, answered)

    def _may_post(self) -> bool:
        if not self._plan.asks:
            return True
        faults, good = len(self._report.faults), len(self._report.good)
        question = Text(
            f"Send inn {good} rader" + (f" og la {faults} med feil ligge?" if faults else "?"),
            f"Post {good} rows" + (f" and leave {faults} with faults?" if faults else "?"),
        )
        return click.confirm(question.in_language(self._language), default=not faults)

    def _end(self, table: Table) -> int:
        report, dry = self._report, self._plan.dry_run
        if self._posting:
            self._tell_late_findings()
            self._teller.say(Text(
                f"Lagret: {report.accepted} nye, {report.duplicates} var der fra før, {len(report.faults)} avvist.",
                f"Stored: {report.accepted} new, {report.duplicates} were there before, {len(report.faults)} rejected.",
            ))  # fmt: skip
        elif dry:
            self._teller.say(Text(
                f"Prøve, ingenting er lagret: {report.accepted + report.unrehearsed} ville bli lagret, "
                f"{report.duplicates} er der fra før, {len(report.faults)} ville bli avvist.",
                f"Dry run, nothing is stored: {report.accepted + report.unrehearsed} would be stored, "
                f"{report.duplicates} are there already, {len(report.faults)} would be rejected.",
            ))  # fmt: skip
        else:
            self._teller.say(Text("Ingenting er lagret.", "Nothing was stored."))
        if not report.faults:
            return DONE
        if not dry:
            self._write_rejected(table)
        return ROWS_REJECTED

    def _write_rejected(self, table: Table) -> None:
        path = self._plan.rejected or rejected_path(self._plan.file)
        with path.open("wb") as file:
            write_rejected(table, self._report.faults_as_text(self._language), file, self._language)
        self._teller.say(Text(
            f"Radene som ble avvist, ligger i {path}. Rett dem der, og send inn den filen.",
            f"The rejected rows are in {path}. Mend them there, and submit that file.",
        ))  # fmt: skip

    def _tell_findings(self) -> None:
        for number, finding in enumerate(self._report.findings()):
            if number == MOST_TOLD:
                self._teller.say(Text("… og flere.", "… and more."))
                break
            self._teller.console.print(finding.sentence(self._language), markup=False)
        for note in self._report.notes[:MOST_TOLD]:
            word = "Merk" if self._language is Language.NB else "Note"
            self._teller.console.print(f"{word}: {note.sentence(self._language)}", markup=False)
        self._told = set(self._report.faults)

    def _tell_late_findings(self) -> None:
        """What only posting brought to light."""
        late = [finding for finding in self._report.findings() if finding.row not in self._told]
        for finding in late[:MOST_TOLD]:
            self._teller.console.print(finding.sentence(self._language), markup=False)

    def _how_far(self) -> None:
        if self._posting:
            done = self._report.accepted + self._report.duplicates
            self._teller.say(Text(
                f"{done} rader er lagret. Kjør det samme en gang til: ingenting telles to ganger.",
                f"{done} rows are stored. Run the same again: nothing is counted twice.",
            ))  # fmt: skip
        else:
            self._teller.say(Text("Ingenting er lagret.", "Nothing was stored."))


def rejected_path(file: Path) -> Path:
    """Beside the file, under a name that is free: what somebody mends is never written over."""
    stem = re.sub(r"-rejected(-[0-9]+)?$", "", file.stem)
    for number in itertools.count(1):
        path = file.with_name(f"{stem}-rejected{'' if number == 1 else f'-{number}'}{file.suffix}")
        if not path.exists():
            return path
    raise AssertionError("numbers do not end")


def _own(token: str) -> str | None:
    """Whose code a token of the local issuer carries, to fill in where a row leaves the municipality blank.

    Only read: the service checks the token and whose data the rows are.
    """
    try:
        subject = jwt.decode(token, options={"verify_signature": False}).get("sub")
    except jwt.InvalidTokenError:
        return None
    return subject if isinstance(subject, str) and subject.isdigit() and len(subject) in (4, 6) else None
