"""Post events as a municipality's system would, and see the totals change."""

import time
import uuid
from typing import Any

from tests.acceptance.running import RunningSystem

TOTALS = (
    '{ region(code: "4601") { totals(year: 2025) '
    "{ requested decided quota settled remaining decisionStatus } } }"
)


def event(name: str, data: dict[str, Any], **attributes: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "urn:test:vendor",
        "type": f"no.bosatt.{name}.v1",
        "data": data,
        **attributes,
    }


def answer(**totals: Any) -> dict[str, Any]:
    return {"region": {"totals": totals}}


def test_from_request_to_person_settled_corrected_and_withdrawn(empty: RunningSystem) -> None:
    person = str(uuid.uuid4())
    asked = event(
        "request.issued", {"municipality": "4601", "year": 2025, "persons": 300, "issuedOn": "2024-11-01"}
    )
    decided = event(
        "quota.decided", {"municipality": "4601", "year": 2025, "persons": 250, "decidedOn": "2025-01-20"}
    )
    facts = {
        "municipality": "4601",
        "settledOn": "2025-03-04",
        "district": "460102",
        "sex": "female",
        "age": 34,
    }
    settled = event("person.settled", facts, subject=person)

    assert empty.post("requests", asked, "imdi").status_code == 201
    empty.wait_for(
        TOTALS,
        answer(requested=300, decided=None, quota=None, settled=None, remaining=None, decisionStatus="ASKED"),
    )
    assert empty.post("decisions", decided, "4601").status_code == 201
    receipt = empty.post("settlements", settled, "4601")
    assert receipt.status_code == 201
    assert receipt.headers["ETag"] == '"1"'
    empty.wait_for(
        TOTALS,
        answer(requested=300, decided=250, quota=250, settled=1, remaining=249, decisionStatus="DECIDED"),
    )

    again = empty.post("settlements", settled, "4601")
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")

    moved = event("settlement.corrected", {**facts, "district": "460103"}, subject=person)
    assert empty.post("settlements", moved, "4601").status_code == 201
    districts = (
        '{ a: region(code: "460102") { totals(year: 2025) { settled } } '
        'b: region(code: "460103") { totals(year: 2025) { settled } } }'
    )
    empty.wait_for(districts, {"a": {"totals": {"settled": 0}}, "b": {"totals": {"settled": 1}}})

    gone = event("settlement.withdrawn", {"reasonCode": "error"}, subject=person)
    assert empty.post("settlements", gone, "4601").status_code == 201
    empty.wait_for(
        TOTALS,
        answer(requested=300, decided=250, quota=250, settled=0, remaining=250, decisionStatus="DECIDED"),
    )


def test_bad_input_is_told_all_at_once_and_changes_nothing(empty: RunningSystem) -> None:
    bad = event(
        "quota.decided",
        {
            "municipality": "1601",
            "year": 2024,
            "persons": "many",
            "decidedOn": "2024-13-01",
            "onlyFamilies": True,
            "capacityNeeds": "call 01010050027",
        },
    )

    refused = empty.post("decisions", bad, "importer")

    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    told = {fault["pointer"] for fault in refused.json()["errors"]}
    assert {"/data/municipality", "/data/persons", "/data/decidedOn", "/data/onlyFamilies"} <= told
    assert "5001" in refused.text
    assert empty.ask('{ region(code: "5001") { totals(year: 2024) { quota } } }') == {
        "region": {"totals": {"quota": None}}
    }


def test_nobody_posts_without_a_token_or_about_others(empty: RunningSystem) -> None:
    import httpx

    decision = event(
        "quota.decided", {"municipality": "0301", "year": 2024, "persons": 1, "decidedOn": "2024"}
    )

    bare = httpx.post(
        f"{empty.url}/decisions/v1/events",
        json=decision,
        headers={"Content-Type": "application/cloudevents+json"},
    )

    assert bare.status_code == 401
    assert empty.post("decisions", decision, "4601").status_code == 403


def test_a_sender_is_told_when_its_event_is_released(empty: RunningSystem) -> None:
    settled = event(
        "person.settled", {"municipality": "4601", "settledOn": "2025-04-01"}, subject=str(uuid.uuid4())
    )
    assert empty.post("settlements", settled, "4601").status_code == 201

    statuses = []
    deadline = time.monotonic() + 20
    while "released" not in statuses:
        assert time.monotonic() < deadline, statuses
        (found,) = empty.get(f"/settlements/v1/events/{settled['id']}", "4601").json()["events"]
        statuses.append(found["status"])
        time.sleep(0.05)

    assert statuses == sorted(statuses, key=["stored", "relayed", "released"].index)
    assert int(found["released"]["release"]) > 0
