"""Answers are kept while a release is the newest, and told by a tag whether they have changed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from werkzeug.http import http_date

from services.chassis.metrics import GRAPHQL_ANSWERS
from services.opendata.graphql.executing import kept_answers
from services.opendata.graphql.executing.kept_answers import KeptAnswers, answer_of, question
from tests.opendata.graphql.asking import NOW, Asking
from tests.opendata.graphql.numbers import RELEASE, NumbersInMemory, Person

QUERY = 'query ($code: ID = "0301") { region(code: $code) { totals(year: 2024) { settled } } }'
NEXT = replace(RELEASE, id="2024-06-21.2", published_at=RELEASE.published_at + timedelta(hours=1))
TODAY = date(2024, 6, 21)
LATER = NOW + timedelta(minutes=1)
STRICT = "application/graphql-response+json"


@pytest.fixture
def numbers():
    return NumbersInMemory([Person("0301", 2024), Person("4601", 2024)])


@pytest.fixture
def asking(numbers):
    return Asking(numbers)


def executed():
    return GRAPHQL_ANSWERS.labels("execution")._value.get()


def get(asking, query=QUERY, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return asking.client.get("/graphql", query_string={"query": query}, headers=named)


def test_the_same_question_is_executed_once_a_release(asking, numbers):
    before = executed()

    first = [asking.data(QUERY), asking.data(QUERY, code="0301"), asking.data(QUERY, code="0301")]
    numbers.persons.append(Person("0301", 2024))
    kept = asking.data(QUERY)
    numbers.release = NEXT
    newer = asking.data(QUERY)

    settled = [one["region"]["totals"]["settled"] for one in (*first, kept, newer)]
    # What has not been released is not seen: a release does not change.
    assert settled == [1, 1, 1, 1, 2]
    assert executed() - before == 3


def test_other_variables_operations_and_days_are_other_questions():
    asked = question("text", None, {"a": 1, "b": 2}, TODAY)

    assert asked == question("text", None, {"b": 2, "a": 1}, TODAY)
    assert len({
        asked,
        question("text", None, {"a": 1, "b": 3}, TODAY),
        question("text", "A", {"a": 1, "b": 2}, TODAY),
        question("text", None, {"a": True, "b": 2}, TODAY),
        question("text", None, {"a": 1.0, "b": 2}, TODAY),
        question("text ", None, {"a": 1, "b": 2}, TODAY),
        question("text", None, {"a": 1, "b": 2}, TODAY + timedelta(days=1)),
    }) == 7  # fmt: skip


def test_an_answer_with_errors_is_not_kept(asking):
    before = executed()
    query = "{ regions(first: 501) { totalCount } }"

    assert [len(asking(query)["errors"]), len(asking(query)["errors"])] == [1, 1]
    assert executed() - before == 2


def test_a_client_that_has_the_answer_is_told_so(asking, numbers):
    answer = get(asking)

    again = get(asking, If_None_Match=answer.headers["ETag"])
    numbers.release = NEXT
    unchanged = get(asking, If_None_Match=answer.headers["ETag"])
    numbers.release = replace(NEXT, id="2024-06-21.3")
    numbers.persons.append(Person("0301", 2024))
    changed = get(asking, If_None_Match=answer.headers["ETag"])

    assert [one.status_code for one in (answer, again, unchanged, changed)] == [200, 304, 304, 200]
    assert again.data == b""
    assert again.headers["ETag"] == answer.headers["ETag"] != changed.headers["ETag"]


def test_the_two_forms_of_an_answer_have_different_tags(asking):
    tags = {get(asking, Accept=form).headers["ETag"] for form in ("application/json", STRICT)}

    assert len(tags) == 2


def test_a_client_is_told_since_when_and_how_long(numbers):
    later = http_date(RELEASE.published_at + timedelta(minutes=10))
    plain = get(Asking(numbers, now=LATER))
    numbers.release = replace(RELEASE, next_at=LATER + timedelta(hours=1))
    due = get(Asking(numbers, now=LATER))

    assert plain.headers["Cache-Control"] == "public, no-cache"
    assert due.cache_control.max_age == 3_600
    assert plain.headers["Last-Modified"] == "Fri, 21 Jun 2024 12:00:00 GMT"
    assert "Accept" in plain.headers["Vary"]
    assert get(Asking(numbers, now=LATER), If_Modified_Since=later).status_code == 304


def test_a_date_that_no_calendar_has_is_none(numbers):
    answer = get(Asking(numbers), If_Modified_Since="Fri, 21 Jun 9999999999 12:00:00 GMT")

    assert (answer.status_code, answer.get_json()["data"]["region"]["totals"]["settled"]) == (200, 1)


def test_while_the_second_of_a_release_lasts_nothing_is_said_of_when(numbers):
    numbers.release = replace(RELEASE, published_at=NOW)

    assert "Last-Modified" not in get(Asking(numbers)).headers


def test_an_answer_by_post_is_never_left_out(asking):
    tag = asking.post(QUERY).headers["ETag"]

    answer = asking.post(QUERY, headers={"If-None-Match": tag})

    assert (answer.status_code, answer.get_json()["data"]["region"]["totals"]["settled"]) == (200, 1)


def test_what_is_kept_is_bounded_by_number_and_by_bytes():
    few, small = KeptAnswers(most=2), KeptAnswers(most_bytes=1_000)
    for number in range(10):
        asked = question(f"q{number}", None, None, TODAY)
        few.keep(asked, answer_of({"n": number}, RELEASE))
        small.keep(asked, answer_of("x" * 300, RELEASE))

    def kept(answers):
        return [n for n in range(10) if answers.find(question(f"q{n}", None, None, TODAY), RELEASE.id)]

    assert kept(few) == [8, 9]
    assert kept(small) == [7, 8, 9]


def test_an_answer_too_large_is_worked_out_anew(monkeypatch):
    monkeypatch.setattr(kept_answers, "LARGEST", 100)
    answers = KeptAnswers()
    asked = question("q", None, None, TODAY)

    answers.keep(asked, answer_of("x" * 101, RELEASE))

    assert answers.find(asked, RELEASE.id) is None


def test_a_late_answer_of_an_older_release_is_not_taken_for_the_newest():
    answers = KeptAnswers()
    asked = question("q", None, None, TODAY)

    answers.keep(asked, answer_of(1, RELEASE))

    assert answers.find(asked, NEXT.id) is None
