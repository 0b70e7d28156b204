"""The feed of releases, read by a reader that others wrote."""

import gzip
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from sqlalchemy import update

from services.opendata.exports.about import Publisher
from services.opendata.exports.feed import ATOM
from services.opendata.release import history, tables
from services.opendata.release.reader import Published
from tests.opendata.exports.downloading import Downloading
from tests.opendata.projection.worlds import ON_BOTH

FEED = "releases.atom"
IMDI = Publisher(
    '<b>Øst</b> & "sønner" ]]>\x0b',
    "https://data.norge.no/organizations/1?a=b&c=d",
    "mailto:post@imdi.example",
)
LATER = datetime(2126, 1, 1, tzinfo=UTC)
"""When the second of every release is over."""


@pytest.fixture
def ask(world):
    return Downloading(world.published.open, now=LATER)


def release(world, count):
    for number in range(count):
        world.journal.settle(number, district="030101")
        world.publish()


def read(ask, name=FEED):
    found = feedparser.parse(ask.bytes(name))
    assert not found.bozo, found.bozo_exception
    return found


def links(of, relation):
    return [link["href"] for link in of.links if link["rel"] == relation]


def demanded(feed):
    """What RFC 4287 demands and a feed or its entries lack."""
    root = ElementTree.fromstring(feed)
    entries = root.findall(f"{{{ATOM}}}entry")
    once = [(root, name) for name in ("id", "title", "updated", "author")]
    once += [(entry, name) for entry in entries for name in ("id", "title", "updated", "summary")]
    lacking = [name for of, name in once if len(of.findall(f"{{{ATOM}}}{name}")) != 1]
    for of in (root, *entries):
        wanted = "self" if of is root else "alternate"
        lacking += (
            [] if any(link.get("rel") == wanted for link in of.findall(f"{{{ATOM}}}link")) else [wanted]
        )
    names = [one.tag for one in root]
    first = names.index(f"{{{ATOM}}}entry")
    return lacking + ["entries come last"] * (set(names[first:]) != {f"{{{ATOM}}}entry"})


@ON_BOTH
def test_every_release_is_an_entry_the_newest_first(world, ask):
    release(world, 3)

    answer, found = ask.get(FEED), read(ask)

    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert (found.version, found.feed.language) == ("atom10", "en")
    assert [entry.title for entry in found.entries] == [
        "Release 3: 4 regions, the year 2024",
        "Release 2: 4 regions, the year 2024",
        "Release 1: 4 regions, the year 2024",
    ]
    published = [past.release.published_at for past in pages(world).releases]
    for entry, moment in zip(found.entries, published, strict=True):
        assert entry.published == entry.updated
        assert datetime.fromisoformat(entry.published) == moment
    assert found.feed.updated == found.entries[0].updated
    assert "NLOD" in found.feed.rights
    assert links(found.feed, "self") == ["http://localhost/data/releases.atom"]
    assert links(found.feed, "license") == ["https://data.norge.no/nlod/no/2.0"]
    assert demanded(answer.data) == []


def pages(world):
    with world.published.open() as numbers:
        return numbers.releases(None)


def test_an_entry_says_what_is_in_it(world, ask):
    world.publish()
    world.journal.settle(1, "4601", settled_on="2012")
    world.journal.settle(2, "4601", settled_on="2023-05-05")
    world.publish()

    newest, first = read(ask).entries

    assert newest.title == "Release 2: 3 regions, 2 years from 2012 to 2023"
    assert newest.summary.startswith("Something is known anew of 3 regions in 2 years from 2012 to 2023. ")
    assert newest.summary.endswith("Policy: exact.")
    assert first.title == "Release 1: no number changed"
    assert first.summary == (
        "No number is another than in the release before. Nothing is known to be complete yet. Policy: exact."
    )


def test_an_entry_says_through_when_data_are_complete_and_what_was_not_counted(world, ask):
    world.publish()
    with world.released.write() as connection:
        values = {"data_through": "2024-06-21T11:59:59.999999Z", "changed_regions": None}
        connection.execute(update(tables.releases).values(**values))

    [entry] = read(ask).entries

    assert entry.title == "Release 1: published"
    assert entry.summary == (
        "How much it changed was not counted. "
        "Everything recorded up to 2024-06-21T11:59:59.999999Z is in it. Policy: exact."
    )


def test_the_link_of_an_entry_asks_for_what_has_changed_since_the_one_before(world, ask):
    release(world, 3)
    newest, _, first = read(ask).entries

    for address, codes in ((newest.link, ["03", "0301", "030101", "NO"]), (first.link, None)):
        asked = urlsplit(address)
        assert asked.path == "/graphql"
        answer = ask.client.get(f"/graphql?{asked.query}").json
        assert "errors" not in answer
        found = [node["region"]["code"] for node in answer["data"]["changes"]["nodes"]]
        assert codes is None or found == codes


@ON_BOTH
def test_ids_stay_wherever_the_feed_is_found_and_whenever_the_system_is_started_again(world, ask):
    release(world, 2)
    before = read(ask)

    elsewhere = Downloading(Published(world.released).open, root="https://bosatt.example/", publisher=IMDI)
    world.journal.settle(9)
    world.publish()
    after = read(elsewhere)

    assert after.feed.id == before.feed.id
    assert [entry.id for entry in after.entries[1:]] == [entry.id for entry in before.entries]
    assert len({after.feed.id, *(entry.id for entry in after.entries)}) == 4
    assert all(entry.id.startswith("urn:uuid:") for entry in after.entries)
    assert links(after.feed, "self") == ["https://bosatt.example/data/releases.atom"]


def test_releases_counted_anew_have_other_ids(world, ask):
    release(world, 1)
    before = read(ask)
    world.begin_anew()
    release(world, 1)

    after = read(Downloading(world.published.open))

    assert after.feed.id != before.feed.id
    assert after.entries[0].id != before.entries[0].id


def test_the_publishers_name_is_text_whatever_is_in_it(world):
    release(world, 1)

    found = read(Downloading(world.published.open, publisher=IMDI))

    assert found.feed.author_detail.name.strip() == '<b>Øst</b> & "sønner" ]]>'
    assert (found.feed.author_detail.href, found.feed.author_detail.email) == (IMDI.uri, "post@imdi.example")


@ON_BOTH
def test_who_follows_the_archive_reads_every_release_once(world, ask, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 3)
    release(world, 11)

    name, titles, ways = FEED, [], []
    while name:
        found = read(ask, name)
        titles += [entry.title.partition(":")[0] for entry in found.entries]
        ways.append([name, *(links(found.feed, way) for way in ("self", "current", "next-archive"))])
        older = links(found.feed, "prev-archive")
        name = older[0].removeprefix("http://localhost/data/") if older else None

    def at(name):
        return [f"http://localhost/data/{name}"]

    assert titles == [f"Release {number}" for number in range(11, 0, -1)]
    assert ways == [
        [FEED, at(FEED), [], []],
        [f"{FEED}?page=2", at(f"{FEED}?page=2"), at(FEED), []],
        [f"{FEED}?page=1", at(f"{FEED}?page=1"), at(FEED), at(f"{FEED}?page=2")],
    ]
    assert b"<fh:archive" in ask.bytes(f"{FEED}?page=1")
    assert b"<fh:archive" not in ask.bytes(FEED)


def test_it_is_sent_once_for_each_release(world, ask):
    release(world, 1)
    had = ask.get(FEED).headers

    by_tag = ask.get(FEED, headers={"If-None-Match": f'"x", W/{had["ETag"]}'})
    by_date = ask.get(FEED, headers={"If-Modified-Since": had["Last-Modified"]})
    release(world, 1)
    anew = ask.get(FEED, headers={"If-None-Match": had["ETag"]})

    assert (by_tag.status_code, by_date.status_code, anew.status_code) == (304, 304, 200)
    assert (by_tag.data, by_date.data) == (b"", b"")
    assert had["Cache-Control"] == "public, no-cache"
    assert anew.headers["ETag"] != had["ETag"]


def test_a_page_of_the_archive_is_sent_again_only_when_there_is_one_after_it(world, ask, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 2)
    statuses = []
    release(world, 4)
    had = ask.get(f"{FEED}?page=1").headers
    for _ in range(3):
        statuses.append(ask.get(f"{FEED}?page=1", headers={"If-None-Match": had["ETag"]}).status_code)
        release(world, 1)

    assert statuses == [304, 304, 200]
    assert "Last-Modified" not in had


def test_it_is_packed_for_who_can_unpack_it_and_head_says_the_same(world, ask):
    release(world, 2)

    plain, packed = ask.get(FEED), ask.get(FEED, headers={"Accept-Encoding": "gzip"})
    told = ask.get(FEED, method="HEAD")

    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert (told.status_code, told.data, told.headers["ETag"]) == (200, b"", plain.headers["ETag"])


@pytest.mark.parametrize(
    "query", ["page=1", "page=0", "page=-1", "page=x", "page=", "page=1&page=1", "x=1", "page=1%0A", "page=٣"]
)
def test_there_is_no_other_page(world, ask, query):
    release(world, 1)

    status, told = ask.problem(f"{FEED}?{query}")

    assert (status, told["title"]) == (404, "There is no such page of releases")


def test_pages_lead_feed_readers_to_it(world, ask):
    release(world, 1)

    page = ask.get("", headers={"Accept": "text/html"}).text
    listed = ask.get("", headers={"Accept": "application/json"}).json

    assert (
        '<link rel="alternate" type="application/atom+xml" title="Releases" href="http://localhost/data/releases.atom">'
        in page
    )
    assert listed["releases"] == "http://localhost/data/releases.atom"
