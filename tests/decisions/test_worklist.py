"""What a municipality has promised to decide."""

from tests.chassis.commands.posting import event


def rows(decisions, query=""):
    return decisions.get(f"streams{query}", "0301").json["streams"]


def test_a_promised_answer_is_late_after_its_day(decisions):
    decisions.post(event("answer.delayed", changes={"expectedOn": "2024-06-30"}), "0301")

    (row,) = rows(decisions, "?state=overdue")

    assert (row["subject"], row["deadline"], row["overdue"]) == ("0301/2024", "2024-06-30", True)


def test_a_promise_for_today_is_not_late(decisions):
    decisions.post(event("answer.delayed", changes={"expectedOn": "2024-07-01"}), "0301")

    assert rows(decisions, "?state=overdue") == []
    assert [row["overdue"] for row in rows(decisions, "?state=unanswered")] == [False]


def test_nothing_is_due_once_it_is_decided(decisions):
    decisions.post(event("answer.delayed", changes={"expectedOn": "2024-06-30"}), "0301")
    decisions.post(event("quota.decided"), "0301")

    (row,) = rows(decisions, "?state=in-force")

    assert (row["deadline"], row["overdue"]) == (None, False)
    assert row["facts"]["persons"] == 2100
