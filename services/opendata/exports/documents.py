"""What tells of the downloads, answered: the page for people, data package, catalogue, feed of releases."""

import re

from flask import Response, render_template, request

from services.contract.partial_date import OSLO
from services.opendata.exports.about import CATALOGUE_TYPES, FEED, FEED_TYPE, LICENCE_URL, MEDIA_TYPES
from services.opendata.exports.asking import HELP, allowed_arguments
from services.opendata.exports.descriptions import data_package, listing
from services.opendata.exports.feed import feed_text
from services.opendata.exports.offer import (
    Offer,
    arguments,
    json_document,
    packed,
    refuse_arguments,
    takes_gzip,
    unchanged,
)
from services.opendata.exports.problems import no_such_page
from services.opendata.exports.tables import MEANINGS, Table
from services.opendata.release.answers import NoSuchPage

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Documents:
    """Answers requests for what describes the downloads. Safe to share between threads."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer

    def data_package(self) -> Response:
        """``datapackage.json``."""
        refuse_arguments()
        place = self._offer.place
        with self._offer.open_numbers() as numbers:
            release = numbers.release
        validity = self._offer.validity(release, ("datapackage", place.root))
        return unchanged(validity, validity.headers) or json_document(
            data_package(release, place), "application/json", validity.headers
        )

    def catalogue(self, ending: str) -> Response:
        """The catalogue in a form."""
        refuse_arguments()
        place = self._offer.place
        with self._offer.open_numbers() as numbers:
            release = numbers.release
        validity = self._offer.validity(release, ("catalogue", ending, place.root))
        if (known := unchanged(validity, validity.headers)) is not None:
            return known
        # rdflib takes its time to load, which processes that nobody asks for a catalogue can do without.
        from services.opendata.exports.catalogue import catalogue_text  # noqa: PLC0415

        text = catalogue_text(release, place, ending)
        return Response(text, headers=validity.headers, content_type=CATALOGUE_TYPES[ending])

    def feed(self) -> Response:
        """The newest releases as an Atom feed, or a page of its archive."""
        place = self._offer.place
        try:
            with self._offer.open_numbers() as numbers:
                page = numbers.releases(_page_asked_for())
        except NoSuchPage:
            raise no_such_page() from None
        coding = "gzip" if takes_gzip() else ""
        # A page of the archive changes only when the page after it comes to be.
        parts = ("feed", coding, place.root, place.publisher.name, str(page.number), str(page.is_last))
        validity = self._offer.validity(page.releases[0].release, parts)
        if page.number is not None:
            validity = validity.by_tag_only
        headers = {**validity.headers, **({"Content-Encoding": coding} if coding else {})}
        if (known := unchanged(validity, headers)) is not None:
            return known
        content = feed_text(page, place)
        return Response(
            packed(content) if coding else content,
            headers=headers,
            content_type=f"{FEED_TYPE}; charset=utf-8",
        )

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
