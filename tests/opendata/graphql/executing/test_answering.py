"""One release a request, and what is counted."""

from contextlib import contextmanager

import pytest

from services.chassis.metrics import GRAPHQL_DURATION, GRAPHQL_OPERATIONS
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory


def counted():
    return {
        (sample.labels["operation_type"], sample.labels["outcome"]): sample.value
        for sample in GRAPHQL_OPERATIONS.collect()[0].samples
        if sample.name.endswith("_total")
    }


@pytest.mark.parametrize(
    ("query", "kind", "outcome"),
    [
        ("{ release { id } }", "query", "ok"),
        ("{ regions(first: 501) { totalCount } }", "query", "partial"),
        ("query ($code: ID!) { region(code: $code) { name } }", "query", "error"),
        ("{ nothing }", "unknown", "error"),
        ("{", "unknown", "error"),
        ("{ release { " + "id " * 51 + "} }", "unknown", "rejected"),
    ],
)
def test_an_operation_is_counted_by_its_outcome_and_timed(query, kind, outcome):
    before, timed = counted(), GRAPHQL_DURATION._sum.get()

    Asking()(query)

    assert {key: value for key, value in counted().items() if value != before.get(key, 0)} == {
        (kind, outcome): before.get((kind, outcome), 0) + 1
    }
    assert GRAPHQL_DURATION._sum.get() > timed


class Counting:
    """Counts how often a release is opened and closed."""

    def __init__(self):
        self.opened = self.closed = 0

    @contextmanager
    def open(self):
        self.opened += 1
        yield NumbersInMemory()
        self.closed += 1


def test_one_release_is_opened_for_a_request_however_much_it_asks():
    numbers = Counting()

    Asking(open_numbers=numbers.open)(
        '{ release { id } region(code: "NO") { history { year } totals(year: 2024) { settled } } }'
    )

    assert (numbers.opened, numbers.closed) == (1, 1)


@pytest.mark.parametrize("query", ["{", "{ nothing }", "{ release { " + "id " * 51 + "} }"])
def test_no_release_is_opened_for_what_is_refused(query):
    numbers = Counting()

    Asking(open_numbers=numbers.open)(query)

    assert numbers.opened == 0


def test_a_release_that_can_not_be_opened_is_a_problem_without_its_text():
    @contextmanager
    def broken():
        raise RuntimeError("/srv/secret.db is locked")
        yield

    response = Asking(open_numbers=broken).post("{ release { id } }")

    assert response.status_code == 500
    assert response.content_type == "application/problem+json"
    assert "secret" not in response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("operation", "outcome"),
    [
        ("A", {"data": {"release": {"id": "2024-06-21.1"}}}),
        ("B", {"data": {"region": {"name": "Oslo"}}}),
    ],
)
def test_of_several_operations_the_one_named_is_answered(operation, outcome):
    text = 'query A { release { id } } query B { region(code: "0301") { name } }'

    response = Asking().client.post("/graphql", json={"query": text, "operationName": operation})

    assert response.get_json() == {
        **outcome,
        "extensions": {"cost": {"requested": 1, "limit": 25_000}},
    }


@pytest.mark.parametrize("operation", [None, "C"])
def test_an_operation_that_is_not_named_or_not_there_is_an_error(operation):
    text = 'query A { release { id } } query B { region(code: "0301") { name } }'

    response = Asking().client.post("/graphql", json={"query": text, "operationName": operation})

    [error] = response.get_json()["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize("operation", ["mutation", "subscription"])
def test_nothing_but_queries_is_there_to_be_executed(operation):
    answer = Asking()(operation + " { anything }")

    assert "data" not in answer
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
