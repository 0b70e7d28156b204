"""Errors: each with a code, none with anything internal."""

import pytest
from structlog.testing import capture_logs

from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory


class Broken(NumbersInMemory):
    """A release that can't be read, or whose values make no sense."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def totals(self, region, year, map_year=None):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_an_unforeseen_error_says_nothing_of_itself_and_is_logged_once():
    with capture_logs() as logs:
        error = Asking(Broken(RuntimeError("SELECT secret"))).error(
            '{ region(code: "0301") { totals(year: 2024) { settled } } }'
        )

    assert error["message"] == "Internal error"
    assert error["extensions"] == {"code": "INTERNAL"}
    assert error["path"] == ["region", "totals"]
    assert error["locations"] == [{"line": 1, "column": 26}]
    assert [entry for entry in logs if entry["log_level"] == "error"] == [
        {"event": "graphql.field-failed", "error": "RuntimeError", "log_level": "error"}
    ]


def test_a_value_that_can_not_be_written_out_is_an_unforeseen_error():
    numbers = NumbersInMemory(known={("0301", 2024): {"settled": 2**40}})

    error = Asking(numbers).error('{ region(code: "0301") { totals(year: 2024) { settled } } }')

    assert error["message"] == "Internal error"
    assert error["extensions"] == {"code": "INTERNAL"}


def test_an_attribute_that_is_not_there_is_an_unforeseen_error_and_not_null():
    error = Asking(Broken(object())).error('{ region(code: "0301") { totals(year: 2024) { settled } } }')

    assert error["extensions"] == {"code": "INTERNAL"}


@pytest.mark.parametrize(
    ("query", "code", "told"),
    [
        ("{ region(code: ", "GRAPHQL_PARSE_FAILED", "Syntax Error"),
        ("{ regon { name } }", "GRAPHQL_VALIDATION_FAILED", "Cannot query field 'regon'"),
        ("{ region { name } }", "GRAPHQL_VALIDATION_FAILED", "is required"),
        ('{ region(code: "0301") }', "GRAPHQL_VALIDATION_FAILED", "subfields"),
        ('{ region(code: "0301", on: "2024-02-30") { name } }', "GRAPHQL_VALIDATION_FAILED", "Write a day"),
        ('{ region(code: "0301", on: "2024-05") { name } }', "GRAPHQL_VALIDATION_FAILED", "Write a day"),
        ('{ region(code: "0301", on: "20240517") { name } }', "GRAPHQL_VALIDATION_FAILED", "Write a day"),
        ('{ region(code: "0301", on: 2024) { name } }', "GRAPHQL_VALIDATION_FAILED", "Write a day"),
        (
            '{ region(code: "0301") { history(asOf: "2024-06-21T12:00:00") { year } } }',
            "GRAPHQL_VALIDATION_FAILED",
            "Write a moment",
        ),
        ("{ regions(level: CITY) { totalCount } }", "GRAPHQL_VALIDATION_FAILED", "CITY"),
        ('{ regions(first: "9") { totalCount } }', "GRAPHQL_VALIDATION_FAILED", "Int"),
    ],
)
def test_what_is_wrong_with_a_document_is_told_with_its_place(query, code, told):
    answer = Asking()(query)

    [error] = answer["errors"]
    assert "data" not in answer
    assert error["extensions"] == {"code": code}
    assert told in error["message"]
    assert error["locations"][0]["line"] == 1


@pytest.mark.parametrize(
    ("declared", "value", "told"),
    [
        ("Date", "2024-13-01", "Write a day"),
        ("Date", 20240517, "Write a day"),
        ("Date", "", "Write a day"),
    ],
)
def test_what_is_wrong_with_a_variable_is_told_with_its_place(declared, value, told):
    answer = Asking()(f'query ($on: {declared}) {{ region(code: "0301", on: $on) {{ name }} }}', on=value)

    [error] = answer["errors"]
    assert "data" not in answer
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert told in error["message"]
    assert error["locations"] == [{"line": 1, "column": 8}]


def test_a_variable_that_is_needed_and_missing_is_told():
    error = Asking().error("query ($code: ID!) { region(code: $code) { name } }")

    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert "$code" in error["message"]


def test_an_argument_that_turns_out_null_is_told_on_its_field():
    answer = Asking()(
        'query ($by: [Dimension!] = [SEX]) { region(code: "0301") '
        "{ name breakdown(year: 2024, by: $by) { persons } } }",
        by=None,
    )

    [error] = answer["errors"]
    assert answer["data"] == {"region": {"name": "Oslo", "breakdown": []}}
    assert error["path"] == ["region", "breakdown"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


def test_all_mistakes_of_a_document_are_told_at_once():
    answer = Asking()("{ a b c }")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"] * 3
