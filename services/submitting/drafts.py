"""A row as the event that it will be, as far as that is known before anything is posted."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import orjson

from services.contract.event_types import PREFIX, VERSION
from services.contract.regions import registry
from services.submitting.columns import Kind
from services.submitting.names import HANDLINGS

SOURCE = "urn:bosatt:submit"
"""The source of all that is posted from sheets, whoever's machine it comes from."""


class Subject(Enum):
    """How an event comes to its stream."""

    GIVEN = auto()
    """The row says it, or the data give it."""
    NEW = auto()
    """It is the first of its stream: a random id, unless it was posted before."""
    KNOWN = auto()
    """It follows what was posted under the same reference."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One row's event.

    ``body`` is the CloudEvent as JSON, without its subject where that is still to be found;
    ``stream`` tells streams of one file apart; ``first`` is the probe by which the service is asked for
    the stream that was begun under the same reference.
    """

    row: int
    body: bytes
    event_id: str
    stream: str
    subject: Subject = Subject.GIVEN
    first: bytes | None = None

    def event(self, subject: str | None = None) -> dict[str, Any]:
        event: dict[str, Any] = orjson.loads(self.body)
        return event if subject is None else event | {"subject": subject}


def _packed(event: Mapping[str, Any]) -> bytes:
    """An event as JSON that takes no more room than it has bytes: a hundred thousand are held at once."""
    return bytes(memoryview(orjson.dumps(event)))


def fingerprint(*parts: object) -> str:
    """An id in the form of a UUID that is always the same for the same parts, and says nothing of them."""
    digest = bytearray(hashlib.sha256(orjson.dumps([str(part) for part in parts])).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80  # a UUID of version 8, which is made as its maker sees fit
    digest[8] = digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))


_BEGINS = {"settled": "settled", "corrected": "settled", "withdrawn": "settled", "erased": "settled",
           "allocated": "allocated", "allocation-withdrawn": "allocated"}  # fmt: skip
"""For each thing that is reported of a person, by which report its stream began."""


def draft_settlement(
    row: int,
    handling: str,
    key: str,
    municipality: str,
    subject: str | None,
    change: int,
    data: dict[str, Any],
) -> Draft:
    """A row about a person. ``key`` is the row's reference, or the settlement id where it has none.

    The first report's id comes from the reference alone, so that a row sent again with other content
    is told from a new one. What follows has its content in its id: there may be several corrections.
    """
    begins = _BEGINS.get(handling)
    said = "" if handling == begins else orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()
    event_id = fingerprint(Kind.SETTLEMENTS, municipality, key, handling, change, said)
    event = _event(Kind.SETTLEMENTS, handling, event_id, data)
    if subject is not None:
        return Draft(row, _packed(event | {"subject": subject}), event_id, subject)
    stream = fingerprint("stream", municipality, key)
    if handling == begins:
        return Draft(row, _packed(event), event_id, stream, Subject.NEW)
    probe = _probe(begins or "settled", key, municipality, data.get("district"))
    return Draft(row, _packed(event), event_id, stream, Subject.KNOWN, _packed(probe))


def draft_of_year(
    row: int, kind: Kind, handling: str, reference: str | None, change: int, data: dict[str, Any]
) -> Draft:
    """A row about a municipality's year, which is a stream by itself."""
    said = orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()
    event_id = fingerprint(kind, reference or "", handling, change, said)
    stream = f"{data['municipality']}/{data['year']}"
    return Draft(row, _packed(_event(kind, handling, event_id, data)), event_id, stream)


def _event(kind: Kind, handling: str, event_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    name, _ = HANDLINGS[kind][handling]
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": f"{PREFIX}{name}.{VERSION}",
        "datacontenttype": "application/json",
        "data": data,
    }


def _probe(begins: str, key: str, municipality: str, district: str | None) -> dict[str, Any]:
    """The first report of a reference with other content, only ever sent as a dry run.

    The answer names the stream of what was posted: ids are the sender's own, and streams random, so
    that nobody can work them out.
    """
    year = _year_of_all(municipality, district)
    data = {"municipality": municipality, ("settledOn" if begins == "settled" else "allocatedOn"): str(year)}
    if district is not None and begins == "settled":
        data["district"] = district
    event_id = fingerprint(Kind.SETTLEMENTS, municipality, key, begins, 1, "")
    return _event(Kind.SETTLEMENTS, begins, event_id, data)


_SOME_YEAR = 2000


def _year_of_all(*codes: str | None) -> int:
    """A year, long past where there is a choice, in which all of some regions exist."""
    found = [region for region in map(registry().find, filter(None, codes)) if region is not None]
    latest_beginning = max((region.valid_from or 0 for region in found), default=0)
    earliest_end = min((region.valid_to or _SOME_YEAR for region in found), default=_SOME_YEAR)
    return max(latest_beginning, min(_SOME_YEAR, earliest_end))
