"""One valid document per event type, and what a schema says to another."""

from services.contract.event_types import EVENT_TYPES

SHORT = {event.name: event for event in EVENT_TYPES.values()}

_DEAD_LETTER = {
    "topic": "bosatt.settlements",
    "generation": 1,
    "partition": 3,
    "offset": 1042,
    "digest": "0f" * 32,
}
_YEAR = {"municipality": "0301", "year": 2024}

# The required fields alone.
LEAST = {
    "need.announced": {"year": 2024, "persons": 35000, "announcedOn": "2023-11", "status": "issued"},
    "figure.published": {
        "region": "0301",
        "year": 2024,
        "measure": "settled",
        "status": "exact",
        "persons": 0,
        "publishedOn": "2024-06-21",
        "sourceName": "Oslo kommune",
    },
    "request.issued": {**_YEAR, "persons": 2100, "issuedOn": "2023-12-05"},
    "request.revised": {**_YEAR, "persons": 2000, "revisedOn": "2024-03"},
    "request.withdrawn": {**_YEAR, "withdrawnOn": "2024-04-01"},
    "quota.decided": {**_YEAR, "persons": 2100, "decidedOn": "2024-02-28"},
    "quota.revised": {**_YEAR, "decidedOn": "2024-05-02"},
    "quota.withdrawn": {**_YEAR, "withdrawnOn": "2024"},
    "answer.delayed": {**_YEAR, "expectedOn": "2024-03-15"},
    "person.allocated": {"municipality": "0301", "allocatedOn": "2024-02-01"},
    "allocation.accepted": {"municipality": "0301"},
    "allocation.declined": {"municipality": "0301"},
    "allocation.withdrawn": {"municipality": "0301"},
    "person.settled": {"municipality": "0301", "settledOn": "2024-06-20"},
    "settlement.corrected": {"municipality": "0301", "settledOn": "2024-06-20"},
    "settlement.withdrawn": {},
    "settlement.attributes-erased": {},
    "release.published": {
        "release": "7",
        "policy": "immediate",
        "publishedAt": "2024-06-21T12:00:00Z",
        "marks": [],
    },
    "heartbeat.sent": {
        "service": "requests",
        "generation": 1,
        "sequences": [0],
        "recordedThrough": "2024-06-21T12:00:00.000000Z",
    },
    "generation.switched": {"topic": "bosatt.settlements", "generation": 2, "partitions": 12},
    "deadletter.retried": _DEAD_LETTER,
    "deadletter.dropped": {
        **_DEAD_LETTER,
        "lastApplied": 1041,
        "fault": "unknown type",
        "cause": "not_ours",
    },
}

# A valid value for every field that may stand beside the required ones.
OPTIONAL_VALUES = {
    "persons": 12,
    "unaccompaniedMinors": 3,
    "resettlement": 3000,
    "municipalitiesAsked": 340,
    "note": "Sent by a test of the vendor's.",
    "reason": "Fewer arrivals than expected.",
    "reasonCode": "need_changed",
    "percent": 12.5,
    "sourceUrl": "https://www.imdi.no/tall",
    "answerBy": "2024-03-01",
    "original": False,
    "decidedBy": "Bystyret",
    "acceptsUnaccompaniedMinors": True,
    "extraCapacity": 50,
    "extraCapacityUnaccompaniedMinors": 5,
    "capacityNeeds": "Flere boliger.",
    "caseReference": "2024/1234",
    "districts": [{"code": "030101", "persons": 100}],
    "readyOn": "2024-03-01",
    "unaccompaniedMinor": True,
    "arrival": "reception_centre",
    "plannedWeek": "2024-W35",
    "district": "030101",
    "countryOfOrigin": "UKR",
    "sex": "female",
    "ageGroup": "18-29",
    "care": "institution",
    "housing": "municipal",
    "alternativeReceptionPlace": False,
    "dataThrough": "2024-06-21T12:00:00.000000Z",
}


def load(name, /, **changes):
    """The least document of a type with some fields changed, loaded by its schema."""
    return SHORT[name].loader.load(LEAST[name] | changes)


def faults(name, document=None, /, **changes):
    """What is wrong with a document, by field; the least one of the type, changed, if none is given."""
    given = LEAST[name] | changes if document is None else document
    return SHORT[name].loader.validate(given)
