"""One failing field does not take its siblings with it."""

import pytest
from graphql import build_schema, execute, parse

from services.opendata.graphql.executing.execution import SiblingsStay
from services.opendata.graphql.resolving.paging import NO_REGIONS
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory

SCHEMA = build_schema(
    """
    type Query { thing: Thing  must: Thing!  list: [Thing!]!  matrix: [[Int!]!]!  loose: [Int] }
    type Thing { name: String!  other: String  parts: [Thing!]!  series: Series! }
    type Series { points: [Int!]!  undated: Int }
    """
)


class Thing:
    """Fails where it is told to."""

    other = "other"
    parts = ()
    series = None

    def __init__(self, **fields):
        self.__dict__.update(fields)

    @property
    def name(self):
        raise LookupError("secret")


def run(query, root):
    return execute(SCHEMA, parse(query), root_value=root, execution_context_class=SiblingsStay)


def paths(result):
    return [error.path for error in result.errors]


def test_a_list_that_fails_is_empty():
    result = run("{ list { other } loose }", {"list": LookupError("no"), "loose": [1]})

    assert result.data == {"list": [], "loose": [1]}
    assert paths(result) == [["list"]]


def test_a_list_of_which_an_item_fails_is_empty():
    result = run("{ list { name } loose }", {"list": [Thing(), Thing()], "loose": [1]})

    assert result.data == {"list": [], "loose": [1]}
    assert paths(result) == [["list", 0, "name"]]


def test_a_list_within_a_list_fails_for_itself_only_where_it_is_a_field():
    result = run("{ matrix loose }", {"matrix": [[1], [None]], "loose": [1]})

    assert result.data == {"matrix": [], "loose": [1]}
    assert paths(result) == [["matrix", 1, 0]]


def test_a_series_that_fails_is_empty():
    result = run("{ thing { other series { points undated } } }", {"thing": Thing(series=LookupError("no"))})

    assert result.data == {"thing": {"other": "other", "series": {"points": [], "undated": None}}}
    assert paths(result) == [["thing", "series"]]


def test_a_field_without_an_empty_form_fails_its_parent():
    result = run("{ thing { other name } loose }", {"thing": Thing(), "loose": [1]})

    assert result.data == {"thing": None, "loose": [1]}
    assert paths(result) == [["thing", "name"]]


def test_a_root_field_that_must_be_there_and_fails_leaves_no_data():
    result = run("{ must { name } loose }", {"must": Thing(), "loose": [1]})

    assert result.data is None
    assert paths(result) == [["must", "name"]]


def test_a_list_that_may_be_null_is_null_where_it_fails():
    result = run("{ loose thing { other } }", {"loose": LookupError("no"), "thing": Thing()})

    assert result.data == {"loose": None, "thing": {"other": "other"}}


def test_a_list_that_does_not_fail_is_as_it_was():
    result = run("{ list { other } }", {"list": [Thing()]})

    assert result.data == {"list": [{"other": "other"}]}
    assert result.errors is None


class Broken(NumbersInMemory):
    """A release of which some numbers can't be read."""

    def totals(self, region, year, map_year=None):
        if region.code == "1103":
            raise RuntimeError("SELECT secret FROM hidden")
        return super().totals(region, year)


@pytest.mark.parametrize("field", ["name", "children { code }", "published(year: 2024) { status }"])
def test_an_unforeseen_failure_leaves_siblings_intact(field):
    whole = Asking().data(f'{{ region(code: "1103") {{ {field} }} }}')["region"]

    answer = Asking(Broken())(f'{{ region(code: "1103") {{ {field} totals(year: 2024) {{ settled }} }} }}')

    assert answer["data"]["region"] == {**whole, "totals": None}


def test_a_page_of_regions_that_fails_is_empty():
    answer = Asking(Broken())(
        "{ regions(orderBy: {measure: SETTLED, year: 2024, direction: ASC}) "
        "{ totalCount nodes { code } pageInfo { hasNextPage endCursor } } release { id } }"
    )

    assert answer["data"] == {
        "regions": {
            "totalCount": NO_REGIONS.total_count,
            "nodes": [],
            "pageInfo": {"hasNextPage": False, "endCursor": None},
        },
        "release": {"id": "2024-06-21.1"},
    }
    assert [error["path"] for error in answer["errors"]] == [["regions"]]
