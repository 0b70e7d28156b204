"""What a document may ask for: each limit just kept and just broken."""

import time

import pytest
from graphql import get_introspection_query, parse

from services.chassis.metrics import GRAPHQL_REJECTED
from services.opendata.graphql.errors import TooMuch
from services.opendata.graphql.executing.documents import read_document
from services.opendata.graphql.limits.size import check_limits
from services.opendata.graphql.schema.schema import schema
from tests.opendata.graphql.asking import Asking


def nested(levels):
    """A query whose innermost field lies ``levels`` deep."""
    return '{ region(code: "0301") {' + "parent {" * (levels - 2) + "name" + "}" * levels


def declaring(number):
    declared = " ".join(f"$v{place}: Boolean = true" for place in range(number))
    used = " ".join(f"... @include(if: $v{place}) {{ id }}" for place in range(number))
    return f"query({declared}) {{ release {{ {used} }} }}"


def of_fragments(number, body):
    spreads = " ".join(f"...F{place}" for place in range(number))
    fragments = " ".join(f"fragment F{place} on Region {{ {body} }}" for place in range(number))
    return f'{{ region(code: "0301") {{ {spreads} }} }} {fragments}'


def doubling(times):
    """Fragments that come to two to the power of ``times`` fields."""
    fragments = " ".join(f"fragment F{n} on Region {{ ...F{n + 1} ...F{n + 1} }}" for n in range(times))
    return f'{{ region(code: "0301") {{ ...F0 }} }} {fragments} fragment F{times} on Region {{ name }}'


def aliases(number):
    return "{ release { " + " ".join(f"a{place}: id" for place in range(number - 1)) + " } }"


KEPT = {
    "depth": nested(15),
    "depth, through fragments": (
        '{ region(code: "0301") { ...F } } fragment F on Region { parent { ...G } } fragment G on Region {'
        + "parent {" * 11
        + "... { name }"
        + "}" * 12
    ),
    "root fields": "{" + " ".join(f"a{place}: release {{ id }}" for place in range(50)) + "}",
    "aliases": aliases(50),
    "repeated fields": "{ release { " + "id " * 50 + "} }",
    "fragments": of_fragments(50, "name"),
    "variables": declaring(49),
    "fields": doubling(9),
    "tokens": "{ release { id } " + "# \n" * 1_990 + "}",
}

BROKEN = {
    "depth": ("depth", nested(16)),
    "depth, through fragments": (
        "depth",
        '{ region(code: "0301") { ...F } } fragment F on Region { parent { ...G } } fragment G on Region {'
        + "parent {" * 13
        + "... { name }"
        + "}" * 14,
    ),
    "depth that the parser can't follow": ("depth", "{" + "a {" * 400 + "b" + "}" * 401),
    "values nested deeper than the parser can follow": ("depth", "{ a(b: " + "[" * 600 + "]" * 600 + ") }"),
    "root fields": ("aliases", "{" + " ".join(f"a{place}: release {{ id }}" for place in range(51)) + "}"),
    "root fields, through a fragment": (
        "aliases",
        "{ ...F } fragment F on Query {" + " ".join(f"release{place} {{ id }}" for place in range(51)) + "}",
    ),
    "root fields, of several operations": (
        "aliases",
        " ".join(f"query Q{place} {{ release {{ id }} }}" for place in range(51)),
    ),
    "aliases": ("aliases", aliases(51)),
    "repeated fields": ("aliases", "{ release { " + "id " * 51 + "} }"),
    "repeated fields, in inline fragments": ("aliases", "{ release { " + "... { id } " * 51 + "} }"),
    "repeated fields of a fragment that nobody uses": (
        "aliases",
        "{ release { id } } fragment F on Release {" + "id " * 60 + "}",
    ),
    "fragments": ("fragments", of_fragments(51, "name")),
    "variables": ("variables", declaring(101)),
    "fields": ("fields", doubling(10)),
    "fields that grow beyond all bounds": ("fields", doubling(45)),
    "tokens": ("tokens", "{ release { id } " + "# \n" * 2_000 + "}"),
    "tokens of one field two thousand times": ("tokens", "{ release { " + "id " * 2_000 + "} }"),
}


@pytest.mark.parametrize("kind", KEPT)
def test_a_document_within_the_limits_is_answered(kind):
    answer = Asking()(KEPT[kind])

    assert "errors" not in answer


@pytest.mark.parametrize("kind", BROKEN)
def test_a_document_beyond_a_limit_is_refused_with_its_name_and_counted(kind):
    reason, query = BROKEN[kind]
    before = GRAPHQL_REJECTED.labels(reason)._value.get()

    answer = Asking()(query)

    [error] = answer["errors"]
    assert error["extensions"] == {"code": f"LIMIT_{reason.upper()}"}
    assert "data" not in answer
    assert GRAPHQL_REJECTED.labels(reason)._value.get() == before + 1


@pytest.mark.parametrize("kind", BROKEN)
def test_a_refusal_takes_little_time(kind):
    _, query = BROKEN[kind]
    ask = Asking()
    ask("{ release { id } }")

    began = time.perf_counter()
    ask(query)

    # A broken limit costs seconds; the bound leaves room for a busy machine.
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    "query",
    [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }",
        '{ region(code: "1") { ...A } } fragment A on Region { parent { ...B } } '
        "fragment B on Region { parent { ...A } }",
    ],
)
def test_fragments_that_lead_in_a_circle_are_refused_as_such(query):
    [error, *_] = Asking()(query)["errors"]

    assert error["extensions"]["code"] in ("GRAPHQL_VALIDATION_FAILED", "LIMIT_DEPTH")


def test_a_fragment_that_does_not_exist_is_refused_as_such():
    error = Asking().error("{ ...Nowhere release { id } }")

    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert "Nowhere" in error["message"]


@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        get_introspection_query(
            specified_by_url=True,
            directive_is_repeatable=True,
            schema_description=True,
            input_value_deprecation=True,
        ),
        # Newer consoles look into lists of lists up to nine times.
        "{ __schema { types { fields(includeDeprecated: true) { args { type { kind name "
        + "ofType { kind name " * 9
        + "} " * 9
        + "} } } } } }",
    ],
)
def test_the_introspection_of_consoles_is_within_the_limits(query):
    assert read_document(schema(), query)


def test_limits_are_checked_whatever_the_document_is_about():
    with pytest.raises(TooMuch):
        check_limits(parse("mutation {" + " ".join(f"a{place}: x" for place in range(51)) + "}"))


def test_definitions_that_are_no_queries_count_nothing():
    assert check_limits(parse("type T { a: Int }")) is None
