"""Tables answered: each from the one release that is opened for it."""

from dataclasses import dataclass
from typing import BinaryIO, cast

from flask import Response, request
from werkzeug.wsgi import wrap_file

from services.chassis import metrics
from services.opendata.exports.about import LICENCE_URL, MEDIA_TYPES, About
from services.opendata.exports.asking import Asked, read_asked
from services.opendata.exports.descriptions import csvw_metadata
from services.opendata.exports.making import Busy, Making, TooMuch
from services.opendata.exports.offer import Offer, arguments, json_document, takes_gzip, unchanged
from services.opendata.exports.problems import busy, too_much
from services.opendata.exports.rows import Scope
from services.opendata.exports.tables import Table
from services.opendata.release.answers import ReleasedNumbers

METADATA = "csv-metadata.json"
METADATA_TYPE = "application/csvm+json"
ENDINGS = frozenset((*MEDIA_TYPES, METADATA))

_PACKABLE = ("csv", "json")


@dataclass(frozen=True, slots=True)
class _Wanted:
    asked: Asked
    ending: str
    packed: bool


class Downloads:
    """Answers requests for tables. Safe to share between threads."""

    def __init__(self, offer: Offer, making: Making) -> None:
        self._offer = offer
        self._making = making

    def table(self, table: Table, ending: str) -> Response:
        """A table in one form, or what describes it."""
        wanted = _Wanted(read_asked(table, arguments()), ending, ending in _PACKABLE and takes_gzip())
        with self._offer.open_numbers() as numbers:
            about, headers, known = self._headed(wanted, numbers)
        if known is not None:
            metrics.DOWNLOADS.labels(table, ending, "unchanged").inc()
            return known
        if ending == METADATA:
            return json_document(csvw_metadata(about), METADATA_TYPE, headers)
        if request.method == "HEAD":
            # Its length is known only when it is made.
            return Response((), headers=headers, content_type=_type(ending), direct_passthrough=True)
        return self._made(wanted)

    def _made(self, wanted: _Wanted) -> Response:
        table, ending = wanted.asked.table, wanted.ending
        try:
            # A connection is taken only when it is one's turn: those who wait hold nothing.
            with self._making.turn(), self._offer.open_numbers() as numbers:
                about, headers, _ = self._headed(wanted, numbers)
                scope = Scope(wanted.asked, numbers, self._offer.today)
                file = self._making.file(scope, about, ending, compressed=wanted.packed)
        except Busy:
            metrics.DOWNLOADS.labels(table, ending, "busy").inc()
            raise busy() from None
        except TooMuch:
            metrics.DOWNLOADS.labels(table, ending, "too_much").inc()
            raise too_much() from None
        metrics.DOWNLOADS.labels(table, ending, "made").inc()
        # The server sends the file by itself, so that no thread waits for who reads slowly.
        return Response(
            wrap_file(request.environ, cast("BinaryIO", file)),
            headers={**headers, "Content-Length": str(file.size)},
            content_type=_type(ending),
            direct_passthrough=True,
        )

    def _headed(
        self, wanted: _Wanted, numbers: ReleasedNumbers
    ) -> tuple[About, dict[str, str], Response | None]:
        """What the answer is about, its headers, and the answer where the client has it already."""
        asked, ending, release = wanted.asked, wanted.ending, numbers.release
        place = self._offer.place
        about = About(asked, release, place, Scope(asked, numbers, self._offer.today).map_year)
        parts = (ending, "gzip" if wanted.packed else "", about.address(ending), place.publisher.name)
        validity = self._offer.validity(release, parts, about.map_year)
        name = f"bosatt-{asked.table}-release-{release.id}.{ending}"
        headers = {
            **validity.headers,
            "Link": _links(about),
            "Content-Disposition": f'inline; filename="{name}"',
            **({"Content-Encoding": "gzip"} if wanted.packed else {}),
        }
        return about, headers, unchanged(validity, headers)


def _type(ending: str) -> str:
    return f"{MEDIA_TYPES[ending]}; charset=utf-8" if ending == "csv" else MEDIA_TYPES[ending]


def _links(about: About) -> str:
    described = f'<{about.address(METADATA)}>; rel="describedby"; type="{METADATA_TYPE}"'
    return f'{described}, <{LICENCE_URL}>; rel="license"'
