"""Queries made to cost much, by what is wrong with them, each with the code that it is answered by."""

from typing import Any, NamedTuple


class Hostile(NamedTuple):
    """A query that is to be refused with a code before a step is begun."""

    code: str
    stops_before: str
    query: str
    variables: dict[str, Any] = {}  # noqa: RUF012 - never changed


PARSING, VALIDATION, EXECUTION, RESOLVING = "parse", "validate", "execute", "resolve"


def _joined(number: int, text: str) -> str:
    return " ".join(text.replace("%", str(place)) for place in range(number))


_SPREADS = _joined(40, "...F%")
_TOTALS = "totals(year: 2024) { settled quota region { code } }"
_DEEP_LIST: Any = "x"
for _ in range(500):
    _DEEP_LIST = [_DEEP_LIST]

HOSTILE: dict[str, Hostile] = {
    "one field 2,000 times": Hostile("LIMIT_TOKENS", PARSING, "{ release { " + "id " * 2_000 + "} }"),
    "one field 500 times": Hostile("LIMIT_ALIASES", VALIDATION, "{ release { " + "id " * 500 + "} }"),
    "50 aliases of a list": Hostile(
        "LIMIT_COST",
        EXECUTION,
        "{" + _joined(50, "a%: regions(first: 500) { nodes { code totals(year: 2024) { settled } } }") + "}",
    ),
    "50 short lists that go by a measure": Hostile(
        "LIMIT_COST",
        EXECUTION,
        "{"
        + _joined(
            50,
            "a%: regions(first: 1, orderBy: {measure: SETTLED, year: 20%, direction: ASC}) { totalCount }",
        )
        + "}",
    ),
    "500 aliases of a list": Hostile(
        "LIMIT_TOKENS", PARSING, "{" + _joined(500, "a%: regions(first: 500) { nodes { code } }") + "}"
    ),
    "deep nesting": Hostile(
        "LIMIT_DEPTH", VALIDATION, '{ region(code: "NO") {' + "children {" * 100 + "code" + "}" * 102
    ),
    "nesting deeper than can be parsed": Hostile(
        "LIMIT_DEPTH", VALIDATION, "{" + "a {" * 400 + "b" + "}" * 401
    ),
    "children of parents of children": Hostile(
        "LIMIT_COST",
        EXECUTION,
        '{ region(code: "NO") {' + "children { parent { " * 6 + "code" + "} }" * 6 + "} }",
    ),
    "fragments in a circle": Hostile(
        "GRAPHQL_VALIDATION_FAILED",
        EXECUTION,
        "{ ...F0 } "
        + _joined(39, "fragment F% on Query { ...G% }")
        + _joined(1, "fragment G% on Query { ...F0 }"),
    ),
    "fragments that double": Hostile(
        "LIMIT_FIELDS",
        VALIDATION,
        '{ region(code: "0301") { ...F0 } } fragment F40 on Region { name } '
        + " ".join(f"fragment F{n} on Region {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40)),
    ),
    "fragments with the same fields": Hostile(
        "LIMIT_PAIRS",
        VALIDATION,
        f'{{ region(code: "0301") {{ {_SPREADS} }} }} '
        + _joined(40, f"fragment F% on Region {{ id code name level validFrom {_TOTALS} }}"),
    ),
    "fragments with the same fields that nobody uses": Hostile(
        "LIMIT_PAIRS",
        VALIDATION,
        f"{{ release {{ id }} }} fragment A on Region {{ {_SPREADS} }} "
        + _joined(40, f"fragment F% on Region {{ id code name level validFrom {_TOTALS} }}"),
    ),
    "hundreds of fragments": Hostile(
        "LIMIT_FRAGMENTS", VALIDATION, "{ release { id } } " + _joined(200, "fragment F% on Release { id }")
    ),
    "a huge list of arguments": Hostile(
        "LIMIT_TOKENS", PARSING, "{ regions(" + _joined(2_000, "code%: 1") + ") { totalCount } }"
    ),
    "many unknown arguments": Hostile(
        "GRAPHQL_VALIDATION_FAILED", EXECUTION, "{ regions(" + _joined(600, "code%: 1") + ") { totalCount } }"
    ),
    "a huge list in an argument": Hostile(
        "LIMIT_TOKENS", PARSING, "{ regions(codes: [" + '"0301" ' * 5_000 + "]) { totalCount } }"
    ),
    "a deep list in an argument": Hostile(
        "LIMIT_DEPTH", VALIDATION, "{ regions(codes: " + "[" * 900 + "]" * 900 + ") { totalCount } }"
    ),
    "a deep list in a variable": Hostile(
        "LIMIT_DEPTH",
        EXECUTION,
        "query ($codes: [ID!]) { regions(codes: $codes) { totalCount } }",
        {"codes": _DEEP_LIST},
    ),
    "a variable of the wrong kind, 8,000 times": Hostile(
        "BAD_USER_INPUT",
        RESOLVING,
        'query ($by: [Dimension!]!) { region(code: "0301") { breakdown(year: 2024, by: $by) { persons } } }',
        {"by": ["SEXX"] * 8_000},
    ),
    "a large page in a variable": Hostile(
        "LIMIT_COST",
        EXECUTION,
        "query ($n: Int) { regions(first: $n) { "
        "nodes { series(year: 2024, interval: DAY) { points { period } } } } }",
        {"n": 500},
    ),
    "many operations": Hostile("LIMIT_ALIASES", VALIDATION, _joined(250, "query Q% { release { id } }")),
    "a directive thousands of times": Hostile(
        "LIMIT_TOKENS", PARSING, "{ release { id " + "@include(if: true) " * 3_000 + "} }"
    ),
    "an unknown directive hundreds of times": Hostile(
        "GRAPHQL_VALIDATION_FAILED", EXECUTION, "{ release { id " + "@a " * 900 + "} }"
    ),
    "hundreds of mistyped fields": Hostile(
        "GRAPHQL_VALIDATION_FAILED",
        EXECUTION,
        '{ region(code: "1") { totals(year: 1) {' + _joined(900, "requestedOriginall%") + "} } }",
    ),
    "introspection within introspection": Hostile(
        "GRAPHQL_VALIDATION_FAILED",
        EXECUTION,
        "{ __schema { types { " + "fields { type { " * 6 + "name" + " } }" * 6 + " } } }",
    ),
    "introspection many times": Hostile(
        "LIMIT_COST",
        EXECUTION,
        "{" + _joined(20, "a%: __schema { types { fields { args { type { ofType { name } } } } } }") + "}",
    ),
    "a block string of empty lines": Hostile(
        "LIMIT_COST",
        EXECUTION,
        '{ region(code: """'
        + "\n" * 25_000
        + '""") { history { region { children { children { history { year } } } } } } }',
    ),
    "a block string without an end": Hostile(
        "GRAPHQL_PARSE_FAILED", VALIDATION, '{ region(code: """' + '"\n' * 14_000
    ),
    "a string without an end": Hostile(
        "GRAPHQL_PARSE_FAILED", VALIDATION, '{ region(code: "' + "\\\\" * 14_000
    ),
    "a long name": Hostile("GRAPHQL_VALIDATION_FAILED", EXECUTION, "{ " + "x" * 60_000 + " }"),
    "a long number": Hostile(
        "GRAPHQL_VALIDATION_FAILED", EXECUTION, "{ regions(first: " + "9" * 60_000 + ") { totalCount } }"
    ),
    "comments": Hostile("LIMIT_TOKENS", PARSING, "{ release { id } " + "#\n" * 20_000 + "}"),
    "definitions of types": Hostile(
        "GRAPHQL_VALIDATION_FAILED", EXECUTION, _joined(200, "type T% { a: Int }")
    ),
    "hundreds of variables that nobody uses": Hostile(
        "LIMIT_VARIABLES", VALIDATION, "query(" + _joined(450, "$v%: ID") + ") { release { id } }"
    ),
}
