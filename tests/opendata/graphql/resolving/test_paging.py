"""Orders, pages and cursors."""

import base64

import orjson
import pytest

from services.contract.codes import Measure
from services.contract.regions import Level, registry
from services.opendata.release.answers import Withheld, WithheldReason
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory

MUNICIPALITIES = [region.code for region in registry().at_level(Level.MUNICIPALITY, 2024)]

REMAINING = NumbersInMemory(
    known={
        ("0301", 2024): {"remaining": 5},
        ("1103", 2024): {"remaining": -2},
        ("5001", 2024): {"remaining": 5},
        ("4601", 2024): {"remaining": 0},
        ("1508", 2024): {
            "remaining": None,
            "withheld": (Withheld(Measure.REMAINING, WithheldReason.SMALL_NUMBERS),),
        },
    }
)
SIX = '["0301", "1103", "5001", "4601", "1508", "1101"]'


def cursor(*parts):
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode()


def all_pages(ask, arguments, first):
    """Codes of every page in turn, following the cursors."""
    after, found = None, []
    while True:
        page = ask.data(
            f"query ($first: Int, $after: String) {{ regions({arguments}, first: $first, after: $after) "
            "{ totalCount nodes { code } pageInfo { hasNextPage hasPreviousPage endCursor } } }",
            first=first,
            after=after,
        )["regions"]
        assert page["pageInfo"]["hasPreviousPage"] is bool(found)
        assert page["totalCount"] == 357
        found += [node["code"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        assert len(page["nodes"]) == first
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("first", [50, 100, 119, 356, 357, 500])
def test_pages_hold_every_municipality_once(first):
    assert all_pages(Asking(), "level: MUNICIPALITY", first) == MUNICIPALITIES


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_pages_in_the_order_of_a_measure_hold_every_municipality_once(direction):
    known = {
        (code, 2024): {"fulfilment": place % 7 / 3 if place % 3 else None}
        for place, code in enumerate(MUNICIPALITIES)
    }
    order = f"orderBy: {{measure: FULFILMENT, year: 2024, direction: {direction}}}"

    found = all_pages(Asking(NumbersInMemory(known=known)), f"level: MUNICIPALITY, {order}", 40)

    assert sorted(found) == MUNICIPALITIES
    values = [known[code, 2024]["fulfilment"] for code in found]
    stated = [value for value in values if value is not None]
    assert values[len(stated) :] == [None] * 119
    assert stated == sorted(stated, reverse=direction == "DESC")


@pytest.mark.parametrize(
    ("direction", "codes"),
    [
        ("ASC", ["1103", "4601", "0301", "5001", "1101", "1508"]),
        ("DESC", ["0301", "5001", "4601", "1103", "1101", "1508"]),
    ],
)
def test_null_and_withheld_come_last_and_ties_go_by_code_from_either_end(direction, codes):
    answer = Asking(REMAINING).data(
        f"{{ regions(codes: {SIX}, orderBy: {{measure: REMAINING, year: 2024, direction: {direction}}}) "
        "{ nodes { code } } }"
    )

    assert [node["code"] for node in answer["regions"]["nodes"]] == codes


def test_a_region_that_did_not_exist_in_the_year_of_the_order_comes_last():
    answer = Asking(REMAINING).data(
        '{ regions(codes: ["1601", "5001"], orderBy: {measure: REMAINING, year: 2024, direction: DESC}) '
        "{ nodes { code } } }"
    )

    assert [node["code"] for node in answer["regions"]["nodes"]] == ["5001", "1601"]


def test_edges_hold_the_nodes_and_a_cursor_that_goes_on_from_each():
    ask = Asking()
    edges = ask.data("{ regions(level: COUNTY, first: 3) { edges { cursor node { code } } } }")["regions"][
        "edges"
    ]

    answer = ask.data(
        "query ($after: String) { regions(level: COUNTY, first: 1, after: $after) "
        "{ nodes { code } pageInfo { startCursor endCursor } } }",
        after=edges[0]["cursor"],
    )["regions"]

    assert answer["nodes"] == [edges[1]["node"]]
    assert answer["pageInfo"] == {"startCursor": edges[1]["cursor"], "endCursor": edges[1]["cursor"]}


def test_a_page_has_fifty_regions_unless_told():
    ask = Asking()

    for first in ("", ", first: null"):
        answer = ask.data(f"{{ regions(level: MUNICIPALITY{first}) {{ nodes {{ code }} }} }}")
        assert len(answer["regions"]["nodes"]) == 50


def test_a_page_of_none_says_how_many_there_are():
    answer = Asking().data(
        "{ regions(level: MUNICIPALITY, first: 0) "
        "{ totalCount nodes { code } edges { cursor } pageInfo { hasNextPage startCursor endCursor } } }"
    )

    assert answer["regions"] == {
        "totalCount": 357,
        "nodes": [],
        "edges": [],
        "pageInfo": {"hasNextPage": True, "startCursor": None, "endCursor": None},
    }


def test_a_page_that_ends_where_the_list_does_has_no_next():
    answer = Asking().data("{ regions(level: COUNTY, first: 15) { pageInfo { hasNextPage } } }")

    assert answer["regions"]["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("first", [501, -1, 2_000_000_000])
def test_a_page_of_too_many_or_fewer_than_none_is_an_error(first):
    error = Asking().error("query ($first: Int) { regions(first: $first) { totalCount } }", first=first)

    assert error["path"] == ["regions"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert "500" in error["message"]


@pytest.mark.parametrize(
    "after",
    [
        "",
        "nonsense",
        "ø",
        cursor("map", 2, 0),
        cursor("map", 2, 0, "0301", 1),
        cursor("map", "2", 0, "0301"),
        cursor("map", True, 0, "0301"),
        cursor("map", 2, None, "0301"),
        cursor("map", 2, False, "0301"),
        cursor("map", 2, 0, 301),
        base64.urlsafe_b64encode(b'"text"').decode(),
        base64.urlsafe_b64encode(b"7").decode(),
        base64.urlsafe_b64encode(b"\xff").decode(),
    ],
)
def test_what_is_not_a_cursor_is_an_error(after):
    error = Asking().error("query ($after: String) { regions(after: $after) { totalCount } }", after=after)

    assert error["path"] == ["regions"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert "not a cursor" in error["message"]


def test_a_cursor_of_another_order_is_an_error():
    ask = Asking()
    order = "orderBy: {measure: SETTLED, year: 2024, direction: ASC}"
    end = ask.data("{ regions { pageInfo { endCursor } } }")["regions"]["pageInfo"]["endCursor"]

    error = ask.error(
        f"query ($after: String) {{ regions({order}, after: $after) {{ totalCount }} }}", after=end
    )

    assert "another order" in error["message"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


def test_a_cursor_goes_on_holding_where_its_region_has_left_the_list():
    answer = Asking().data(
        "query ($after: String) { regions(level: COUNTY, first: 1, after: $after) { nodes { code } } }",
        after=cursor("map", 1, 0, "10"),
    )

    assert answer["regions"]["nodes"] == [{"code": "11"}]
