"""What is wrong with what is asked is told, all at once, with what there is instead."""

import pytest

from services.contract.codes import Dimension
from services.opendata.exports.asking import MOST_CODES, MOST_LETTERS, MOST_TOLD, allowed_arguments
from services.opendata.exports.tables import Table
from tests.opendata.exports.downloading import Downloading


@pytest.fixture(scope="module")
def ask():
    return Downloading()


@pytest.mark.parametrize(
    ("query", "pointer", "told"),
    [
        ("level=town", "/level", "COUNTRY, COUNTY, MUNICIPALITY, DISTRICT"),
        ("codes=", "/codes", "1 to 500"),
        ("codes=301", "/codes", "names no region: 301"),
        ("codes=" + ",".join(["0301"] * (MOST_CODES + 1)), "/codes", "1 to 500"),
        ("within=xx", "/within", "names no region: xx"),
        ("within=03&within=46", "/within", "more than once"),
        ("search=", "/search", "1 to 100"),
        ("search=%00", "/search", "1 to 100"),
        ("search=-%20.", "/search", "1 to 100"),
        ("search=" + 101 * "a", "/search", "1 to 100"),
        ("includeNotStated=1", "/includeNotStated", "true or false"),
        ("year=24", "/year", "from 1900 to 2100"),
        ("year=99999999999999999999", "/year", "from 1900 to 2100"),
        ("year=٢٠٢٤", "/year", "from 1900 to 2100"),
        ("year=2024&from=2020", "/year", "without from and to"),
        ("from=2024&to=2020", "/from", "later year"),
        ("borders=TODAY", "/borders", "THEN, NOW"),
        ("decisionStatus=YES", "/decisionStatus", "NOT_ASKED, ASKED"),
        ("asOf=2024-01-01T00:00:00Z", "/asOf", "not answered yet"),
        ("until=2024-01-01", "/until", "not answered yet"),
        ("interval=DAY", "/interval", "There is no argument interval: there are level, codes"),
        ("first=5", "/first", "There is no argument first"),
    ],
)
def test_a_wrong_argument_is_refused_and_what_there_is_named(ask, query, pointer, told):
    status, problem = ask.problem(f"totals.csv?{query}")

    assert (status, problem["type"]) == (400, "urn:bosatt:problem:bad-argument")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert told in problem["detail"]
    assert list(problem["arguments"]) == list(allowed_arguments(Table.TOTALS))


def test_all_that_is_wrong_is_told_at_once(ask):
    _, problem = ask.problem("series.csv?level=x&year=y&interval=z&unknown=1")

    assert {error["pointer"] for error in problem["errors"]} == {"/level", "/year", "/interval", "/unknown"}


def test_of_very_much_that_is_wrong_some_is_told():
    query = "&".join(f"a{number}=1" for number in range(1_000))

    answer = Downloading().get(f"totals.csv?{query}")

    assert [error["pointer"] for error in answer.json["errors"]] == [
        f"/a{number}" for number in range(MOST_TOLD)
    ]
    assert len(answer.data) < len(query)


@pytest.mark.parametrize("by", ["", "by=", "by=SEX,SEX", "by=SHOE_SIZE", "by=SEX,,sex"])
def test_a_breakdown_says_what_it_can_be_by(ask, by):
    status, problem = ask.problem(f"breakdown.csv?{by}")

    assert (status, [error["pointer"] for error in problem["errors"]]) == (400, ["/by"])
    if by in ("", "by=SHOE_SIZE"):
        assert all(dimension.value.upper() in problem["detail"] for dimension in Dimension)


def test_what_was_sent_comes_back_only_where_it_can_do_no_harm(ask):
    _, problem = ask.problem("totals.csv?codes=%3Cscript%3E&%3Cb%3E=1")

    assert "<" not in str(problem)


def test_an_address_that_is_too_long_is_refused_before_it_is_read(ask):
    status, problem = ask.problem(f"totals.csv?codes={'0301,' * MOST_LETTERS}")

    assert (status, problem["type"]) == (414, "urn:bosatt:problem:address-too-long")


@pytest.mark.parametrize(
    "name",
    ["totals.exe", "totals", "totals.csv/", "TOTALS.csv", "..%2f..%2fetc%2fpasswd", "%00", "a/b.csv", ".csv"],
)
def test_what_is_not_there_is_told_with_what_is(ask, name):
    status, problem = ask.problem(name)

    assert status == 404
    assert "totals.{csv,parquet,json}" in problem["detail"]


def test_the_same_question_has_one_address_however_it_is_written(ask):
    written = [
        "by=SEX,MONTH&level=COUNTY",
        "level=county&by=sex&by=month",
        "by=%20sex,,%20month&level=County",
    ]

    found = {ask.get(f"breakdown.csv?{one}").headers["ETag"] for one in written}

    assert len(found) == 1
    assert ask.get("breakdown.csv?by=MONTH,SEX&level=COUNTY").headers["ETag"] not in found


@pytest.mark.parametrize("name", ["datapackage.json", "catalog.ttl", "catalog.jsonld", ""])
def test_descriptions_take_no_arguments(ask, name):
    assert ask.problem(f"{name}?year=2024")[0] == 400
