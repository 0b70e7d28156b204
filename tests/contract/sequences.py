"""Random sequences of events that are valid in form and in state, for each kind of stream."""

from typing import Any

from hypothesis import strategies as st

from services.contract.codes import Arrival, Care, Housing, NeedStatus, Origin, Sex
from services.contract.event_types import EVENT_TYPES
from services.contract.facts import facts_after
from services.contract.states import allows

PERSONS = st.integers(0, 500)
PARTIAL = st.sampled_from(["2024", "2024-05", "2024-05-17", "2023-12-31", "2023"])
DAY = st.sampled_from(["2024-05-17", "2024-02-29"])
REASON = {"reason": st.just("Annet."), "reasonCode": st.sampled_from(["council", "other"])}
PLACE = {"municipality": st.just("0301"), "year": st.just(2024)}


def known_or_null(values):
    return st.none() | values


_QUOTA = {
    "decidedBy": known_or_null(st.just("Bystyret")),
    "acceptsUnaccompaniedMinors": known_or_null(st.booleans()),
    "unaccompaniedMinors": known_or_null(PERSONS),
    "extraCapacity": known_or_null(PERSONS),
    "districts": known_or_null(
        st.lists(st.fixed_dictionaries({"code": st.just("030101"), "persons": PERSONS}))
    ),
}
_PERSON = {
    "district": known_or_null(st.sampled_from(["030101", "030102"])),
    "countryOfOrigin": known_or_null(st.sampled_from(["UKR", "SYR", "XXX"])),
    "sex": known_or_null(st.sampled_from(list(map(str, Sex)))),
    "age": st.integers(0, 100),
    "unaccompaniedMinor": known_or_null(st.just(True)),
    "care": known_or_null(st.sampled_from(list(map(str, Care)))),
    "arrival": known_or_null(st.sampled_from(list(map(str, Arrival)))),
    "housing": known_or_null(st.sampled_from(list(map(str, Housing)))),
}
_SETTLED = {"municipality": st.just("0301"), "settledOn": PARTIAL}
_ANSWER = {"municipality": st.just("0301")}

# name: (required fields, optional fields)
FORMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "need.announced": (
        {
            "year": st.just(2024),
            "persons": PERSONS,
            "announcedOn": PARTIAL,
            "status": st.sampled_from(list(map(str, NeedStatus))),
        },
        {"unaccompaniedMinors": known_or_null(PERSONS), "resettlement": known_or_null(PERSONS), **REASON},
    ),
    "figure.published": (
        {
            "region": st.just("0301"),
            "year": st.just(2024),
            "measure": st.sampled_from(["settled", "quota"]),
            "status": st.just("exact"),
            "persons": PERSONS,
            "publishedOn": PARTIAL,
            "sourceName": st.just("IMDi"),
        },
        {},
    ),
    "request.issued": (
        {**PLACE, "persons": PERSONS, "issuedOn": PARTIAL},
        {
            "unaccompaniedMinors": known_or_null(PERSONS),
            "answerBy": known_or_null(DAY),
            "original": st.booleans(),
        },
    ),
    "request.revised": (
        {**PLACE, "persons": PERSONS, "revisedOn": PARTIAL},
        {"unaccompaniedMinors": known_or_null(PERSONS), "answerBy": known_or_null(DAY), **REASON},
    ),
    "request.withdrawn": ({**PLACE, "withdrawnOn": PARTIAL}, REASON),
    "answer.delayed": ({**PLACE, "expectedOn": DAY}, REASON),
    "quota.decided": ({**PLACE, "persons": PERSONS, "decidedOn": PARTIAL}, _QUOTA),
    "quota.revised": (
        {**PLACE, "decidedOn": PARTIAL},
        {"persons": known_or_null(PERSONS), **_QUOTA, **REASON},
    ),
    "quota.withdrawn": ({**PLACE, "withdrawnOn": PARTIAL}, REASON),
    "person.allocated": (
        {**_ANSWER, "allocatedOn": PARTIAL},
        {"readyOn": known_or_null(DAY), "unaccompaniedMinor": known_or_null(st.booleans())},
    ),
    "allocation.accepted": (
        _ANSWER,
        {"plannedWeek": known_or_null(st.sampled_from(["2024-W20", "2024-W21"]))},
    ),
    "allocation.declined": (_ANSWER, REASON),
    "allocation.withdrawn": (_ANSWER, REASON),
    "person.settled": (_SETTLED, _PERSON),
    "settlement.corrected": (_SETTLED, {**_PERSON, **REASON}),
    "settlement.withdrawn": ({}, REASON),
    "settlement.attributes-erased": ({}, {}),
}

_LOADERS = {event.name: event.loader for event in EVENT_TYPES.values()}


@st.composite
def streams(draw, kind):
    """The events of one stream: name, data as loaded, origin and moment known; each in its turn."""
    names = [event.name for event in EVENT_TYPES.values() if event.kind == kind]
    facts = None
    events = []
    for place in range(draw(st.integers(1, 8))):
        state = None if facts is None else facts["state"]
        possible = [name for name in names if allows(name, state)]
        if not possible:
            break
        name = draw(st.sampled_from(possible))
        required, optional = FORMS[name]
        data = _LOADERS[name].load(draw(st.fixed_dictionaries(required, optional=optional)))
        origin = str(draw(st.sampled_from(list(Origin))))
        known = f"2024-06-21T12:00:{place:02d}.000000Z"
        facts = facts_after(name, facts, data, origin, known)
        events.append((name, data, origin, known))
    return events
