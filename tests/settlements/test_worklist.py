"""What a municipality has to answer, to settle, and can correct."""

from tests.chassis.commands.posting import event, new_person


def brought(settlements, *steps):
    person = new_person()
    for name, caller, changes in steps:
        answer = settlements.post(event(name, subject=person, changes=changes), caller)
        assert answer.status_code == 201, answer.text
    return person


ALLOCATED = ("person.allocated", "imdi", {})


def rows(settlements, query, caller="0301"):
    return settlements.get(f"streams?{query}", caller).json["streams"]


def test_allocations_wait_for_an_answer_and_then_for_the_person(settlements):
    waiting = brought(settlements, ALLOCATED)
    accepted = brought(settlements, ALLOCATED, ("allocation.accepted", "0301", {}))
    brought(settlements, ALLOCATED, ("allocation.declined", "0301", {}))

    assert [row["subject"] for row in rows(settlements, "state=unanswered")] == [waiting]
    assert [row["subject"] for row in rows(settlements, "state=awaiting")] == [waiting, accepted]
    assert rows(settlements, "state=unanswered", "4601") == []


def test_a_person_accepted_is_late_when_the_planned_week_is_over(settlements):
    late = brought(settlements, ALLOCATED, ("allocation.accepted", "0301", {"plannedWeek": "2024-W26"}))
    brought(settlements, ALLOCATED, ("allocation.accepted", "0301", {"plannedWeek": "2024-W27"}))
    brought(settlements, ALLOCATED, ("allocation.accepted", "0301", {}))

    (row,) = rows(settlements, "state=overdue")

    assert (row["subject"], row["deadline"], row["overdue"]) == (late, "2024-06-30", True)


def test_nothing_is_due_once_the_person_is_settled(settlements):
    steps = [ALLOCATED, ("allocation.accepted", "0301", {"plannedWeek": "2024-W10"})]
    brought(settlements, *steps, ("person.settled", "0301", {}))

    assert rows(settlements, "state=overdue") == []
    assert [row["deadline"] for row in rows(settlements, "state=correctable&year=2024")] == [None]
