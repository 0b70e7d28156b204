"""What queries cost: the objects they ask for, from their text and variables alone."""

import pytest
from graphql import get_introspection_query

from services.chassis.metrics import GRAPHQL_REJECTED
from services.opendata.graphql.executing.documents import read_document
from services.opendata.graphql.limits.cost import MOST_OBJECTS, objects_requested
from services.opendata.graphql.schema.schema import schema
from tests.opendata.graphql.asking import Asking

YEAR = 2024


def cost(query, operation=None, **variables):
    return objects_requested(schema(), read_document(schema(), query), operation, variables, YEAR)


@pytest.mark.parametrize(
    ("query", "objects"),
    [
        ("{ release { id } }", 1),
        ("{ __typename }", 0),
        ('{ region(code: "0301") { name totals(year: 2024) { settled release { id } } } }', 3),
        ("{ regions { totalCount } }", 1),
        ("{ regions { nodes { code } } }", 1 + 50),
        ("{ regions(first: 357) { nodes { code totals(year: 2024) { settled } } } }", 1 + 357 + 357),
        ("{ regions(first: 10) { edges { cursor node { code } } pageInfo { endCursor } } }", 1 + 10 + 10 + 1),
        ("{ regions(first: null) { nodes { code } } }", 1 + 50),
        ("{ regions(first: 0) { nodes { code } } }", 1),
        # More than a page may have is refused by itself, and then there is nothing on it.
        ("{ regions(first: 99999) { nodes { code } } }", 1 + 500),
    ],
)
def test_each_object_counts_one_and_a_list_its_page(query, objects):
    assert cost(query) == objects


def test_changes_count_by_their_page_and_each_is_looked_up():
    asked = "changes(sinceRelease: 0, first: 500) { nodes { categories { value } totals { settled } } }"

    assert cost("{ changes(sinceRelease: 0) { pageInfo { endCursor } } }") == 1 + 50 + 50 * 10 + 1
    assert cost(f"{{ {asked} }}") == 1 + 50 + 500 * 10 + 500 + 500 * 10 + 500


def test_a_list_that_goes_by_numbers_counts_all_that_are_looked_at():
    ordered = "orderBy: {measure: SETTLED, year: 2024, direction: DESC}"
    by_variable = "query ($by: RegionOrder) { regions(first: 1, orderBy: $by) { totalCount } }"

    assert cost(f"{{ regions(first: 1, {ordered}) {{ nodes {{ code }} }} }}") == 1 + 500 + 1
    assert cost("{ regions(year: 2024, decisionStatus: DECIDED) { totalCount } }") == 1 + 500
    assert cost("{ regions(year: 2024, decisionStatus: null) { totalCount } }") == 1
    assert cost(by_variable, by={"measure": "SETTLED", "year": 2024, "direction": "DESC"}) == 1 + 500
    assert cost(by_variable) == 1


def test_a_list_that_goes_by_a_text_counts_the_names_that_are_looked_through():
    assert cost('{ regions(first: 2, search: "oslo") { nodes { code } } }') == 1 + 50 + 2
    assert cost('{ a: regions(search: "a") { totalCount } b: regions(search: "b") { totalCount } }') == 2 * 51
    assert cost("query ($for: String) { regions(search: $for) { totalCount } }") == 1


@pytest.mark.parametrize(
    ("field", "objects"),
    [
        ("history(from: 2010, to: 2020) { year }", 11),
        ("history(from: 2020) { year }", 6),
        ("history(to: 2010) { year }", 9),
        ("history { year }", 24),
        ("history(from: 2020, to: 2010) { year }", 0),
        ("history(from: -2000000000, to: 2000000000) { year }", 100),
        ("history(from: 2020, to: 2021) { year region { code } }", 2 + 2),
        ("series(year: 2024) { undated }", 1 + 10),
        ("series(year: 2024) { points { settled } }", 1 + 10 + 12),
        ("series(year: 2024, interval: DAY) { points { settled } }", 1 + 10 + 366),
        ("breakdown(year: 2024, by: [SEX]) { persons }", 3 + 10),
        ("breakdown(year: 2024, by: SEX) { persons key(dimension: SEX) { value } }", 3 + 10 + 3),
        ("breakdown(year: 2024, by: [SEX, AGE_GROUP]) { persons keys { value } }", 18 + 10 + 36),
        ("breakdown(year: 2024, by: [SEX, AGE_GROUP, COUNTRY_OF_ORIGIN, MONTH]) { persons }", 2_500 + 10),
        ("published(year: 2024) { persons }", 20 + 10),
        ("totals(year: 2024) { withheld { reason } }", 1 + 1),
        ("totals(year: 2010) { flows { persons } }", 1),
        ("totals(year: 2010, borders: NOW) { flows { source { code } targets { code } } }", 1 + 5 + 5 + 15),
        ("parent { code }", 1),
        ("predecessors { code } successors { code } regionsOn { code }", 5 + 3 + 5),
        ("children { code }", 51),
        # No set of regions has more below it than there are.
        ("children { children { code } }", 51 + 480),
        ("children { children { children { children { code } } } }", 51 + 480 + 40),
    ],
)
def test_lists_in_a_region_count_as_far_as_their_arguments_tell(field, objects):
    assert cost(f'{{ region(code: "NO") {{ {field} }} }}') == 1 + objects


def test_the_level_of_a_list_tells_what_can_lie_in_its_regions():
    assert cost("{ regions(level: DISTRICT) { nodes { children { code } } } }") == 1 + 50
    assert cost("{ regions(level: MUNICIPALITY) { nodes { children { code } } } }") == 1 + 50 + 40
    assert cost("{ regions(level: COUNTY, first: 1) { nodes { children { code } } } }") == 1 + 1 + 51


def test_children_of_parents_multiply():
    assert (
        cost('{ region(code: "03") { children { parent { children { code } } } } }') == 1 + 51 + 51 + 51 * 51
    )


def test_variables_count_as_what_they_are():
    query = "query ($n: Int = 7, $by: [Dimension!]!) { regions(first: $n) { nodes { "
    query += "breakdown(year: 2024, by: $by) { persons } } } }"

    assert cost(query, by=["SEX"]) == 1 + 7 + 7 * (3 + 10)
    assert cost(query, n=2, by=["SEX", "HOUSING"]) == 1 + 2 + 2 * (9 + 10)
    assert cost(query, n=None, by="SEX") == 1 + 50 + 50 * (3 + 10)


@pytest.mark.parametrize("n", ["five", [], {}, True, 1e300, -4])
def test_a_variable_that_is_no_such_number_breaks_nothing(n):
    assert cost("query ($n: Int) { regions(first: $n) { totalCount } }", n=n) == 1


def test_fragments_count_where_they_are_used_and_aliases_each_for_itself():
    fragment = "fragment F on Region { totals(year: 2024) { settled } }"

    assert cost('{ region(code: "NO") { ...F parent { ...F } } } ' + fragment) == 1 + 1 + 1 + 1
    assert cost('{ a: region(code: "NO") { ...F } b: region(code: "03") { ...F } } ' + fragment) == 4
    assert cost('{ node(id: "x") { ... on Region { totals(year: 2024) { settled } } } }') == 2


def test_fields_that_come_together_count_once():
    query = '{ region(code: "NO") { ...A ...B totals(year: 2024) { settled } } } '
    query += "fragment A on Region { totals(year: 2024) { quota } } "
    query += "fragment B on Region { totals(year: 2024) { release { id } } }"

    assert cost(query) == 1 + 1 + 1


def test_what_is_left_out_does_not_count():
    query = "query ($yes: Boolean = true) { release @skip(if: $yes) { id } ...F @include(if: $yes) } "
    query += "fragment F on Query { regions { nodes { code } } }"

    assert (cost(query), cost(query, yes=False)) == (51, 1)


def test_of_several_operations_the_one_named_counts():
    query = "query A { release { id } } query B { regions { nodes { code } } }"

    assert [cost(query, "A"), cost(query, "B"), cost(query, "C"), cost(query)] == [1, 51, 0, 0]


@pytest.mark.parametrize(
    "query",
    [
        "{ regions(first: 357) { nodes { history { year settled withheld { measure reason } } } } }",
        "{ regions(first: 357) { nodes { breakdown(year: 2024, by: [COUNTRY_OF_ORIGIN]) { persons } } } }",
        "{ regions(first: 357) { nodes { breakdown(year: 2024, by: [SEX, AGE_GROUP]) "
        "{ persons keys { value } } } } }",
        '{ region(code: "NO") { breakdown(year: 2024, by: [SEX, AGE_GROUP, COUNTRY_OF_ORIGIN, MONTH]) '
        "{ persons keys { value } } } }",
        '{ region(code: "NO") { children { children { code totals(year: 2024) { settled } '
        "children { code } } } } }",
        get_introspection_query(specified_by_url=True, input_value_deprecation=True),
    ],
)
def test_what_people_ask_for_can_be_asked_for_at_once(query):
    assert cost(query) <= MOST_OBJECTS


def test_every_answer_tells_what_was_asked_for_and_the_most_that_may_be():
    ask = Asking()

    answers = [
        ask("{ release { id } }"),
        ask("{ release { id } }"),
        ask("{ regions(first: 501) { totalCount } }"),
        ask("{ nothing }"),
        ask("{"),
    ]

    assert [one["extensions"] for one in answers] == [
        {"cost": {"requested": requested, "limit": MOST_OBJECTS}} for requested in (1, 1, 1, 0, 0)
    ]


def test_a_query_that_is_too_dear_is_refused_with_its_cost_and_counted():
    before = GRAPHQL_REJECTED.labels("cost")._value.get()

    answer = Asking()("{ regions(first: 500) { nodes { history { release { id } region { code } } } } }")

    [error] = answer["errors"]
    assert error["extensions"] == {"code": "LIMIT_COST"}
    assert answer["extensions"]["cost"]["requested"] > MOST_OBJECTS
    assert str(answer["extensions"]["cost"]["requested"]) in error["message"]
    assert "data" not in answer
    assert GRAPHQL_REJECTED.labels("cost")._value.get() == before + 1
