"""Readers that others wrote open every form and find the same numbers in it."""

import io
import json
from datetime import date
from math import isnan

import pytest
from frictionless import Package
from pyarrow import parquet
from pyjstat import pyjstat

from services.contract.codes import Dimension
from services.opendata.exports.about import MEDIA_TYPES
from services.opendata.exports.columns import Kind
from services.opendata.exports.tables import Table, columns_of
from tests.opendata.exports.downloading import Downloading
from tests.opendata.exports.told import tell

ASKED = {
    "totals": "",
    "series": "interval=DAY",
    "breakdown": "by=SEX,AGE_GROUP",
    "published": "",
}


@pytest.fixture
def ask(world):
    tell(world)
    return Downloading(world.published.open)


@pytest.mark.parametrize("table", ASKED)
@pytest.mark.parametrize("borders", ["THEN", "NOW"])
def test_parquet_holds_what_csv_holds_with_types(ask, table, borders):
    query = f"{ASKED[table]}&borders={borders}".strip("&") if table != "published" else ""
    columns = columns_of(Table(table), (Dimension.SEX, Dimension.AGE_GROUP))

    read = read_parquet(ask.bytes(f"{table}.parquet?{query}"))

    rows = ask.rows(f"{table}.csv?{query}")
    assert read.column_names == [column.name for column in columns]
    assert [{name: _text(value) for name, value in row.items()} for row in read.to_pylist()] == rows
    assert rows
    kinds = {"int64": Kind.INTEGER, "double": Kind.NUMBER, "bool": Kind.BOOLEAN, "date32[day]": Kind.DATE}
    for column, field in zip(columns, read.schema, strict=True):
        assert kinds.get(str(field.type), column.kind) == column.kind
        assert field.metadata[b"description"].decode() == column.meaning
        assert field.metadata.get(b"unit", b"").decode() == (column.unit or "")


def test_parquet_says_what_it_is(ask):
    said = parquet.read_schema(io.BytesIO(ask.bytes("totals.parquet?year=2024&borders=NOW"))).metadata

    assert said[b"license"] == b"NLOD-2.0"
    assert said[b"release"] == b"1"
    assert said[b"arguments"] == b"year=2024&borders=NOW"
    assert said[b"borders"] == b"the map of 2026"
    assert {b"title", b"source", b"publishedAt", b"dataThrough", b"nextAt", b"documentation"} <= set(said)


# pyjstat warns of a function of its own that it calls itself.
@pytest.mark.filterwarnings("ignore:Shouldn't use this function:DeprecationWarning")
@pytest.mark.parametrize("table", ASKED)
def test_json_stat_holds_what_csv_holds(ask, table):
    query = f"year=2024&{ASKED[table]}".strip("&")

    cube = pyjstat.Dataset.read(ask.bytes(f"{table}.json?{query}").decode())

    frame = cube.write("dataframe", naming="id")
    metric = "quantity" if table == "published" else "measure"
    columns = columns_of(Table(table), (Dimension.SEX, Dimension.AGE_GROUP))
    measured = {column.name for column in columns if column.is_measured}
    found = {}
    for row in frame.to_dict("records"):
        value = row.pop("value")
        if value is not None and not isnan(value):
            found[frozenset(row.items())] = value
    expected = {}
    others = {"series": ("period",), "breakdown": ("sex", "ageGroup")}.get(table, ())
    others = ("measure", "dimension", "category") if table == "published" else others
    blank = "undated" if table == "series" else "all"
    for row in ask.rows(f"{table}.csv?{query}"):
        key = {"code": row["code"], "year": row["year"], **{name: row[name] or blank for name in others}}
        expected |= {
            frozenset({**key, metric: name}.items()): float(row[name]) for name in measured if row[name] != ""
        }
    assert found == expected
    assert expected


def test_json_stat_says_what_it_is_and_why_numbers_are_not_shown(ask):
    cube = json.loads(ask.bytes("totals.json?year=2024&codes=1103,NO,0301"))

    measures = cube["dimension"]["measure"]["category"]
    assert cube["version"] == "2.0"
    assert cube["dimension"]["code"]["category"]["index"] == ["NO", "0301", "1103"]
    assert cube["role"] == {"geo": ["code"], "time": ["year"], "metric": ["measure"]}
    assert measures["unit"]["settled"] == {"label": "persons"}
    assert measures["note"]["settled"]
    assert cube["extension"]["license"] == "NLOD-2.0"
    place = 2 * len(measures["index"]) + measures["index"].index("settled")
    assert (cube["value"][place], cube["status"][str(place)]) == (None, "HIDDEN_BY_SOURCE")
    assert len(cube["value"]) == 3 * len(measures["index"])


def test_json_stat_calls_categories_by_their_english_names(ask):
    cube = json.loads(ask.bytes("breakdown.json?year=2024&codes=0301&by=SEX"))

    assert cube["dimension"]["sex"]["category"]["label"] == {
        "female": "Women",
        "male": "Men",
        "unknown": "Unknown",
    }


def test_csv_never_has_a_nought_or_a_sign_for_what_is_not_shown(ask):
    [hidden] = ask.rows("totals.csv?year=2024&codes=1103")
    [nothing] = ask.rows("totals.csv?year=2024&codes=5001")
    [asked_for_none] = ask.rows("totals.csv?year=2024&codes=4601")
    [divided] = ask.rows("totals.csv?year=2023&codes=1508&borders=NOW")

    assert (hidden["settled"], "SETTLED:HIDDEN_BY_SOURCE" in hidden["withheld"].split()) == ("", True)
    assert (nothing["settled"], nothing["withheld"]) == ("", "")
    assert asked_for_none["requested"] == "0"
    assert (divided["settled"], divided["comparable"]) == ("", "false")
    assert "SETTLED:NOT_COMPARABLE" in divided["withheld"].split()


def test_the_data_package_is_valid_and_so_is_every_table_in_it(ask, tmp_path):
    package = ask.get("datapackage.json").json
    assert Package.validate_descriptor(package).valid
    names = {resource["name"] for resource in package["resources"]}
    assert {"totals", "series", "published"} | {
        f"breakdown-{dimension.value.replace('_', '-')}" for dimension in Dimension
    } == names

    for resource in package["resources"]:
        content = ask.bytes(resource["path"].removeprefix("http://localhost/data/"))
        resource["path"] = f"{resource['name']}.csv"
        (tmp_path / resource["path"]).write_bytes(content)

    report = Package(package, basepath=str(tmp_path)).validate()

    assert report.valid, report.flatten(["name", "type", "note"])
    assert len(report.tasks) == len(names)


@pytest.mark.parametrize("table", ASKED)
def test_csv_on_the_web_metadata_tell_of_every_column(ask, table):
    query = ASKED[table]

    answer = ask.get(f"{table}.csv-metadata.json?{query}")

    told = answer.json
    header = ask.bytes(f"{table}.csv?{query}").decode().splitlines()[0]
    assert answer.content_type == "application/csvm+json"
    assert ",".join(column["name"] for column in told["tableSchema"]["columns"]) == header
    assert told["url"] == f"http://localhost/data/{table}.csv" + (f"?{query}" if query else "")
    assert told["dc:license"] == {"@id": "https://data.norge.no/nlod/no/2.0"}
    assert all(column["dc:description"] and column["null"] == "" for column in told["tableSchema"]["columns"])


@pytest.mark.parametrize("table", ASKED)
@pytest.mark.parametrize("ending", MEDIA_TYPES)
def test_of_what_nothing_is_known_there_is_an_empty_table(world, table, ending):
    world.publish()

    answer = Downloading(world.published.open).get(f"{table}.{ending}?{ASKED[table]}")

    assert answer.status_code == 200
    if ending == "csv":
        assert len(answer.text.splitlines()) == 1
    elif ending == "parquet":
        assert read_parquet(answer.data).num_rows == 0
    else:
        assert answer.json["value"] == []


def read_parquet(content):
    """A table; by one thread, because those of pyarrow 26 may end the whole process badly with it."""
    return parquet.read_table(io.BytesIO(content), use_threads=False)


def _text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)
