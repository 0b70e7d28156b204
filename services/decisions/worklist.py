"""A municipality's list of its decisions, and of what it has promised to decide."""

from datetime import date

from services.chassis.commands.worklist import Look, Told, View, WorkList, plain_deadline
from services.contract.facts import Facts
from services.contract.states import State


def told(_kind: str, facts: Facts, _seen: Look, today: date) -> Told:
    """The day that the municipality named for a late answer, until it has decided."""
    delayed = facts["state"] == State.DELAYED
    return plain_deadline(facts.get("expectedOn") if delayed else None, waiting=delayed, today=today)


WORKLIST = WorkList(
    kinds=("decisions",),
    told=told,
    views={
        "unanswered": View((State.DELAYED,)),
        "overdue": View((State.DELAYED,), lambda row: bool(row["overdue"])),
        "in-force": View((State.DECIDED, State.REVISED)),
    },
)
