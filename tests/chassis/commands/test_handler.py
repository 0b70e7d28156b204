"""What is decided about one event, what is stored of it, and what is counted."""

from dataclasses import replace

import pytest

from services.chassis.commands import storing as handling
from services.chassis.commands.handler import CommandHandler
from services.chassis.commands.service import CommandService
from services.chassis.database import Database, sqlite
from services.chassis.metrics import REGISTRY
from services.chassis.problems import Problem
from services.chassis.store import EventStore, VersionConflict
from services.contract.codes import Role
from services.contract.entitlements import Caller
from tests.chassis.commands.posting import SOURCE, event, new_person, told
from tests.contract.schemas.documents import LEAST
from tests.servers.databases import SQLITE

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
IMPORTER = Caller(Role.IMPORTER)


def counted(outcome, name="quota.decided", service="decisions"):
    labels = {"service": service, "type": name, "outcome": outcome}
    return REGISTRY.get_sample_value("bosatt_commands_total", labels) or 0


def rejected(rule, service="decisions"):
    labels = {"service": service, "rule": rule}
    return REGISTRY.get_sample_value("bosatt_commands_rejected_total", labels) or 0


def test_the_first_event_of_a_stream_is_stored_with_what_the_log_carries(decisions):
    decisions.post(
        event("quota.decided", id="one", time="2024-06-30T08:00:00+02:00", traceparent=TRACE), "0301"
    )

    assert decisions.stored() == [
        {
            "specversion": "1.0",
            "id": "one",
            "source": SOURCE,
            "type": "no.bosatt.quota.decided.v1",
            "subject": "0301/2024",
            "datacontenttype": "application/json",
            "time": "2024-06-30T08:00:00+02:00",
            "traceparent": TRACE,
            "origin": "reported",
            "partitionkey": "0301",
            "streamversion": 1,
            "data": LEAST["quota.decided"],
            "recordedtime": "2024-07-01T10:00:00.000000Z",
        }
    ]


def test_an_importers_origin_and_knowntime_are_stored(decisions):
    decisions.post(event("quota.decided", origin="imported", knowntime="2024-03"))

    stored = decisions.stored()[0]
    assert (stored["origin"], stored["knowntime"]) == ("imported", "2024-03")


def test_a_traceparent_of_another_form_is_left_out(decisions):
    decisions.post(event("quota.decided", traceparent="not one"))

    assert "traceparent" not in decisions.stored()[0]


def test_a_later_event_carries_the_facts_in_force_before_it(decisions):
    decisions.post(event("quota.decided", changes={"caseReference": "2024/1", "unaccompaniedMinors": 55}))
    before = decisions.facts("decisions", "0301/2024")
    decisions.clock.advance(days=1)

    decisions.post(event("quota.revised", changes={"persons": 1650, "caseReference": None}))

    stored = decisions.stored()[1]
    assert stored["streamversion"] == 2
    assert stored["recordedtime"] == "2024-07-02T10:00:00.000000Z"
    assert stored["data"]["previous"] == before
    assert stored["data"]["previous"]["caseReference"] == "2024/1"
    assert stored["data"]["caseReference"] is None


def test_a_stream_keeps_the_partition_key_of_its_first_event(settlements):
    person = new_person()
    settlements.post(event("person.allocated", subject=person))
    settlements.post(event("allocation.declined", subject=person))
    settlements.post(event("person.allocated", subject=person, changes={"municipality": "4601"}))

    assert [one["partitionkey"] for one in settlements.stored()] == ["0301"] * 3


def test_a_fact_known_before_now_may_have_any_knowntime_up_to_now(decisions):
    decisions.post(event("quota.decided", knowntime="2024"))

    future = decisions.post(event("quota.revised", knowntime="2025"))

    assert told(future) == {"/knowntime": "in-future"}
    assert len(decisions.stored()) == 1


def test_a_closed_service_is_503_and_stores_nothing(decisions):
    decisions.shut("The log holds more than the store.")

    answer = decisions.post(event("quota.decided"))
    rehearsed = decisions.post(event("quota.decided"), query="?dryRun=true")

    assert answer.status_code == rehearsed.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert answer.json["type"] == "urn:bosatt:problem:closed"
    assert "bosatt restore" in answer.json["detail"]
    assert decisions.stored() == []


def test_a_relay_that_holds_its_lease_does_not_close_the_service(decisions):
    decisions.shut(None)

    assert decisions.post(event("quota.decided")).status_code == 201


@pytest.mark.parametrize("backend", [SQLITE], indirect=True)
def test_a_store_that_stays_locked_is_503(decisions, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 20)
    impatient = Database(decisions.database.url)
    service = CommandService("decisions", decisions.domain, EventStore(impatient))
    handler = CommandHandler(service.topic, decisions.domain, service.store)

    with decisions.database.write(), pytest.raises(Problem) as refused:
        handler.handle(event("quota.decided"), IMPORTER)
    impatient.close()

    assert (refused.value.status, refused.value.kind) == (503, "busy")
    assert refused.value.headers["Retry-After"] == "1"


def test_a_stream_that_others_keep_changing_is_503_in_the_end(decisions, monkeypatch):
    monkeypatch.setattr(handling, "LONGEST_PAUSE", 0.0)
    tries = []

    def overtaken(*_):
        tries.append("once more")
        raise VersionConflict("0301/2024")

    handler = CommandHandler(
        decisions.service.topic, replace(decisions.domain, warnings=overtaken), decisions.service.store
    )

    with pytest.raises(Problem) as refused:
        handler.handle(event("quota.decided"), IMPORTER)

    assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "1")
    assert len(tries) == handling.ATTEMPTS


def test_what_became_of_events_is_counted_by_type(decisions):
    decided = event("quota.decided")
    before = [counted(one) for one in ("accepted", "duplicate", "dry-run", "forbidden", "state")]

    decisions.post(decided, query="?dryRun=true")
    decisions.post(decided)
    decisions.post(decided)
    decisions.post(event("quota.decided"))
    decisions.post(event("quota.decided"), "4601")

    after = [counted(one) for one in ("accepted", "duplicate", "dry-run", "forbidden", "state")]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1, 1, 1]


def test_each_rule_that_an_event_breaks_is_counted_once(decisions):
    rules = ("form", "in-future", "undeclared-field", "state")
    before = [rejected(rule) for rule in rules]

    decisions.post(
        event(
            "quota.decided", changes={"persons": -1, "unaccompaniedMinors": -1, "decidedOn": "2025", "x": 1}
        )
    )
    decisions.post(event("quota.revised"))

    assert [rejected(rule) - old for rule, old in zip(rules, before, strict=True)] == [1, 1, 1, 1]


def test_a_type_made_up_by_a_client_never_becomes_a_label(decisions):
    before = counted("invalid-event", "unknown")

    decisions.post(event("quota.decided", type="no.bosatt.made-up.v1"))
    decisions.post(event("quota.decided", type=["made-up"]))

    assert counted("invalid-event", "unknown") - before == 2
    labels = {sample.labels.get("type") for family in REGISTRY.collect() for sample in family.samples}
    assert not any("made-up" in label for label in labels if label)
