"""What tells of the downloads, answered: the page for people, data package, catalogue, feed of releases."""

import re
from collections.abc import Callable

import orjson
from flask import Response, render_template, request

from services.contract.partial_date import OSLO
from services.opendata.exports.about import CATALOGUE_TYPES, FEED, FEED_TYPE, LICENCE_URL, MEDIA_TYPES
from services.opendata.exports.asking import HELP, allowed_arguments
from services.opendata.exports.caching import Validity
from services.opendata.exports.descriptions import data_package, listing
from services.opendata.exports.feed import feed_text
from services.opendata.exports.making import Busy, Making
from services.opendata.exports.offer import (
    Offer,
    arguments,
    json_document,
    packed,
    refuse_arguments,
    takes_gzip,
    unchanged,
)
from services.opendata.exports.problems import busy, no_such_page
from services.opendata.exports.tables import MEANINGS, Table
from services.opendata.release.answers import NoSuchPage, Release

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Documents:
    """Answers requests for what describes the downloads. Safe to share between threads."""

    def __init__(self, offer: Offer, making: Making) -> None:
        self._offer = offer
        self._making = making

    def data_package(self) -> Response:
        """``datapackage.json``."""
        release, place = self._release(), self._offer.place
        return self._sent(
            self._offer.validity(release, self._parts("datapackage")),
            lambda: orjson.dumps(data_package(release, place)),
            "application/json",
        )

    def catalogue(self, ending: str) -> Response:
        """The catalogue in a form."""
        release, place = self._release(), self._offer.place

        def written() -> bytes:
            # rdflib takes its time to load, which processes that nobody asks for a catalogue can do without.
            from services.opendata.exports.catalogue import catalogue_text  # noqa: PLC0415

            # To write it takes as long as a small download.
            with self._making.turn():
                return catalogue_text(release, place, ending)

        validity = self._offer.validity(release, self._parts("catalogue", ending))
        try:
            return self._sent(validity, written, CATALOGUE_TYPES[ending])
        except Busy:
            raise busy() from None

    def feed(self) -> Response:
        """The newest releases as an Atom feed, or a page of its archive."""
        place = self._offer.place
        try:
            with self._offer.open_numbers() as numbers:
                page = numbers.releases(_page_asked_for())
        except NoSuchPage:
            raise no_such_page() from None
        parts = self._parts("feed", str(page.number), str(page.is_last))
        validity = self._offer.validity(page.releases[0].release, parts)
        if page.number is not None:
            # It changes once more, when the page after it comes to be.
            validity = validity.by_tag_only
        return self._sent(validity, lambda: feed_text(page, place), f"{FEED_TYPE}; charset=utf-8")

    def _release(self) -> Release:
        refuse_arguments()
        with self._offer.open_numbers() as numbers:
            return numbers.release

    def _parts(self, *of: str) -> tuple[str, ...]:
        """What tells an answer from others of its release: what it is of, where, whose, and its coding."""
        place = self._offer.place
        return (*of, place.root, place.publisher.name, "gzip" if takes_gzip() else "")

    def _sent(self, validity: Validity, written: Callable[[], bytes], content_type: str) -> Response:
        """A document, unless who asks has it already."""
        coded = {"Content-Encoding": "gzip"} if takes_gzip() else {}
        headers = {**validity.headers, **coded}
        if (known := unchanged(validity, headers)) is not None:
            return known
        content = packed(written()) if coded else written()
        return Response(content, headers=headers, content_type=content_type)

    def index(self) -> Response:
        """The page, or for who asks for JSON the list."""
        refuse_arguments()
        place = self._offer.place
        with self._offer.open_numbers() as numbers:
            release = numbers.release
        best = request.accept_mimetypes.best_match(["text/html", "application/json"])
        if best == "application/json":
            return json_document(listing(release, place), best, {"Vary": "Accept"})
        page = render_template(
            "data.html",
            here=place.data,
            release=release,
            published_at=release.published_at.astimezone(OSLO).strftime("%d.%m.%Y %H:%M"),
            tables=[(table.value, MEANINGS[table], allowed_arguments(table)) for table in Table],
            help=HELP,
            endings=list(MEDIA_TYPES),
            licence=LICENCE_URL,
            feed=FEED,
            feed_type=FEED_TYPE,
        )
        return Response(
            page,
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": _POLICY, "Vary": "Accept", "Cache-Control": "no-cache"},
        )


def _page_asked_for() -> int | None:
    """The page of the archive; None for the newest releases."""
    asked = arguments()
    if not asked:
        return None
    texts = asked.get("page", [])
    if len(asked) > 1 or len(texts) != 1 or re.fullmatch("[1-9][0-9]{0,8}", texts[0]) is None:
        raise no_such_page()
    return int(texts[0])
