"""What is given out and by whom, and how an answer is put in a response."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from flask import Response, request

from services.chassis.clock import Clock
from services.contract.partial_date import today_in_oslo
from services.opendata.exports.about import Place, Publisher
from services.opendata.exports.asking import MOST_LETTERS
from services.opendata.exports.caching import Validity, validity_of
from services.opendata.exports.problems import address_too_long, another_wanted, no_arguments_here
from services.opendata.release.answers import OpenNumbers, Release


@dataclass(frozen=True, slots=True)
class Offer:
    """The numbers, who publishes them, and where readers find them, if not where they ask."""

    open_numbers: OpenNumbers
    publisher: Publisher
    clock: Clock
    root: str | None

    @property
    def place(self) -> Place:
        return Place(self.root or request.host_url, self.publisher)

    @property
    def today(self) -> date:
        return today_in_oslo(self.clock())

    def validity(self, release: Release, parts: tuple[str, ...], map_year: int | None = None) -> Validity:
        return validity_of(release, parts, map_year, self.clock())


def arguments() -> dict[str, list[str]]:
    """What is asked for after the question mark, each argument with its texts."""
    if len(request.query_string) > MOST_LETTERS:
        raise address_too_long()
    return dict(request.args.lists())


def refuse_arguments() -> None:
    if request.query_string:
        raise no_arguments_here()


def takes_gzip() -> bool:
    """Whether who asks can unpack what is packed."""
    return request.accept_encodings.quality("gzip") > 0


def unchanged(validity: Validity, headers: Mapping[str, str]) -> Response | None:
    """The answer to who has it already; None where it is to be sent. Raises a 412 for who wants another."""
    status = validity.refused(request)
    if status is None:
        return None
    if status == 412:
        raise another_wanted(validity.headers)
    kept = {name: value for name, value in headers.items() if not name.startswith("Content-")}
    return Response(status=status, headers=kept)


def json_document(document: Any, media_type: str, headers: Mapping[str, str]) -> Response:
    return Response(orjson.dumps(document), headers=headers, content_type=media_type)


def packed(content: bytes) -> bytes:
    """Without name and time, so that the same content gives the same bytes."""
    return gzip.compress(content, compresslevel=6, mtime=0)
