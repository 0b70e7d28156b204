"""The figures as CloudEvents. Ids follow from what the source counts, so nothing is stored twice."""

import uuid
from collections.abc import Mapping
from typing import Any

from services.contract.codes import FigureStatus, Origin
from services.contract.codes import Measure as Published
from services.contract.event_types import PREFIX, VERSION
from services.importing.rows import Measure
from services.importing.years import Place

Event = dict[str, Any]

SOURCE = "urn:bosatt:imdi-yearly-figures"
SOURCE_NAME = "IMDi: bosetting av flyktninger, årstall per kommune"
REPUBLISHED = 2023
"""The year in which IMDi published these figures as they are; when each became known first is not told."""

PUBLISHED: Mapping[Measure, Published] = {
    Measure.REQUESTED: Published.REQUESTED,
    Measure.REQUESTED_ORIGINAL: Published.REQUESTED_ORIGINALLY,
    Measure.DECIDED: Published.DECIDED,
    Measure.SETTLED: Published.SETTLED,
}
"""What the measures of the file are called where they are published."""

_PERSONS = uuid.UUID("0b6f3f0e-5a3c-4d6a-8f57-6a5f2c9d1e84")


def request_issued(place: Place, reference: str, persons: int, *, original: bool) -> Event:
    data = _place(place) | {"persons": persons, "issuedOn": str(place.year)}
    if not original:
        data["original"] = False
    return _event("request.issued", _id(reference, place, "issued"), data, _known(place))


def request_revised(place: Place, reference: str, persons: int) -> Event:
    """What the source says was asked for after it had asked for another number."""
    data = _place(place) | {"persons": persons, "revisedOn": str(place.year)}
    return _event("request.revised", _id(reference, place, "revised"), data, _known(place))


def quota_decided(place: Place, reference: str, persons: int) -> Event:
    data = _place(place) | {"persons": persons, "decidedOn": str(place.year)}
    return _event("quota.decided", _id(reference, place, "decided"), data, _known(place))


def changed_to(event: Event, name: str, version: int) -> Event:
    """An event that says the same of a stream which holds something else in a version.

    It is made known now: the stream was not wrong before anybody said so.
    """
    dates = {"request.revised": ("issuedOn", "revisedOn"), "quota.revised": ("decidedOn", "decidedOn")}
    before, after = dates.get(name, ("", ""))
    data = {(after if key == before else key): value for key, value in event["data"].items()}
    if name.endswith(".revised"):
        data.pop("original", None)
    changed = {key: value for key, value in event.items() if key != "knowntime"}
    return changed | {"id": f"{event['id']}/after/{version}", "type": _type(name), "data": data}


def figure_published(place: Place, reference: str, measure: str, persons: int | None) -> Event:
    """What the source publishes; ``persons`` None where it hides the number."""
    data: Event = {"region": place.region, "year": place.year, "measure": measure}
    if persons is None:
        data["status"] = str(FigureStatus.SUPPRESSED)
    else:
        data |= {"status": str(FigureStatus.EXACT), "persons": persons}
    # The first year in which it can have been published as it is.
    data |= {"publishedOn": str(max(place.year, REPUBLISHED)), "sourceName": SOURCE_NAME}
    return _event("figure.published", _id(reference, place, f"figure/{measure}"), data, _known(place))


def settlement_of(code: str, year: int, ordinal: int) -> str:
    """The settlement id of the so-many-th person that the source counts under a code in a year."""
    return str(uuid.uuid5(_PERSONS, f"{code}/{year}/{ordinal}"))


def person_settled(place: Place, code: str, ordinal: int) -> Event:
    data = {"municipality": place.region, "settledOn": str(place.year)}
    event = _event("person.settled", _id(code, place, f"settled/{ordinal}"), data, _known(place))
    event["subject"] = settlement_of(code, place.year, ordinal)
    return event


def person_withdrawn(place: Place, code: str, ordinal: int) -> Event:
    """The source counts fewer now than when the person was imported."""
    event = _event("settlement.withdrawn", _id(code, place, f"settled/{ordinal}/withdrawn"), {}, None)
    event["subject"] = settlement_of(code, place.year, ordinal)
    return event


def _place(place: Place) -> Event:
    return {"municipality": place.region, "year": place.year}


def _known(place: Place) -> str | None:
    """When figures of a year became known: not before they were published as they are.

    Of a later year nothing is told: what is imported becomes known as it is recorded.
    """
    return str(REPUBLISHED) if place.year <= REPUBLISHED else None


def _id(reference: str, place: Place, what: str) -> str:
    return f"imdi/{reference}/{place.year}/{what}"


def _type(name: str) -> str:
    return f"{PREFIX}{name}.{VERSION}"


def _event(name: str, event_id: str, data: Event, known: str | None) -> Event:
    event: Event = {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": _type(name),
        "origin": str(Origin.IMPORTED),
        "data": data,
    }
    if known is not None:
        event["knowntime"] = known
    return event
