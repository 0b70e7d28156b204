"""The directorate's list of requests, and a municipality's: who has answered, who is late."""

from datetime import date
from typing import Any

from services.chassis.commands.worklist import Look, Told, View, WorkList
from services.contract.facts import Facts
from services.contract.states import State

_IN_FORCE = (State.ISSUED, State.REVISED)


def told(kind: str, facts: Facts, seen: Look, today: date) -> Told:
    """The deadline of a request in force, the answer as far as it has been seen, and whether it is late.

    Late is who has neither answered nor said when, or has said so and let that day pass.
    """
    if kind != "requests":
        return {"deadline": None, "overdue": False}
    deadline = facts.get("answerBy")
    if facts["state"] not in _IN_FORCE:
        return {"deadline": deadline, "overdue": False, "answer": None}
    answer = _answer(seen or {})
    latest = max((day for day in (deadline, answer["expectedOn"]) if day is not None), default=None)
    waiting = answer["state"] != "decided"
    overdue = waiting and latest is not None and date.fromisoformat(latest) < today
    return {"deadline": deadline, "overdue": overdue, "answer": answer}


def _answer(seen: Any) -> Told:
    expected = seen.get("expectedOn")
    if seen.get("decided", seen.get("persons") is not None):
        return {"state": "decided", "persons": seen.get("persons"), "expectedOn": None}
    if expected is not None:
        text = f"{expected // 10_000:04d}-{expected // 100 % 100:02d}-{expected % 100:02d}"
        return {"state": "delayed", "persons": None, "expectedOn": text}
    return {"state": "none", "persons": None, "expectedOn": None}


WORKLIST = WorkList(
    kinds=("needs", "figures", "requests"),
    told=told,
    views={
        "unanswered": View(_IN_FORCE, lambda row: row["answer"]["state"] != "decided"),
        "overdue": View(_IN_FORCE, lambda row: bool(row["overdue"])),
        "delayed": View(_IN_FORCE, lambda row: row["answer"]["state"] == "delayed"),
        "answered": View(_IN_FORCE, lambda row: row["answer"]["state"] == "decided"),
    },
    seen="decision",
)
