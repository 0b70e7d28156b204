"""Where municipalities stand with their answers, by a year's sheet. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from services.contract.regions import Level, Region
from services.contract.states import State
from services.opendata.release.answers import DecisionStatus
from services.opendata.release.sheets import Sheet

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Answer:
    """When an answer is due and where it stands."""

    by: date | None = None
    expected_on: date | None = None
    accepts_unaccompanied_minors: bool | None = None
    status: DecisionStatus | None = None


def answer_in(sheet: Sheet, region: Region) -> Answer:
    """A municipality's answer; of one that several came together in, as far as they agree."""
    if region.level is not Level.MUNICIPALITY:
        return Answer()
    answers = [
        _answer(sheet.facts.get((code, "request"), {}), sheet.facts.get((code, "decision"), {}))
        for code in sheet.borders.touching(region.code)
    ]
    if len(answers) == 1:
        return answers[0]
    return Answer(
        by=_agreed({answer.by for answer in answers}),
        expected_on=_agreed({answer.expected_on for answer in answers}),
        accepts_unaccompanied_minors=_agreed({answer.accepts_unaccompanied_minors for answer in answers}),
        status=_agreed({answer.status for answer in answers}),
    )


def _agreed(told: set[Told | None]) -> Told | None:
    return next(iter(told)) if len(told) == 1 else None


def _answer(request: dict[str, Any], decision: dict[str, Any]) -> Answer:
    return Answer(
        by=_date(request.get("answerBy")),
        expected_on=_date(decision.get("expectedOn")),
        accepts_unaccompanied_minors=decision.get("acceptsUnaccompaniedMinors"),
        status=_status(request, decision),
    )


def _status(request: dict[str, Any], decision: dict[str, Any]) -> DecisionStatus:
    state = decision.get("state")
    if state in (State.DECIDED, State.REVISED):
        return DecisionStatus.DECIDED
    if state == State.DELAYED:
        return DecisionStatus.DELAYED
    if state == State.WITHDRAWN:
        return DecisionStatus.WITHDRAWN
    if request.get("state") in (State.ISSUED, State.REVISED):
        return DecisionStatus.ASKED
    return DecisionStatus.NOT_ASKED


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
