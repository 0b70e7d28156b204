"""``/data/``: downloads, what describes them, and a page for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, cast

import orjson
from flask import Blueprint, Response, render_template, request
from werkzeug.wsgi import wrap_file

from services.chassis import metrics
from services.chassis.clock import Clock, utc_now
from services.chassis.http.callers import open_to_all
from services.chassis.problems import Problem
from services.contract.partial_date import OSLO, today_in_oslo
from services.opendata.exports.about import (
    CATALOGUE_TYPES,
    LICENCE_URL,
    MEDIA_TYPES,
    UNNAMED,
    About,
    Place,
    Publisher,
)
from services.opendata.exports.asking import HELP, MOST_LETTERS, Asked, allowed_arguments, read_asked
from services.opendata.exports.caching import Validity, validity_of
from services.opendata.exports.descriptions import csvw_metadata, data_package, listing
from services.opendata.exports.making import Busy, Making, TooMuch
from services.opendata.exports.rows import Scope
from services.opendata.exports.tables import MEANINGS, Table
from services.opendata.graphql.executing.answering import OpenNumbers
from services.opendata.release.answers import Release, ReleasedNumbers

_READABLE_FROM_EVERYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Client-Name, If-Modified-Since, If-None-Match",
    "Access-Control-Expose-Headers": (
        "Content-Disposition, Content-Length, ETag, Last-Modified, Link, Retry-After"
    ),
    "Access-Control-Max-Age": "86400",
    "X-Content-Type-Options": "nosniff",
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Downloads:
    """Answers requests for downloads, each from the one release that it opens."""

    def __init__(
        self, open_numbers: OpenNumbers, publisher: Publisher, making: Making, clock: Clock, root: str | None
    ) -> None:
        self._open = open_numbers
        self._publisher = publisher
        self._making = making
        self._clock = clock
        self._root = root

    def table(self, table: Table, ending: str) -> Response:
        """A table in one form, or what describes it."""
        wanted = _Wanted(read_asked(table, _arguments()), ending, _is_packed(ending))
        with self._open() as numbers:
            about, headers, unchanged = self._headed(wanted, numbers)
        if unchanged is not None:
            metrics.DOWNLOADS.labels(table, ending, "unchanged").inc()
            return unchanged
        if ending == METADATA:
            return _document(csvw_metadata(about), METADATA_TYPE, headers)
        if request.method == "HEAD":
            # Its length is known only when it is made.
            return Response((), headers=headers, content_type=_type(ending), direct_passthrough=True)
        return self._made(wanted)

    def _made(self, wanted: "_Wanted") -> Response:
        table, ending = wanted.asked.table, wanted.ending
        try:
            # A connection is taken only when it is one's turn: those who wait hold nothing.
            with self._making.turn(), self._open() as numbers:
                about, headers, _ = self._headed(wanted, numbers)
                scope = Scope(wanted.asked, numbers, self._today)
                file = self._making.file(scope, about, ending, compressed=wanted.packed)
        except Busy:
            metrics.DOWNLOADS.labels(table, ending, "busy").inc()
            raise _busy() from None
        except TooMuch:
            metrics.DOWNLOADS.labels(table, ending, "too_much").inc()
            raise _too_much() from None
        metrics.DOWNLOADS.labels(table, ending, "made").inc()
        # The server sends the file by itself, so that no thread waits for who reads slowly.
        return Response(
            wrap_file(request.environ, cast("BinaryIO", file)),
            headers={**headers, "Content-Length": str(file.size)},
            content_type=_type(ending),
            direct_passthrough=True,
        )

    def _headed(
        self, wanted: "_Wanted", numbers: ReleasedNumbers
    ) -> tuple[About, dict[str, str], Response | None]:
        """What the answer is about, its headers, and the answer where the client has it already."""
        asked, ending, release = wanted.asked, wanted.ending, numbers.release
        about = About(asked, release, self._place, Scope(asked, numbers, self._today).map_year)
        parts = (ending, "gzip" if wanted.packed else "", about.address(ending), self._publisher.name)
        validity = self._validity(release, parts, about.map_year)
        name = f"bosatt-{asked.table}-release-{release.id}.{ending}"
        headers = {
            **validity.headers,
            "Link": _links(about),
            "Content-Disposition": f'inline; filename="{name}"',
            **({"Content-Encoding": "gzip"} if wanted.packed else {}),
        }
        return about, headers, _unchanged(validity, headers)

    def data_package(self) -> Response:
        """``datapackage.json``."""
        _no_arguments()
        with self._open() as numbers:
            release = numbers.release
        validity = self._validity(release, ("datapackage", self._place.root))
        return _unchanged(validity, validity.headers) or _document(
            data_package(release, self._place), "application/json", validity.headers
        )

    def catalogue(self, ending: str) -> Response:
        """The catalogue in a form."""
        _no_arguments()
        with self._open() as numbers:
            release = numbers.release
        validity = self._validity(release, ("catalogue", ending, self._place.root))
        if (unchanged := _unchanged(validity, validity.headers)) is not None:
            return unchanged
        # rdflib takes its time to load, which processes that nobody asks for a catalogue can do without.
        from services.opendata.exports.catalogue import catalogue_text  # noqa: PLC0415

        text = catalogue_text(release, self._place, ending)
        return Response(text, headers=validity.headers, content_type=CATALOGUE_TYPES[ending])

    def index(self) -> Response:
        """The page, or for who asks for JSON the list."""
        _no_arguments()
        with self._open() as numbers:
            release = numbers.release
        best = request.accept_mimetypes.best_match(["text/html", "application/json"])
        if best == "application/json":
            return _document(listing(release, self._place), best, {"Vary": "Accept"})
        page = render_template(
            "data.html",
            here=self._place.data,
            release=release,
            published_at=release.published_at.astimezone(OSLO).strftime("%d.%m.%Y %H:%M"),
            tables=[(table.value, MEANINGS[table], allowed_arguments(table)) for table in Table],
            help=HELP,
            endings=list(MEDIA_TYPES),
            licence=LICENCE_URL,
        )
        return Response(
            page,
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": _POLICY, "Vary": "Accept", "Cache-Control": "no-cache"},
        )

    @property
    def _place(self) -> Place:
        return Place(self._root or request.host_url, self._publisher)

    @property
    def _today(self) -> date:
        return today_in_oslo(self._clock())

    def _validity(self, release: Release, parts: tuple[str, ...], map_year: int | None = None) -> Validity:
        return validity_of(release, parts, map_year, self._clock())


@dataclass(frozen=True, slots=True)
class _Wanted:
    asked: Asked
    ending: str
    packed: bool


def exports_blueprint(
    open_numbers: OpenNumbers,
    publisher: Publisher = UNNAMED,
    making: Making | None = None,
    clock: Clock = utc_now,
    root: str | None = None,
) -> Blueprint:
    """``/data/`` for everybody. ``root`` is where readers find the system, if not where they ask."""
    blueprint = Blueprint("exports", __name__, template_folder="templates")
    downloads = Downloads(open_numbers, publisher, making or Making(), clock, root)

    @blueprint.get("/data/")
    @open_to_all
    def index() -> Response:
        return downloads.index()

    @blueprint.get("/data/<path:name>")
    @open_to_all
    def download(name: str) -> Response:
        stem, _, ending = name.partition(".")
        if stem in _TABLES and ending in _ENDINGS:
            return downloads.table(Table(stem), ending)
        if name == "datapackage.json":
            return downloads.data_package()
        if stem == "catalog" and ending in CATALOGUE_TYPES:
            return downloads.catalogue(ending)
        raise _no_such_download()

    @blueprint.after_request
    def let_every_page_read(response: Response) -> Response:
        response.headers.update(_READABLE_FROM_EVERYWHERE)
        return response

    return blueprint


METADATA = "csv-metadata.json"
METADATA_TYPE = "application/csvm+json"

_PACKABLE = ("csv", "json")
_TABLES = frozenset(Table)
_ENDINGS = frozenset((*MEDIA_TYPES, METADATA))


def _arguments() -> dict[str, list[str]]:
    if len(request.query_string) > MOST_LETTERS:
        raise Problem(
            414,
            "address-too-long",
            "The address is too long",
            f"The part after the question mark may have {MOST_LETTERS} letters. Ask for a level, or for what "
            "lies within a region, instead of naming each.",
        )
    return dict(request.args.lists())


def _no_arguments() -> None:
    if request.query_string:
        raise Problem(
            400, "bad-argument", "There are no arguments here", "Leave out what follows the question mark."
        )


def _type(ending: str) -> str:
    return f"{MEDIA_TYPES[ending]}; charset=utf-8" if ending == "csv" else MEDIA_TYPES[ending]


def _is_packed(ending: str) -> bool:
    return ending in _PACKABLE and request.accept_encodings.quality("gzip") > 0


def _links(about: About) -> str:
    described = f'<{about.address(METADATA)}>; rel="describedby"; type="{METADATA_TYPE}"'
    return f'{described}, <{LICENCE_URL}>; rel="license"'


def _unchanged(validity: Validity, headers: Mapping[str, str]) -> Response | None:
    status = validity.refused(request)
    if status is None:
        return None
    kept = {name: value for name, value in headers.items() if not name.startswith("Content-")}
    return Response(status=status, headers=kept)


def _document(document: Any, media_type: str, headers: Mapping[str, str]) -> Response:
    return Response(orjson.dumps(document), headers=headers, content_type=media_type)


def _no_such_download() -> Problem:
    tables = ", ".join(f"{table}.{{{','.join(MEDIA_TYPES)}}}" for table in Table)
    return Problem(
        404,
        "not-found",
        "There is no such download",
        f"At /data/ there are {tables}, datapackage.json, catalog.ttl and catalog.jsonld.",
    )


def _busy() -> Problem:
    return Problem(
        503,
        "busy",
        "Other downloads are being made",
        "As many as may be are being made at the moment. Ask again in a few seconds.",
        headers={"Retry-After": "5"},
    )


def _too_much() -> Problem:
    return Problem(
        400,
        "too-much",
        "That is too much for one download",
        "Ask for fewer years, regions or dimensions, or longer intervals. CSV and Parquet hold more than "
        "JSON-stat.",
    )
