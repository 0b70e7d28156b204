"""One run of ``bosatt import imdi``, as it is told to a person or a script."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click
import httpx

from services.chassis.clock import utc_now
from services.chassis.posting.asking import Asking
from services.chassis.posting.door import Door
from services.chassis.posting.patience import DoorClosed, Patience
from services.chassis.posting.released import NotReleased, wait_until_released
from services.cli.terminal import Teller, progress
from services.contract.event_types import COMMAND_SERVICES
from services.contract.labels import Language, Text
from services.contract.partial_date import today_in_oslo
from services.importing import report
from services.importing.classes import Classed, classed
from services.importing.comparing import Existing, Plan, compare
from services.importing.posting import Outcome, post
from services.importing.rows import Unreadable, read_rows
from services.importing.standing import look
from services.importing.years import said_in

LONGEST_LOOK = 20.0
"""Seconds in which a system must answer at first: an address that is wrong is told soon."""

DONE, TROUBLE, WRONG_USE, REFUSED, INTERRUPTED = 0, 1, 2, 3, 130


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for."""

    file: Path
    token: str
    url: str
    map_retired: bool
    existing: Existing
    dry_run: bool
    asks: bool


class Importation:
    """Reads a file, compares it with what stands, posts the rest and waits until it is released."""

    def __init__(self, asked: Asked, language: Language) -> None:
        self._asked = asked
        self._language = language
        self._teller = Teller(language)
        self._outcome = Outcome()
        self._posting = False

    def run(self) -> int:
        """The exit code."""
        try:
            rows = self._rows()
            return self._import(rows)
        except Unreadable as error:
            self._tell_faults(error)
            return WRONG_USE
        except (DoorClosed, NotReleased) as error:
            self._teller.problem(_text_of(error))
            self._how_far()
            return TROUBLE
        except KeyboardInterrupt:
            self._teller.problem(Text("Avbrutt.", "Interrupted."))
            self._how_far()
            return INTERRUPTED
        except OSError as error:
            self._teller.problem(
                Text(f"Kan ikke lese filen: {error.strerror}.", f"Can't read the file: {error.strerror}.")
            )
            return TROUBLE

    def _rows(self) -> list[Classed]:
        asked = self._asked
        with asked.file.open("rb") as file:
            rows = read_rows(file, today_in_oslo(utc_now()).year)
        found = classed(rows, map_retired=asked.map_retired)
        span = report.span_of(found)
        self._teller.say(
            Text(
                f"{asked.file.name}: {len(found)} rader, {span}.",
                f"{asked.file.name}: {len(found)} rows, {span}.",
            )
        )
        self._say_all(report.told_of_rows(found, map_retired=asked.map_retired))
        return found

    def _import(self, rows: list[Classed]) -> int:
        asked = self._asked
        said = said_in(rows)
        with httpx.Client(base_url=asked.url, follow_redirects=False) as client:
            patience = Patience(self._teller.waits, LONGEST_LOOK)
            asking = Asking(client, asked.token, patience)
            requests = Door(client, "requests", asked.token, patience)
            years = len({place.year for place in said}) * len(COMMAND_SERVICES)
            with progress(self._teller.console, Text("Ser etter", "Looking"), self._language, years) as step:
                standing = look(asking, requests, said, lambda: step(1))
            plan = compare(said, standing, asked.existing)
            self._say_all(report.told_of_differences(plan.differences))
            self._say_all(report.told_of_plan(plan))
            if plan.count and (asked.dry_run or self._may_post()):
                self._post(client, plan)
            if not asked.dry_run:
                self._wait(client, max(standing.recorded, self._outcome.recorded))
        self._say_all(report.told_of_refused(self._outcome.refused))
        return REFUSED if self._outcome.refused else DONE

    def _post(self, client: httpx.Client, plan: Plan) -> None:
        asked, outcome = self._asked, self._outcome
        patience = Patience(self._teller.waits)
        doors = {service: Door(client, service, asked.token, patience) for service in COMMAND_SERVICES}
        self._posting = not asked.dry_run
        began = time.monotonic()
        what = Text("Prøver", "Rehearsing") if asked.dry_run else Text("Sender", "Posting")
        with progress(self._teller.console, what, self._language, plan.count) as step:
            post(plan, doors, outcome, step, dry_run=asked.dry_run)
        seconds = time.monotonic() - began
        rate = outcome.answered / max(seconds, 0.001)
        counts = f"{outcome.new}", f"{outcome.duplicates}", f"{len(outcome.refused)}"
        pace = f"{outcome.answered} / {seconds:.1f} s = {rate:.0f}"
        if asked.dry_run:
            self._teller.say(Text(
                f"Prøve, ingenting er lagret: {counts[0]} ville bli lagret, {counts[1]} er der fra før, {counts[2]} ville bli avvist. Hendelser per sekund: {pace}.",
                f"Dry run, nothing is stored: {counts[0]} would be stored, {counts[1]} are there already, {counts[2]} would be refused. Events per second: {pace}.",
            ))  # fmt: skip
        else:
            self._teller.say(Text(
                f"Lagret: {counts[0]} nye, {counts[1]} var der fra før, {counts[2]} avvist. Hendelser per sekund: {pace}.",
                f"Stored: {counts[0]} new, {counts[1]} were there before, {counts[2]} refused. Events per second: {pace}.",
            ))  # fmt: skip

    def _wait(self, client: httpx.Client, recorded: str) -> None:
        if not recorded:
            return
        began = time.monotonic()
        with progress(
            self._teller.console,
            Text("Venter på publisering", "Waiting for the release"),
            self._language,
            None,
        ):
            wait_until_released(client, recorded)
        seconds = time.monotonic() - began
        self._teller.say(
            Text(f"Publisert etter {seconds:.1f} s til.", f"Released, after another {seconds:.1f} s.")
        )

    def _may_post(self) -> bool:
        if not self._asked.asks:
            return True
        question = Text(
            f"Sende dette til {self._asked.url}? Det som er lagret, kan rettes, men ikke slettes.",
            f"Post this to {self._asked.url}? What is stored can be revised, and not deleted.",
        )
        if click.confirm(question.in_language(self._language), default=False):
            return True
        self._teller.say(Text("Ingenting er lagret.", "Nothing was stored."))
        return False

    def _tell_faults(self, error: Unreadable) -> None:
        for fault in error.faults[: report.MOST_TOLD]:
            line = Text(f"Linje {fault.number}", f"Line {fault.number}")
            self._teller.problem(Text(f"{line.nb}: {fault.text.nb}", f"{line.en}: {fault.text.en}"))
        count = len(error.faults)
        self._teller.problem(Text(
            f"{self._asked.file.name}: feil: {count}. Ingenting er lagret.",
            f"{self._asked.file.name}: faults: {count}. Nothing was stored.",
        ))  # fmt: skip

    def _how_far(self) -> None:
        if self._posting:
            done = self._outcome.new + self._outcome.duplicates
            self._teller.say(Text(
                f"{done} hendelser er lagret. Kjør det samme en gang til: ingenting telles to ganger.",
                f"{done} events are stored. Run the same again: nothing is counted twice.",
            ))  # fmt: skip
        else:
            self._teller.say(Text("Ingenting er lagret.", "Nothing was stored."))

    def _say_all(self, texts: Iterable[Text]) -> None:
        for text in texts:
            self._teller.say(text)


def _text_of(error: DoorClosed | NotReleased) -> Text:
    if isinstance(error, DoorClosed):
        return error.text
    return Text(
        "Det som er lagret, er ikke publisert ennå. Se /health/ready.",
        "What is stored is not released yet. Look at /health/ready.",
    )
