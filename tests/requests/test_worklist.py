"""On Monday morning: which municipalities have not answered, and which of them are late."""

from datetime import UTC, datetime

import pytest

from tests.chassis.commands.posting import event

ASKED = ("0301", "4601", "5001", "1103")


def asked(requests, **by_municipality):
    for code in ASKED:
        changes = {"municipality": code, "answerBy": by_municipality.get(f"m{code}", "2024-03-01")}
        assert requests.post(event("request.issued", changes=changes), "imdi").status_code == 201


def of(code, name, **changes):
    return event(name, changes={"municipality": code, **changes})


def listed(requests, state, caller="imdi"):
    answer = requests.get(f"streams?state={state}&year=2024", caller)
    assert answer.status_code == 200, answer.text
    return [row["municipality"] for row in answer.json["streams"]]


def row_of(requests, code):
    (row,) = requests.get(f"streams?municipality={code}", "imdi").json["streams"]
    return row


def test_who_has_not_answered_is_told_and_who_of_them_is_late(requests):
    asked(requests, m5001="2024-09-01")
    requests.observe(of("0301", "quota.decided"))

    assert listed(requests, "unanswered") == ["4601", "5001", "1103"]
    assert listed(requests, "overdue") == ["4601", "1103"]
    assert listed(requests, "answered") == ["0301"]


def test_who_has_said_when_is_late_only_after_that_day(requests):
    asked(requests)
    requests.observe(
        of("0301", "answer.delayed", expectedOn="2024-07-01"),
        of("4601", "answer.delayed", expectedOn="2024-06-30"),
    )

    assert listed(requests, "delayed") == ["0301", "4601"]
    assert listed(requests, "overdue") == ["4601", "5001", "1103"]
    assert row_of(requests, "0301")["answer"] == {
        "state": "delayed",
        "persons": None,
        "expectedOn": "2024-07-01",
    }


def test_a_deadline_has_passed_when_its_day_is_over_in_norway(requests):
    asked(requests, m0301="2024-07-01")
    requests.clock.now = datetime(2024, 7, 1, 21, 59, tzinfo=UTC)
    on_the_day = row_of(requests, "0301")["overdue"]
    requests.clock.now = datetime(2024, 7, 1, 22, 0, tzinfo=UTC)

    assert (on_the_day, row_of(requests, "0301")["overdue"]) == (False, True)


def test_a_request_without_a_deadline_is_never_late(requests):
    requests.post(event("request.issued"), "imdi")

    row = row_of(requests, "0301")

    assert (row["deadline"], row["overdue"]) == (None, False)


def test_a_withdrawn_decision_is_waited_for_again_and_a_revised_one_is_not(requests):
    asked(requests)
    requests.observe(
        of("0301", "quota.decided"),
        of("0301", "quota.withdrawn"),
        of("4601", "quota.decided"),
        of("4601", "quota.revised", persons=None),
    )

    assert listed(requests, "answered") == ["4601"]
    assert "0301" in listed(requests, "overdue")


def test_nobody_is_waited_for_where_the_request_was_withdrawn(requests):
    asked(requests)
    requests.post(of("4601", "request.withdrawn"), "imdi")

    assert "4601" not in listed(requests, "unanswered")
    assert row_of(requests, "4601")["answer"] is None


def test_a_municipality_sees_its_own_deadline(requests):
    asked(requests)

    assert listed(requests, "overdue", "4601") == ["4601"]


def test_a_delayed_answer_without_a_real_day_is_left_out(requests):
    with pytest.raises(ValueError, match="isoformat"):
        requests.observe(of("0301", "answer.delayed", expectedOn="2024-02-31x"))


def test_pages_of_the_late_follow_one_another(requests):
    asked(requests)
    requests.observe(of("4601", "quota.decided"))

    found, path = [], "streams?state=overdue&first=1"
    while path is not None:
        answer = requests.get(path, "imdi")
        found += [row["municipality"] for row in answer.json["streams"]]
        link = answer.headers.get("Link")
        path = None if link is None else link.partition(">")[0].removeprefix("<")

    assert found == ["0301", "5001", "1103"]
