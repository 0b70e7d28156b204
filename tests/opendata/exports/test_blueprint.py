"""How downloads are answered: kept by clients and proxies, read from any page, by HEAD, packed."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.opendata.exports.downloading import TODAY, Downloading
from tests.opendata.graphql.numbers import RELEASE, NumbersInMemory, Person

NAMES = [
    "totals.csv",
    "totals.parquet?year=2024",
    "totals.json?year=2024",
    "series.csv?interval=DAY",
    "breakdown.csv?by=SEX",
    "totals.csv-metadata.json",
    "datapackage.json",
    "catalog.ttl",
    "catalog.jsonld",
    "releases.atom",
]


@pytest.fixture
def numbers():
    return NumbersInMemory([Person("0301", 2024), Person("4601", 2024)])


@pytest.fixture
def ask(numbers):
    return Downloading(numbers.opened)


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_has_it_is_told_so(ask, name):
    whole = ask.get(name)

    by_tag = ask.get(name, headers={"If-None-Match": whole.headers["ETag"]})
    by_date = ask.get(name, headers={"If-Modified-Since": whole.headers["Last-Modified"]})

    assert [whole.status_code, by_tag.status_code, by_date.status_code] == [200, 304, 304]
    assert (by_tag.data, by_date.data) == (b"", b"")
    for kept in ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
        assert by_tag.headers[kept] == whole.headers[kept]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "date",
    [
        "Fri, 21 Jun 9999999999 12:00:00 GMT",
        "Fri, 31 Feb 2099 99:99:99 GMT",
        "2030-06-21T12:00:00Z",
        "yesterday",
        "Fri, 21 Jun 2024 11:59:59 GMT",
    ],
)
def test_a_date_that_is_none_or_before_gets_the_whole(ask, name, date):
    assert ask.get(name, headers={"If-Modified-Since": date}).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_tag_that_is_another_gets_the_whole_whatever_the_date(ask, name):
    had = ask.get(name).headers

    for tag in ('"x"', 'W/"x"', '"x", "' + 5_000 * "y" + '"'):
        headers = {"If-None-Match": tag, "If-Modified-Since": had["Last-Modified"]}
        assert ask.get(name, headers=headers).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_who_wants_only_what_it_has_is_told_when_there_is_another(ask, name):
    tag = ask.get(name).headers["ETag"]

    statuses = [ask.get(name, headers={"If-Match": one}).status_code for one in (tag, f'"x", {tag}', "*")]
    status, told = ask.problem(name, headers={"If-Match": '"x"'})

    assert statuses == [200, 200, 200]
    assert (status, told["type"]) == (412, "urn:bosatt:problem:another-release")


@pytest.mark.parametrize("name", ["totals.csv", "totals.parquet", "totals.json?year=2024"])
@pytest.mark.parametrize("asked", ["bytes=0-10", "bytes=99999999-", "bytes=", "bytes=" + "0-1," * 1_000])
def test_a_part_is_asked_for_in_vain(ask, name, asked):
    whole, part = ask.get(name), ask.get(name, headers={"Range": asked})

    assert (part.status_code, part.data) == (200, whole.data)
    assert "Content-Range" not in part.headers


@pytest.mark.parametrize("name", NAMES)
def test_a_new_release_has_a_new_tag(ask, numbers, name):
    before = ask.get(name).headers["ETag"]
    later = RELEASE.published_at + timedelta(seconds=2)
    numbers.release = replace(RELEASE, id="2024-06-21.2", published_at=later)

    after = ask.get(name, headers={"If-None-Match": before})

    assert after.status_code == 200
    assert after.headers["ETag"].startswith('"2024-06-21.2-')


def test_releases_counted_anew_have_other_tags(ask, numbers):
    before = ask.get("totals.csv").headers["ETag"]
    numbers.release = replace(RELEASE, published_at=RELEASE.published_at + timedelta(days=1))

    assert ask.get("totals.csv").headers["ETag"] != before


def test_every_question_and_form_has_a_tag_of_its_own(ask):
    names = [*NAMES, "totals.csv?year=2024", "totals.csv?borders=NOW", "breakdown.csv?by=MONTH"]

    tags = [ask.get(name, method="HEAD").headers["ETag"] for name in names]
    packed = ask.get("totals.csv", headers={"Accept-Encoding": "gzip"}).headers["ETag"]

    assert len({*tags, packed}) == len(names) + 1


def test_on_new_years_day_todays_map_is_asked_for_anew(numbers):
    opened = numbers.opened
    this_year = Downloading(opened, datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    next_year = Downloading(opened, datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    name = "totals.csv-metadata.json?borders=NOW"
    before = this_year.get(name).headers

    again = next_year.get(name, headers={"If-None-Match": before["ETag"]})
    by_date = next_year.get(name, headers={"If-Modified-Since": before["Last-Modified"]})

    assert (again.status_code, by_date.status_code) == (200, 200)


def test_within_the_second_of_a_release_no_date_tells_it_from_the_next(numbers):
    numbers.release = replace(RELEASE, published_at=TODAY)

    assert "Last-Modified" not in Downloading(numbers.opened, TODAY).get("totals.csv").headers
    assert (
        "Last-Modified" in Downloading(numbers.opened, TODAY + timedelta(seconds=1)).get("totals.csv").headers
    )


@pytest.mark.parametrize(
    ("next_at", "hold"),
    [
        (None, "public, no-cache"),
        (TODAY + timedelta(minutes=10), "public, max-age=600"),
        (TODAY - timedelta(minutes=10), "public, no-cache"),
    ],
)
def test_it_holds_until_the_next_release_is_due(numbers, next_at, hold):
    numbers.release = replace(RELEASE, next_at=next_at)

    assert Downloading(numbers.opened).get("totals.csv").headers["Cache-Control"] == hold


@pytest.mark.parametrize("name", NAMES)
def test_head_says_what_get_says_and_sends_nothing(ask, name):
    got, told = ask.get(name), ask.get(name, method="HEAD")

    assert (told.status_code, told.data) == (200, b"")
    for header in ("ETag", "Content-Type", "Last-Modified", "Cache-Control", "Vary"):
        assert told.headers[header] == got.headers[header]


@pytest.mark.parametrize(
    "name",
    ["totals.csv", "totals.json", "datapackage.json", "catalog.ttl", "catalog.jsonld", "releases.atom"],
)
def test_it_is_packed_for_who_can_unpack_it(ask, name):
    plain = ask.get(name, headers={"Accept-Encoding": "gzip;q=0, identity"})
    packed = ask.get(name, headers={"Accept-Encoding": "br, gzip;q=0.5"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)


def test_the_same_release_gives_the_same_bytes(ask):
    headers = {"Accept-Encoding": "gzip"}

    for name in NAMES:
        assert ask.get(name, headers=headers).data == ask.get(name, headers=headers).data


def test_it_names_its_licence_its_description_and_its_release(ask):
    headers = ask.get("totals.csv?codes=0301,4601&year=2024").headers

    assert headers["Link"] == (
        "<http://localhost/data/totals.csv-metadata.json?codes=0301,4601&year=2024>; "
        'rel="describedby"; type="application/csvm+json", '
        '<https://data.norge.no/nlod/no/2.0>; rel="license"'
    )
    assert 'filename="bosatt-totals-release-2024-06-21.1.csv"' in headers["Content-Disposition"]


@pytest.mark.parametrize("name", [*NAMES, "", "nothing.csv", "totals.csv?year=x"])
def test_any_page_may_read_it_errors_included(ask, name):
    answer = ask.get(name)
    asked_before = ask.client.options(f"/data/{name.partition('?')[0]}")

    for one in (answer, asked_before):
        assert one.headers["Access-Control-Allow-Origin"] == "*"
        assert "If-None-Match" in one.headers["Access-Control-Allow-Headers"]
        assert "ETag" in one.headers["Access-Control-Expose-Headers"]
    assert asked_before.status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_put_there(ask, method):
    assert ask.get("totals.csv", method=method).status_code == 405


def test_the_page_is_for_people_and_the_list_for_programs(ask):
    page, programs = (
        ask.get("", headers={"Accept": "text/html"}),
        ask.get("", headers={"Accept": "application/json"}),
    )

    assert page.content_type == "text/html; charset=utf-8"
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert [table["name"] for table in programs.json["tables"]] == [
        "totals",
        "series",
        "breakdown",
        "published",
    ]
    assert programs.json["tables"][0]["forms"]["csv"] == "http://localhost/data/totals.csv"
    assert programs.json["tables"][0]["arguments"]["level"]
    for table in programs.json["tables"]:
        assert f"{table['name']}.csv" in page.text
    assert page.headers["Vary"] == programs.headers["Vary"] == "Accept"


def test_a_list_of_regions_is_filtered_as_in_graphql(ask):
    def codes(query):
        return {row["code"] for row in ask.rows(f"totals.csv?year=2024&{query}")}

    assert codes("within=03&level=DISTRICT") == {f"0301{number:02}" for number in (*range(1, 16),)} | codes(
        "within=03&level=DISTRICT&search=zzz"
    )
    assert codes("search=klaebu") == {"5001"}
    assert codes("codes=9999,0301") == {"9999", "0301"}
    assert "9999" not in codes("level=MUNICIPALITY")
    assert "9999" in codes("level=MUNICIPALITY&includeNotStated=true")
