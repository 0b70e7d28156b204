"""A file on its way in: received, looked at, tried, posted. Held in memory; never written anywhere."""

import csv
import io
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import structlog

from services.chassis.posting.door import Answer, Door
from services.chassis.posting.patience import DoorClosed
from services.contract.labels import Language, Text
from services.submitting.campaign import Campaign
from services.submitting.columns import Kind
from services.submitting.drafts import Draft
from services.submitting.findings import Unreadable
from services.submitting.opening import Looks, checker_of, open_sheet
from services.submitting.rejected import write_rejected
from services.submitting.report import Report
from services.submitting.tables import Table

log = structlog.get_logger()

MOST_BYTES = 20 * 1024 * 1024
MOST_SHOWN = 200
"""Faults and receipts on one page; files for download have all."""

_FAILED = Text(
    "Noe gikk galt her. Prøv filen en gang til.", "Something went wrong here. Try the file once more."
)


class Stage(StrEnum):
    RECEIVING = "receiving"
    READING = "reading"
    CHECKING = "checking"
    TRIED = "tried"
    POSTING = "posting"
    POSTED = "posted"
    FAILED = "failed"


WORKING = (Stage.RECEIVING, Stage.READING, Stage.CHECKING, Stage.POSTING)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one row."""

    row: int
    status: str
    stream: str
    recorded: str


@dataclass
class Upload:
    """One file of one session."""

    name: str
    size: int
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    stage: Stage = Stage.RECEIVING
    done: int = 0
    total: int = 0
    kind: Kind | None = None
    left_out: list[str] = field(default_factory=list)
    report: Report = field(default_factory=Report)
    receipts: list[Receipt] = field(default_factory=list)
    failure: Text | None = None
    _content: io.BytesIO = field(default_factory=io.BytesIO)
    _table: Table | None = None
    _looks: Looks | None = None
    _campaign: Campaign | None = None
    _door: Door | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, at: int, part: bytes) -> bool:
        """Take the next part of the file; False where it is not the next, or more than was said."""
        with self._lock:
            there = self._content.seek(0, io.SEEK_END)
            if self.stage is not Stage.RECEIVING or at != there or there + len(part) > self.size:
                return False
            self._content.write(part)
            return True

    @property
    def is_whole(self) -> bool:
        return self._content.seek(0, io.SEEK_END) == self.size

    @property
    def is_working(self) -> bool:
        return self.stage in WORKING

    @property
    def good(self) -> int:
        """Rows that would be, or are, stored anew."""
        return self.report.accepted + self.report.unrehearsed

    def begin(self, stage: Stage) -> bool:
        """Enter a stage of work, once: False where another request has, or it is not its time."""
        before = {Stage.READING: (Stage.RECEIVING,), Stage.POSTING: (Stage.TRIED, Stage.FAILED)}[stage]
        with self._lock:
            if self.stage not in before or (stage is Stage.POSTING and self._campaign is None):
                return False
            self.stage = stage
            return True

    def try_out(self, door_of: Callable[[Kind], Door], today: date, own: str | None) -> None:
        """Look at every row and let the service try those that are good. Stores nothing."""
        self._guarded(lambda: self._try_out(door_of, today, own))

    def post(self) -> None:
        """Post the good rows."""
        self._guarded(self._post)

    def stop(self) -> None:
        """Give up waiting, where anything waits."""
        if self._door is not None:
            self._door.stop()

    def rejected(self, language: Language) -> tuple[str, bytes]:
        """The rows with faults, as a file: its name and content."""
        file = io.BytesIO()
        assert self._table is not None
        with self._lock:
            write_rejected(self._table, self.report.faults_as_text(language), file, language)
        stem = self.name.rpartition(".")[0] or self.name
        return f"{stem}-rejected.{self._table.form}", file.getvalue()

    def receipts_file(self) -> bytes:
        """Every receipt as CSV."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";")
        writer.writerow(["row", "status", "stream", "recordedTime"])
        for receipt in self.receipts:
            writer.writerow([receipt.row, receipt.status, receipt.stream, receipt.recorded])
        return text.getvalue().encode("utf-8-sig")

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (Unreadable, DoorClosed) as error:
            self.failure, self.stage = error.text, Stage.FAILED
        except Exception as error:
            # Its text may hold what stands in the file.
            log.error("upload.failed", error=type(error).__name__)  # noqa: TRY400
            self.failure, self.stage = _FAILED, Stage.FAILED

    def _try_out(self, door_of: Callable[[Kind], Door], today: date, own: str | None) -> None:
        self._table, self.kind = open_sheet(self._content, None, None)
        looks = checker_of(self._table, self.kind, today, own)
        self._looks = looks
        for checked in looks.check():
            self.report.note_checked(checked)
            self.done += 1
        self.left_out = looks.left_out()
        self._door = door_of(self.kind)
        self._campaign = Campaign(self._door)
        good = self.report.good
        self.done, self.total, self.stage = 0, len(good), Stage.CHECKING
        self._campaign.rehearse(good, self._answered(looks))
        self.stage = Stage.TRIED

    def _post(self) -> None:
        assert self._campaign is not None
        assert self._looks is not None
        good = self.report.good
        self.report.begin_answers()
        self.receipts, self.failure = [], None
        self.done, self.total = 0, len(good)
        self._campaign.post(good, self._answered(self._looks))
        self.stage = Stage.POSTED

    def _answered(self, looks: Looks) -> Callable[[Draft, Answer], None]:
        posting = self.stage is Stage.POSTING

        def note(draft: Draft, answer: Answer) -> None:
            self.report.note_answer(looks, draft, answer)
            self.done += 1
            if posting and answer.status in ("accepted", "duplicate") and answer.receipt is not None:
                recorded = str(answer.receipt.get("recordedTime", ""))
                self.receipts.append(Receipt(draft.row, answer.status, answer.stream or "", recorded))

        return note
