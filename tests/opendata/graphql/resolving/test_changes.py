"""Following the numbers by GraphQL."""

from contextlib import contextmanager

import pytest

from services.contract.codes import Dimension, Measure
from services.contract.regions import registry
from services.opendata.release.answers import Category, Change
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory, Person

QUERY = """
query ($since: ID!, $first: Int, $after: String) {
  changes(sinceRelease: $since, first: $first, after: $after) {
  nodes { region { code } year release measures categories { dimension value label } days totals { settled } }
  pageInfo { hasNextPage hasPreviousPage endCursor } } }
"""


class Changed(NumbersInMemory):
    """Some regions that have changed, in order."""

    def changes(self, since, after, region, year, most):
        super().changes(since, after, region, year, most)
        found = [
            Change(
                registry().find(code),
                2024,
                str(release),
                (Measure.SETTLED,),
                (Category(Dimension.SEX, "female"),),
                (),
            )
            for release, code in enumerate(("0301", "4601", "5001"), 1)
        ]
        return [one for one in found if one.spot > after][:most]


@pytest.fixture
def asking():
    return Asking(Changed([Person("0301", 2024)]))


def test_a_change_tells_what_it_is_about(asking):
    found = asking.data(QUERY, since="0")["changes"]

    assert found["nodes"][0] == {
        "region": {"code": "0301"},
        "year": 2024,
        "release": "1",
        "measures": ["SETTLED"],
        "categories": [{"dimension": "SEX", "value": "female", "label": "Kvinner"}],
        "days": [],
        "totals": {"settled": 1},
    }
    assert len(found["nodes"]) == 3
    assert found["pageInfo"]["hasNextPage"] is False


def test_pages_go_on_from_a_cursor(asking):
    first = asking.data(QUERY, since="0", first=2)["changes"]
    rest = asking.data(QUERY, since="0", first=2, after=first["pageInfo"]["endCursor"])["changes"]

    assert [node["region"]["code"] for node in first["nodes"] + rest["nodes"]] == ["0301", "4601", "5001"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert (first["pageInfo"]["hasPreviousPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "99"}, "sinceRelease"),
        ({"since": "0", "first": 501}, "first"),
        ({"since": "0", "first": -1}, "first"),
        ({"since": "0", "after": "?"}, "after"),
        ({"since": "0", "after": "WyJ4Il0="}, "after"),
        ({"since": "0", "after": "W3RydWUsMSwieCJd"}, "after"),
    ],
)
def test_what_can_not_be_answered_is_told_and_the_list_is_empty(asking, asked, said):
    answer = asking(QUERY, **asked)

    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert said in error["message"]
    assert answer["data"]["changes"]["nodes"] == []


def test_nothing_is_asked_of_a_release_for_no_changes():
    @contextmanager
    def opened():
        yield NumbersInMemory()

    assert Asking(open_numbers=opened).data(QUERY, since="0", first=0)["changes"]["nodes"] == []


def test_changes_of_a_region_that_there_never_was_are_an_error_and_not_none(asking):
    query = '{ changes(sinceRelease: 0, region: "0310") { nodes { year } } }'

    error = asking.error(query)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "0310" in error["message"]
