"""How a stream comes into each of its states, and what is allowed there: apart from the code."""

from tests.chassis.commands.posting import event
from tests.contract.schemas.documents import SHORT

# The shortest way into each state, told by hand from the design.
WAYS = {
    "needs": {"none": [], "announced": ["need.announced"]},
    "figures": {"none": [], "published": ["figure.published"]},
    "requests": {
        "none": [],
        "issued": ["request.issued"],
        "revised": ["request.issued", "request.revised"],
        "withdrawn": ["request.issued", "request.withdrawn"],
    },
    "decisions": {
        "none": [],
        "delayed": ["answer.delayed"],
        "decided": ["quota.decided"],
        "revised": ["quota.decided", "quota.revised"],
        "withdrawn": ["quota.decided", "quota.withdrawn"],
    },
    "settlements": {
        "none": [],
        "allocated": ["person.allocated"],
        "accepted": ["person.allocated", "allocation.accepted"],
        "declined": ["person.allocated", "allocation.declined"],
        "allocation-withdrawn": ["person.allocated", "allocation.withdrawn"],
        "settled": ["person.settled"],
        "corrected": ["person.settled", "settlement.corrected"],
        "attributes-erased": ["person.settled", "settlement.attributes-erased"],
        "closed": ["person.settled", "settlement.withdrawn"],
    },
}


def each_pair(kind, allowed):
    """Every state with every event, and whether it may follow, for a test's parameters."""
    return [
        (state, name, name in allowed[state])
        for state in WAYS[kind]
        for name in dict.fromkeys(name for names in allowed.values() for name in names)
    ]


def brought_to(service, kind, state, **attributes):
    """Bring a stream into a state, and say how many events that took."""
    for name in WAYS[kind][state]:
        answer = service.post(event(name, **attributes))
        assert answer.status_code == 201, answer.text
    return len(WAYS[kind][state])


def expect(answer, state, name, *, allowed, version, instead=()):
    """201 with the next version, or 409 that names the state and what can follow instead."""
    if allowed:
        assert answer.status_code == 201, answer.text
        assert answer.json["version"] == version
        return
    assert answer.status_code == 409
    assert answer.json["type"] == "urn:bosatt:problem:state"
    assert answer.json["state"] == state
    assert name in answer.json["detail"]
    assert ("does not exist yet" if state == "none" else state) in answer.json["detail"]
    assert answer.json["allowed"] == [f"no.bosatt.{one}.v1" for one in SHORT if one in instead]
    assert all(one in answer.json["detail"] for one in instead)
