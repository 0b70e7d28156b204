"""A municipality's list of persons: allocations that wait for its answer, who is to come, who has come."""

from datetime import date, timedelta

from services.chassis.commands.worklist import Look, Told, View, WorkList, plain_deadline
from services.contract.facts import Facts
from services.contract.states import State


def told(_kind: str, facts: Facts, _seen: Look, today: date) -> Told:
    """The end of the week for which the municipality has planned to settle a person that it accepted."""
    accepted = facts["state"] == State.ACCEPTED
    planned = facts["allocation"].get("plannedWeek") if accepted else None
    deadline = None
    if planned is not None:
        year, week = planned.split("-W")
        deadline = (date.fromisocalendar(int(year), int(week), 1) + timedelta(days=6)).isoformat()
    return plain_deadline(deadline, waiting=accepted, today=today)


WORKLIST = WorkList(
    kinds=("settlements",),
    told=told,
    by_district=True,
    views={
        "unanswered": View((State.ALLOCATED,)),
        "awaiting": View((State.ALLOCATED, State.ACCEPTED)),
        "correctable": View((State.SETTLED, State.CORRECTED)),
        "overdue": View((State.ACCEPTED,), lambda row: bool(row["overdue"])),
    },
)
