"""The releases as an Atom feed (RFC 4287) with an archive (RFC 5005). Pure.

Every release is an entry, of which nothing ever changes, its id least of all: ids are made from what is
kept with a release, not from the address at which the feed is found.
"""

import re
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from services.contract.envelope import time_text
from services.opendata.exports.about import FEED, FEED_TYPE, LICENCE_TITLE, LICENCE_URL, Place
from services.opendata.release.answers import Extent, PastRelease, Release, ReleasePage

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
XML = "http://www.w3.org/XML/1998/namespace"

register_namespace("", ATOM)
register_namespace("fh", HISTORY)

CHANGES = (
    '{{ changes(sinceRelease: "{since}", first: 100) {{ '
    "nodes {{ region {{ code name }} year measures }} pageInfo {{ hasNextPage endCursor }} }} }}"
)
"""What has changed since a release, as one asks with GraphQL."""

_NOT_IN_XML = re.compile("[^\\t\\n\\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMED = UUID("1c06b669-a580-575e-934d-0a51c51816cd")
"""What the ids of all feeds and entries are made from: never to be changed."""


def feed_text(page: ReleasePage, place: Place) -> bytes:
    """The feed as it is sent: the newest releases, or a page of the archive."""
    feed = Element(_atom("feed"), {f"{{{XML}}}lang": "en"})
    _text(feed, "id", _id("feed", page.began_at))
    _text(feed, "title", "Bosatt: releases")
    _text(feed, "subtitle", "Open data on refugee settlement in Norway: what each release changed.")
    _text(feed, "updated", time_text(page.releases[0].release.published_at))
    _author(feed, place)
    _text(feed, "rights", f"{LICENCE_TITLE}, {LICENCE_URL}")
    _link(feed, "license", LICENCE_URL)
    _link(feed, "alternate", place.data, "text/html")
    _pages(feed, page, place)
    for one in page.releases:
        _entry(feed, one, place)
    content: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return content


def _pages(feed: Element, page: ReleasePage, place: Place) -> None:
    """Where this page of the feed and those before and after it are."""
    newest = place.data + FEED
    number = page.number
    if number is None:
        _link(feed, "self", newest, FEED_TYPE)
    else:
        _link(feed, "self", f"{newest}?page={number}", FEED_TYPE)
        _link(feed, "current", newest, FEED_TYPE)
        SubElement(feed, f"{{{HISTORY}}}archive")
        if not page.is_last:
            _link(feed, "next-archive", f"{newest}?page={number + 1}", FEED_TYPE)
    before = page.archived if number is None else number - 1
    if before > 0:
        _link(feed, "prev-archive", f"{newest}?page={before}", FEED_TYPE)


def _entry(feed: Element, past: PastRelease, place: Place) -> None:
    release = past.release
    entry = SubElement(feed, _atom("entry"))
    _text(entry, "id", _id(release.id, release.published_at))
    _text(entry, "title", f"Release {release.id}: {_headline(past.changed)}")
    _text(entry, "updated", time_text(release.published_at))
    _text(entry, "published", time_text(release.published_at))
    _text(entry, "summary", summary(past))
    question = urlencode({"query": CHANGES.format(since=past.before)})
    # Readers show a link of a type that is not HTML to nobody.
    _link(entry, "alternate", f"{place.root}graphql?{question}")


def summary(past: PastRelease) -> str:
    """What a release is, in a few sentences."""
    release = past.release
    return " ".join((_extent(past.changed), _through(release), f"Policy: {release.policy}."))


def _headline(changed: Extent | None) -> str:
    if changed is None:
        return "published"
    if changed.regions == 0:
        return "no number changed"
    return f"{_regions(changed.regions)}, {_years(changed)}"


def _extent(changed: Extent | None) -> str:
    if changed is None:
        return "How much it changed was not counted."
    if changed.regions == 0:
        return "No number is another than in the release before."
    return f"Something is known anew of {_regions(changed.regions)} in {_years(changed)}."


def _through(release: Release) -> str:
    if release.data_through is None:
        return "Nothing is known to be complete yet."
    return f"Everything recorded up to {time_text(release.data_through)} is in it."


def _regions(count: int) -> str:
    return "1 region" if count == 1 else f"{count} regions"


def _years(changed: Extent) -> str:
    if changed.years == 1:
        return f"the year {changed.first_year}"
    return f"{changed.years} years from {changed.first_year} to {changed.last_year}"


def _author(feed: Element, place: Place) -> None:
    publisher = place.publisher
    author = SubElement(feed, _atom("author"))
    _text(author, "name", publisher.name)
    if publisher.uri:
        _text(author, "uri", publisher.uri)
    contact = publisher.contact or ""
    if contact.startswith("mailto:"):
        _text(author, "email", contact.removeprefix("mailto:"))


def _id(name: str, moment: datetime) -> str:
    return uuid5(_NAMED, f"{name} {time_text(moment)}").urn


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _atom(name)).text = _NOT_IN_XML.sub(" ", text)


def _link(parent: Element, relation: str, address: str, media_type: str | None = None) -> None:
    typed = {} if media_type is None else {"type": media_type}
    SubElement(parent, _atom("link"), {"rel": relation, "href": address, **typed})


def _atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"
