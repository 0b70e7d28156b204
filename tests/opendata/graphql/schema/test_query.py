"""Where queries begin: a region, the release, a node."""

import pytest

from services.contract.regions import registry
from tests.opendata.graphql.asking import Asking


def test_a_region_is_found_by_its_code():
    answer = Asking().data('{ region(code: "0301") { code name level } }')

    assert answer == {"region": {"code": "0301", "name": "Oslo", "level": "MUNICIPALITY"}}


def test_without_a_date_a_region_of_the_past_is_found_too():
    assert Asking().data('{ region(code: "1601") { name } }') == {"region": {"name": "Trondheim"}}


@pytest.mark.parametrize(
    ("code", "on", "found"),
    [
        ("1601", "2017-12-31", True),
        ("1601", "2018-01-01", False),
        ("5001", "2018-01-01", True),
        ("5001", "2017-12-31", False),
    ],
)
def test_with_a_date_a_region_is_found_only_if_valid_on_it(code, on, found):
    answer = Asking().data(
        "query ($code: ID!, $on: Date) { region(code: $code, on: $on) { code } }", code=code, on=on
    )

    assert answer == {"region": {"code": code} if found else None}


@pytest.mark.parametrize("code", ["0000", "", "oslo", "03010", "é"])
def test_an_unknown_region_is_null(code):
    assert Asking().data("query ($code: ID!) { region(code: $code) { name } }", code=code) == {"region": None}


def test_the_release_says_how_far_its_numbers_go():
    answer = Asking().data("{ release { id publishedAt dataThrough policy nextAt } }")

    assert answer["release"] == {
        "id": "2024-06-21.1",
        "publishedAt": "2024-06-21T12:00:00.000000Z",
        "dataThrough": "2024-06-21T11:59:59.999999Z",
        "policy": "immediate",
        "nextAt": None,
    }


def test_every_region_is_found_again_by_its_id():
    ask = Asking()
    codes = [region.code for region in registry()]

    ids = {}
    for start in range(0, len(codes), 500):
        page = ask.data(
            "query ($codes: [ID!]) { regions(codes: $codes, first: 500) { nodes { id code } } }",
            codes=codes[start : start + 500],
        )
        ids.update((node["code"], node["id"]) for node in page["regions"]["nodes"])

    assert sorted(ids) == sorted(codes)
    assert len(set(ids.values())) == len(codes)
    found = {}
    for start in range(0, len(codes), 50):
        some = codes[start : start + 50]
        fields = " ".join(
            f'r{code}: node(id: "{ids[code]}") {{ id ... on Region {{ code }} }}' for code in some
        )
        found.update({node["code"]: node["id"] for node in ask.data("{" + fields + "}").values()})
    assert found == ids


@pytest.mark.parametrize(
    "id_",
    [
        "",
        "not base64!",
        "w7g=",
        "UmVnaW9uOjA0MDQ6",  # Region:0404:, a code that nobody has
        "UmVnaW9uOjAzMDE6MTk5NQ==",  # Region:0301:1995, another first year
        "Q291bnR5OjAzMDE6",  # County:0301:
        "/w==",
        "ø",
    ],
)
def test_an_id_that_names_nothing_is_null(id_):
    assert Asking().data("query ($id: ID!) { node(id: $id) { id } }", id=id_) == {"node": None}
