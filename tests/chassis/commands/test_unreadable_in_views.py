"""What can't be read is left out of an advisory view, and the view goes on: warnings never stop."""

import pytest

from services.chassis import metrics
from services.chassis.commands.seen import MOST, Seen, rehearsing
from services.chassis.consuming.records import Unreadable
from tests.chassis.commands.posting import event, new_person
from tests.flow.memory_log import MemoryLog
from tests.opendata.projection.journal import Journal, ensure_topics, person

QUOTA = {"municipality": "0301", "year": 2024, "persons": 7, "decidedOn": "2024"}
REQUEST = {"municipality": "0301", "year": 2024, "persons": 7, "issuedOn": "2024"}
SETTLED = {"municipality": "0301", "settledOn": "2024-05-17"}

WRONG = [
    {"data": None},
    {"data": []},
    {"data": {}},
    {"data": QUOTA | {"municipality": ["0301"]}},
    {"data": QUOTA | {"municipality": "03\x001"}},
    {"data": QUOTA | {"municipality": "0301" * 100}},
    {"data": QUOTA | {"municipality": "ø"}},
    {"data": QUOTA | {"year": "2024"}},
    {"data": QUOTA | {"year": 10**12}},
    {"data": QUOTA | {"year": True}},
    {"data": QUOTA | {"year": None}},
    {"type": 7},
    {"recordedtime": "now"},
]
WRONG_PERSONS = [
    {"data": QUOTA | {"persons": "many"}},
    {"data": QUOTA | {"persons": [1]}},
    {"data": QUOTA | {"persons": 10**18}},
    {"data": QUOTA | {"persons": MOST + 1}},
    {"data": QUOTA | {"persons": 1e300}},
    {"data": QUOTA | {"previous": [7]}},
]
WRONG_SETTLEMENTS = [
    {"data": SETTLED | {"settledOn": 2024}},
    {"data": SETTLED | {"settledOn": "soon"}},
    {"data": SETTLED | {"municipality": 301}},
    {"data": SETTLED | {"previous": {"settlement": {}}}, "type": "no.bosatt.settlement.corrected.v1"},
    {"data": {"previous": {"settlement": 7}}, "type": "no.bosatt.settlement.withdrawn.v1"},
]


@pytest.fixture
def log():
    log = MemoryLog(lambda: 0.0)
    ensure_topics(log)
    return log


@pytest.fixture
def journal(log):
    return Journal(log)


def follow(running, log):
    loop = running.service.view_loop(log)
    for _ in range(3):
        loop._step()
    loop._on_stop()


def seen(running, kind):
    with running.database.read() as connection:
        return Seen(running.database, connection).get(kind, "0301", 2024)


def left_out(group, topic):
    return metrics.CONSUMER_UNREADABLE.labels(group, topic)._value.get()


def poison(journal, name, data, wrongs, topic):
    for number, wrong in enumerate(wrongs):
        composed = journal.compose(name, data, subject=f"poison/{number}")
        journal.append_value(topic, "0301", composed | wrong)
    journal.append_bytes(topic, "0301", b"{")
    return len(wrongs) + 1


@pytest.mark.parametrize("service", ["requests", "settlements"])
def test_decisions_that_cannot_be_read_are_left_out(requests, settlements, log, journal, service):
    running = {"requests": requests, "settlements": settlements}[service]
    before = left_out(f"{service}-view", "bosatt.decisions")
    count = poison(journal, "quota.decided", QUOTA, WRONG + WRONG_PERSONS, "bosatt.decisions")
    journal.post("quota.decided", QUOTA)

    follow(running, log)

    assert seen(running, "decision")["persons"] == 7
    assert left_out(f"{service}-view", "bosatt.decisions") - before == count


def test_requests_that_cannot_be_read_are_left_out(decisions, log, journal):
    poison(journal, "request.issued", REQUEST, WRONG, "bosatt.requests")
    journal.post("request.issued", REQUEST)

    follow(decisions, log)

    assert seen(decisions, "request") == {"inForce": True}


def test_settlements_that_cannot_be_read_are_left_out_whole(settlements, log, journal):
    poison(journal, "person.settled", SETTLED, WRONG_SETTLEMENTS, "bosatt.settlements")
    journal.post("person.settled", SETTLED, subject=person(1))

    follow(settlements, log)

    assert seen(settlements, "settled") == {"persons": 1}


def test_of_a_correction_that_cannot_be_read_not_even_the_half_is_noted(settlements, log, journal):
    journal.post("person.settled", SETTLED, subject=person(1))
    corrected = journal.compose("settlement.corrected", SETTLED, subject=person(1))
    wrong = {"data": corrected["data"] | {"settledOn": "soon"}}
    journal.append_value("bosatt.settlements", "0301", corrected | wrong)

    follow(settlements, log)

    assert seen(settlements, "settled") == {"persons": 1}


def test_a_warning_is_given_whatever_stood_on_the_log(settlements, log, journal):
    poison(journal, "quota.decided", QUOTA, WRONG + WRONG_PERSONS, "bosatt.decisions")
    journal.post("quota.decided", QUOTA | {"persons": 0})
    follow(settlements, log)

    receipt = settlements.post(event("person.settled", subject=new_person()), "0301")

    assert receipt.status_code == 201
    assert [one["code"] for one in receipt.json["warnings"]] == ["above-quota"]


def test_what_is_rehearsed_is_not_noted(settlements):
    rehearsing(lambda view, _event: view.put("decision", "0301", 2024, {"persons": 1}))({})

    assert seen(settlements, "decision") is None


def test_what_cannot_be_observed_cannot_be_read():
    with pytest.raises(Unreadable, match="schema"):
        rehearsing(lambda _view, event: event["data"])({})


@pytest.mark.parametrize("value", [0, -MOST, MOST, True, False, None])
def test_small_facts_are_noted(settlements, value):
    with settlements.database.write() as connection:
        view = Seen(settlements.database, connection)
        view.put("decision", "0301", 2024, {"persons": value})
        view.keep()

    assert seen(settlements, "decision") == {"persons": value}
