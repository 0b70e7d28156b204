"""CSV as spreadsheets and others read it, whatever texts somebody posted."""

import csv
import io

import pytest

from services.contract.codes import Measure
from services.opendata.release.answers import PublishedFigure
from tests.opendata.exports.downloading import Downloading
from tests.opendata.graphql.numbers import NumbersInMemory

OTHERS = "Grünerløkka, \"Østensjø\"; Kárášjohka\u2028 'x' 北"


def asked_of(source, category="0-17"):
    figure = PublishedFigure(
        measure=Measure.SETTLED,
        status="exact",
        persons=7,
        percent=-1.5,
        dimension=None,
        category=category,
        published_on="2024-06",
        source_name=source,
        source_url=None,
    )
    return Downloading(
        NumbersInMemory(known={("0301", 2024): {}}, published={("0301", 2024): [figure]}).opened
    )


@pytest.mark.parametrize("text", ["=1+1", "+47 22", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")'])
def test_no_text_is_a_formula_where_a_spreadsheet_opens_it(text):
    [row] = asked_of(text, category=text).rows("published.csv")

    assert (row["sourceName"], row["category"]) == (f"'{text}", f"'{text}")


def test_numbers_keep_their_sign():
    [row] = asked_of("IMDi").rows("published.csv")

    assert row["percent"] == "-1.5"


@pytest.mark.parametrize(
    ("text", "written"),
    [("a\rb", "a\nb"), ("a\r\nb", "a\nb"), ("a\nb", "a\nb"), ("\r=1", "\n=1"), (OTHERS, OTHERS)],
)
def test_no_text_ends_its_row(text, written):
    content = asked_of(text).bytes("published.csv")

    for newline in ("", None):
        lines = list(csv.DictReader(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline=newline)))
        assert [row["sourceName"] for row in lines] == [written]


def test_it_begins_with_the_name_of_a_column_and_not_with_a_mark():
    assert asked_of("IMDi").bytes("published.csv").startswith(b"code,name,")


@pytest.mark.parametrize("ending", ["parquet", "json"])
def test_other_forms_hold_texts_as_they_are(ending):
    content = asked_of("=1+1\r", category="=1").bytes(f"published.{ending}")

    if ending == "json":
        assert b'"=1"' in content
    else:
        from tests.opendata.exports.test_foreign_readers import read_parquet

        assert read_parquet(content).to_pylist()[0]["sourceName"] == "=1+1\r"
