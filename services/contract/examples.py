"""One event of each type that clients post, as they would write it: Oslo's published figures of 2024.

Where something of a kind was published the data are those of the seeds; the rest follows from them.
"""

from typing import Any

from services.contract.event_types import EVENT_TYPES, PREFIX, VERSION

PERSON = "6f1b7a52-6a0e-4c43-9d3c-2f3a0c9b7d11"
"""A settlement id: a random UUID."""

_OSLO = {"municipality": "0301", "year": 2024}

DATA: dict[str, dict[str, Any]] = {
    "need.announced": {
        "year": 2020,
        "persons": 5120,
        "announcedOn": "2019-10-24",
        "status": "issued",
        "unaccompaniedMinors": 140,
        "resettlement": 3000,
        "municipalitiesAsked": 210,
    },
    "figure.published": {
        "region": "NO",
        "year": 2018,
        "measure": "settled",
        "persons": 4903,
        "status": "exact",
        "publishedOn": "2019-10-24",
        "sourceName": "IMDi: 5 000 flyktninger skal bosettes i 2020",
    },
    "request.issued": {
        "municipality": "0301",
        "year": 2020,
        "persons": 137,
        "issuedOn": "2020",
        "original": False,
    },
    "request.revised": {
        "municipality": "0301",
        "year": 2020,
        "persons": 120,
        "revisedOn": "2020-09",
        "answerBy": "2020-11-01",
        "reasonCode": "need_changed",
    },
    "request.withdrawn": {
        "municipality": "0301",
        "year": 2020,
        "withdrawnOn": "2020-10-01",
        "reasonCode": "need_changed",
    },
    "quota.decided": {"municipality": "0301", "year": 2020, "persons": 210, "decidedOn": "2020"},
    "quota.revised": {
        **_OSLO,
        "decidedOn": "2024-05-02",
        "persons": 1700,
        "districts": [{"code": "030101", "persons": 160}, {"code": "030102", "persons": 160}],
        "reasonCode": "capacity",
    },
    "quota.withdrawn": {**_OSLO, "withdrawnOn": "2024-06-01", "reasonCode": "council"},
    "answer.delayed": {**_OSLO, "expectedOn": "2024-03-15", "reasonCode": "council"},
    "person.allocated": {
        "municipality": "0301",
        "allocatedOn": "2024-02-01",
        "readyOn": "2024-03-01",
        "arrival": "reception_centre",
    },
    "allocation.accepted": {"municipality": "0301", "plannedWeek": "2024-W12"},
    "allocation.declined": {"municipality": "0301", "reasonCode": "capacity"},
    "allocation.withdrawn": {"municipality": "0301", "reasonCode": "need_changed"},
    "person.settled": {
        "municipality": "0301",
        "settledOn": "2024",
        "district": "030101",
        "sex": "female",
        "ageGroup": "30-55",
        "countryOfOrigin": "UKR",
    },
    "settlement.corrected": {
        "municipality": "0301",
        "settledOn": "2024-03-18",
        "district": "030102",
        "sex": "female",
        "ageGroup": "30-55",
        "countryOfOrigin": "UKR",
        "reasonCode": "error",
    },
    "settlement.withdrawn": {"reasonCode": "error"},
    "settlement.attributes-erased": {},
}


def example_of(name: str) -> dict[str, Any]:
    """An event of a type by its short name, as a client sends it."""
    event_type = EVENT_TYPES[f"{PREFIX}{name}.{VERSION}"]
    subject = {"subject": PERSON} if event_type.kind == "settlements" else {}
    return {
        "specversion": "1.0",
        "id": f"{name}/1",
        "source": "https://vendor.example/oslo",
        "type": event_type.full_name,
        **subject,
        "data": DATA[name],
    }
