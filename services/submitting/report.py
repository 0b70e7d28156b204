"""What became of the rows of a file, kept as it is found: counts, and the faults by row."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from services.chassis.posting.door import Answer
from services.contract.labels import Language
from services.submitting.checking import Checked
from services.submitting.drafts import Draft
from services.submitting.findings import Finding
from services.submitting.opening import Looks
from services.submitting.wording import told

MOST_NOTES = 1_000
"""Notes that are kept; faults are kept for every row, to be mended."""


@dataclass(slots=True)
class Report:
    """The rows of one file: read, faulty, rehearsed, posted."""

    rows: int = 0
    examples: int = 0
    accepted: int = 0
    duplicates: int = 0
    unrehearsed: int = 0
    faults: dict[int, list[Finding]] = field(default_factory=dict)
    seen: list[Finding] = field(default_factory=list)
    said: list[Finding] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    def note_checked(self, checked: Checked) -> None:
        """A row was looked at."""
        if checked.is_example:
            self.examples += 1
            return
        self.rows += 1
        if checked.faults:
            self.faults[checked.row.number] = checked.faults
        elif checked.draft is not None:
            self.drafts.append(checked.draft)
        self.seen += checked.notes[: MOST_NOTES - len(self.seen)]

    def note_answer(self, looks: Looks, draft: Draft, answer: Answer) -> None:
        """A service has said what it makes of a row's event."""
        if answer.status == "accepted":
            self.accepted += 1
        elif answer.status == "duplicate":
            self.duplicates += 1
        elif answer.status == "rejected":
            self.faults[draft.row] = [looks.finding(draft.row, *error) for error in answer.errors]
        else:
            self.unrehearsed += 1
        for warning in answer.warnings[: max(0, MOST_NOTES - len(self.said))]:
            text = told(str(warning.get("message", "")))
            self.said.append(Finding(draft.row, str(warning.get("code", "")), text))

    def begin_answers(self) -> None:
        """Forget the counts and notes of an earlier round of answers, but not the faults."""
        self.accepted = self.duplicates = self.unrehearsed = 0
        self.said = []

    @property
    def notes(self) -> list[Finding]:
        """What is to be looked at but hinders nothing: what was seen in the rows, and what a service said."""
        return [*self.seen, *self.said]

    @property
    def good(self) -> list[Draft]:
        """The drafts of rows in which nothing is wrong, as far as is known."""
        return [draft for draft in self.drafts if draft.row not in self.faults]

    def findings(self) -> Iterator[Finding]:
        """Every fault, by row."""
        for row in sorted(self.faults):
            yield from self.faults[row]

    def faults_as_text(self, language: Language) -> dict[int, str]:
        """For each faulty row what is wrong with it, as one text."""
        return {
            row: " ".join(_brief(finding, language) for finding in findings)
            for row, findings in self.faults.items()
        }


def _brief(finding: Finding, language: Language) -> str:
    text = finding.text.in_language(language)
    return text if finding.column is None else f"{finding.column}: {text}"
