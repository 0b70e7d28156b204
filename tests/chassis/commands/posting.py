"""Events as clients write them: valid ones of every type, changed as a test wants."""

import uuid

from tests.contract.schemas.documents import LEAST, SHORT

SOURCE = "urn:test:vendor"

# Who may post each type about Oslo.
POSTED_BY = {
    "need.announced": "imdi",
    "figure.published": "imdi",
    "request.issued": "imdi",
    "request.revised": "imdi",
    "request.withdrawn": "imdi",
    "quota.decided": "0301",
    "quota.revised": "0301",
    "quota.withdrawn": "0301",
    "answer.delayed": "0301",
    "person.allocated": "imdi",
    "allocation.accepted": "0301",
    "allocation.declined": "0301",
    "allocation.withdrawn": "imdi",
    "person.settled": "0301",
    "settlement.corrected": "0301",
    "settlement.withdrawn": "0301",
    "settlement.attributes-erased": "0301",
}


def event(name, data=None, /, *, without=(), changes=None, **attributes):
    """A CloudEvent of a type; ``changes`` to the least data, ``without`` some attributes."""
    said = LEAST[name] if data is None else data
    document = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": SOURCE,
        "type": SHORT[name].full_name,
        "data": {**said, **(changes or {})},
        **attributes,
    }
    return {key: value for key, value in document.items() if key not in without}


def new_person():
    """A random settlement id."""
    return str(uuid.uuid4())


def told(answer):
    """What an answer says is wrong: rules by pointer."""
    faults: dict[str, list[str]] = {}
    for fault in answer.json["errors"]:
        faults.setdefault(fault["pointer"], []).append(fault["rule"])
    return {pointer: rules[0] if len(rules) == 1 else rules for pointer, rules in faults.items()}


def detail_at(answer, pointer):
    """What an answer says about one place in the event."""
    return next(fault["detail"] for fault in answer.json["errors"] if fault["pointer"] == pointer)


def warned(answer):
    """The codes of a receipt's warnings, by pointer."""
    return {warning["pointer"]: warning["code"] for warning in answer.json["warnings"]}
