"""The published figures as CloudEvents, in the order in which they are posted."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.contract.event_types import EVENT_TYPES, PREFIX, VERSION
from services.seeding import tables
from services.seeding.synthetic import persons

SOURCE = "urn:bosatt:published-figures"
OSLO = "0301"

OSLO_PAGE = "Oslo kommune: Ankomst av flyktninger i Oslo"
IMDI_PAGE = "IMDi: 5 000 flyktninger skal bosettes i 2020"
KS_PAGE = "KS storbynettverk: Bykommunene står klare til å bistå regjeringen"


def seed_events() -> Iterator[dict[str, Any]]:
    """Every event, always the same with the same ids, so that posting them again adds nothing."""
    yield from _needs()
    yield from _requests()
    yield from _published_figures()
    yield from _decisions()
    yield from _settlements()


def service_of(event: Mapping[str, Any]) -> str:
    """The service that takes an event."""
    return EVENT_TYPES[event["type"]].service


def _event(
    name: str, reference: str, known: str, data: dict[str, Any], origin: str = "imported"
) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": reference,
        "source": SOURCE,
        "type": f"{PREFIX}{name}.{VERSION}",
        "origin": origin,
        "knowntime": known,
        "data": data,
    }


def _needs() -> Iterator[dict[str, Any]]:
    for row in tables.national_requests():
        revised = row["status"] == "revised"
        data: dict[str, Any] = {
            "year": int(row["year"]),
            "persons": int(row["persons"]),
            "announcedOn": row["published_on"],
            "status": row["status"],
        }
        parts = {
            "unaccompaniedMinors": row["unaccompanied_minors"],
            "resettlement": row["resettlement_refugees"],
        }
        for name, text in parts.items():
            if text:
                data[name] = int(text)
            elif revised:
                # The source gives the revised number alone: its former parts are no parts of it.
                data[name] = None
        if row["municipalities_asked"]:
            data["municipalitiesAsked"] = int(row["municipalities_asked"])
        if revised:
            data["reasonCode"] = "need_changed"
        yield _event("need.announced", f"need/{row['year']}/{row['status']}", row["published_on"], data)


def _requests() -> Iterator[dict[str, Any]]:
    for row in tables.oslo_requests():
        data = {
            "municipality": OSLO,
            "year": int(row["year"]),
            "persons": int(row["persons"]),
            "issuedOn": row["year"],
            "original": False,
        }
        yield _event("request.issued", f"request/{OSLO}/{row['year']}", row["published_on"], data)


def _decisions() -> Iterator[dict[str, Any]]:
    yield _derived_decision_2020()
    minors = {row["year"]: int(row["accepted"]) for row in tables.oslo_unaccompanied_minors()}
    for year in sorted({row["year"] for row in tables.oslo_district_quotas()}):
        rows = [row for row in tables.oslo_district_quotas() if row["year"] == year]
        shares = [{"code": row["code"], "persons": int(row["persons"])} for row in rows]
        data: dict[str, Any] = {
            "municipality": OSLO,
            "year": int(year),
            "persons": sum(share["persons"] for share in shares),
            "decidedOn": year,
            "districts": shares,
        }
        if year in minors:
            data["acceptsUnaccompaniedMinors"] = True
            data["unaccompaniedMinors"] = minors[year]
        yield _event("quota.decided", f"decision/{OSLO}/{year}", rows[0]["published_on"], data)


def _derived_decision_2020() -> dict[str, Any]:
    """Oslo's decision for 2020: its request and the spare capacity published by KS.

    No page states the sum, so the event is synthetic.
    """
    spare = next(row for row in tables.spare_capacity() if row["code_2020"] == OSLO)
    request = next(row for row in tables.oslo_requests() if row["year"] == "2020")
    data = {
        "municipality": OSLO,
        "year": 2020,
        "persons": int(request["persons"]) + int(spare["persons_above_revised_request"]),
        "decidedOn": "2020",
    }
    return _event("quota.decided", f"decision/{OSLO}/2020", spare["published_on"], data, "synthetic")


def _settlements() -> Iterator[dict[str, Any]]:
    published = tables.oslo_settled()[0]["published_on"]
    for person in persons():
        data = {"municipality": OSLO, "settledOn": "2024"}
        data |= {name: value for name, value in person.items() if name != "id"}
        event = _event("person.settled", f"settlement/{person['id']}", published, data, "synthetic")
        yield {**event, "subject": person["id"]}


def _published_figures() -> Iterator[dict[str, Any]]:
    for row in tables.national_settled():
        data = {
            "region": "NO",
            "year": int(row["year"]),
            "measure": "settled",
            "persons": int(row["persons"]),
        }
        yield _figure(data, row["published_on"], IMDI_PAGE)
    for row in tables.spare_capacity():
        if row["code_2020"] != OSLO:
            persons_above = int(row["persons_above_revised_request"])
            data = {
                "region": row["code_2020"],
                "year": 2020,
                "measure": "spare_capacity",
                "persons": persons_above,
            }
            yield _figure(data, row["published_on"], KS_PAGE)
    for row in tables.oslo_breakdowns():
        if row["percent_published"]:
            data = {
                "region": OSLO,
                "year": int(row["year"]),
                "measure": "settled",
                "dimension": row["dimension"],
                "category": row["category"],
                "persons": int(row["persons"]),
                "percent": int(row["percent_published"]),
            }
            yield _figure(data, row["published_on"], OSLO_PAGE)


def _figure(data: dict[str, Any], published: str, source: str) -> dict[str, Any]:
    parts = (data["measure"], data.get("dimension"), data.get("category"))
    reference = "/".join(["figure", data["region"], str(data["year"]), *filter(None, parts)])
    told = {**data, "status": "exact", "publishedOn": published, "sourceName": source}
    return _event("figure.published", reference, published, told)
