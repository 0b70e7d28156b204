"""What has become of an event: stored, relayed, released, or left out for good."""

import hashlib
from urllib.parse import quote

import pytest
from sqlalchemy import update

from services.chassis.log.embedded import EmbeddedLog
from services.chassis.relay import Relay
from services.chassis.relay.heartbeat import Heartbeats
from services.chassis.relay.relay import RelaySettings
from services.chassis.store.tables import events, relays
from services.contract.topics import HEARTBEATS, TopicGeneration
from tests.chassis.commands.posting import SOURCE, event, new_person
from tests.opendata.projection.journal import Journal, ensure_topics

TOPIC = TopicGeneration("bosatt.settlements", 1)
DROPPED = {
    "topic": "bosatt.settlements",
    "generation": 1,
    "partition": 0,
    "offset": 0,
    "lastApplied": None,
    "fault": "unknown type",
    "cause": "unusable",
}


@pytest.fixture
def log(tmp_path):
    opened = EmbeddedLog(f"sqlite:///{tmp_path / 'log.db'}")
    ensure_topics(opened)
    yield opened
    opened.close()


@pytest.fixture
def journal(log):
    return Journal(log)


@pytest.fixture
def relay(settlements, log):
    beats = Heartbeats("settlements", TopicGeneration(HEARTBEATS, 1))
    relay = Relay(
        "settlements", settlements.service.store, log, TOPIC, RelaySettings("test", 60.0, 100), beats
    )
    yield relay
    relay.close()


@pytest.fixture
def heard(settlements, log):
    """Lets the service hear what is on the log by now."""
    view = settlements.service.view_loop(log)

    def hear():
        for _ in range(2):
            view._step()

    yield hear
    view._on_stop()


def way(settlements, event_id="one", caller="0301", query=""):
    answer = settlements.get(f"events/{quote(event_id)}{query}", caller)
    assert answer.status_code == 200, answer.text
    (one,) = answer.json["events"]
    return one


def posted(settlements, event_id="one", **attributes):
    document = event("person.settled", subject=new_person(), id=event_id, **attributes)
    answer = settlements.post(document, "0301")
    assert answer.status_code == 201, answer.text
    return answer.json


def relayed(relay):
    for _ in range(3):
        relay.step()


def release(number, place, sequence=None):
    mark = {name: place[name] for name in ("topic", "generation", "partition", "sequence")}
    return {
        "release": str(number),
        "policy": "immediate",
        "publishedAt": f"2024-07-01T10:00:{number:02d}.000000Z",
        "dataThrough": None,
        "marks": [mark | ({} if sequence is None else {"sequence": sequence})],
    }


def test_an_event_is_stored_before_it_is_anything_else(settlements):
    receipt = posted(settlements)

    assert way(settlements) == {
        "id": "one",
        "source": SOURCE,
        "type": "no.bosatt.person.settled.v1",
        "stream": receipt["stream"],
        "version": 1,
        "status": "stored",
        "stored": {"recordedTime": receipt["recordedTime"]},
        "relayed": None,
        "projected": None,
        "released": None,
        "dropped": None,
    }


def test_an_event_that_the_log_holds_is_relayed_and_no_more_is_known(settlements, relay):
    posted(settlements)

    relayed(relay)

    found = way(settlements)
    assert found["status"] == "relayed"
    assert found["relayed"] == {
        "topic": "bosatt.settlements",
        "generation": 1,
        "partition": TOPIC.partition_of("0301"),
        "sequence": 1,
    }
    assert (found["projected"], found["released"]) == (None, None)


def test_a_sequence_alone_is_not_yet_relayed(settlements, relay):
    posted(settlements)
    relayed(relay)

    with settlements.database.write() as connection:
        connection.execute(update(relays).values(cursor=0))

    assert way(settlements)["status"] == "stored"


def test_a_release_whose_mark_has_passed_it_contains_it(settlements, relay, journal, heard):
    posted(settlements)
    relayed(relay)
    place = way(settlements)["relayed"]
    journal.post("release.published", release(6, place, sequence=0))
    heard()
    before = way(settlements)["status"]

    journal.post("release.published", release(7, place))
    heard()

    found = way(settlements)
    assert (before, found["status"], found["projected"]) == ("relayed", "released", True)
    assert found["released"] == {"release": "7", "publishedAt": "2024-07-01T10:00:07.000000Z"}


def test_the_newest_release_counts_in_whichever_order_they_are_heard(settlements, relay, journal, heard):
    posted(settlements)
    relayed(relay)
    place = way(settlements)["relayed"]

    for number in (8, 7):
        journal.post("release.published", release(number, place))
    heard()

    assert way(settlements)["released"]["release"] == "8"


@pytest.mark.parametrize("other", [{"generation": 2}, {"topic": "bosatt.requests"}, {"partition": 99}])
def test_a_mark_of_another_place_says_nothing(settlements, relay, journal, heard, other):
    posted(settlements)
    relayed(relay)

    journal.post("release.published", release(7, way(settlements)["relayed"] | other))
    heard()

    assert way(settlements)["status"] == "relayed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"release": "seven"},
        {"release": "9" * 30},
        {"marks": [{"topic": "t" * 100, "generation": 1, "partition": 0, "sequence": 1}]},
        {"marks": [{"topic": "t", "generation": 1, "partition": 0, "sequence": 2**63}]},
        {"marks": 7},
        {"publishedAt": "x" * 100},
    ],
)
def test_a_release_that_cannot_be_read_is_left_out_and_the_next_is_heard(
    settlements, relay, journal, heard, wrong
):
    posted(settlements)
    relayed(relay)
    place = way(settlements)["relayed"]
    journal.post("release.published", release(7, place) | wrong)
    journal.post("release.published", release(8, place))

    heard()

    assert way(settlements)["released"]["release"] == "8"


def test_what_operators_left_out_is_told_with_the_cause(settlements, relay, journal, log, heard):
    posted(settlements)
    relayed(relay)
    place = way(settlements)["relayed"]
    record = log.read(TOPIC, place["partition"], 0, 1)[0]
    journal.post("release.published", release(7, place))
    digest = hashlib.sha256(record.value).hexdigest()
    journal.post("deadletter.dropped", DROPPED | {"digest": digest})

    heard()

    found = way(settlements)
    assert (found["status"], found["dropped"]) == ("dropped", {"cause": "unusable"})
    assert (found["projected"], found["released"]) == (False, None)


def test_events_of_one_id_are_told_apart_by_their_source(settlements):
    posted(settlements)
    posted(settlements, source="urn:test:another")

    both = settlements.get("events/one", "0301").json["events"]

    assert [one["source"] for one in both] == ["urn:test:another", SOURCE]
    assert way(settlements, query=f"?source={quote(SOURCE)}")["source"] == SOURCE
    assert settlements.get("events/one?source=urn:test:third", "0301").status_code == 404


@pytest.mark.parametrize("caller", ["4601", "imdi", "importer", "030101"])
def test_anothers_event_is_answered_like_one_that_does_not_exist(settlements, caller):
    posted(settlements)

    theirs = settlements.get("events/one", caller)
    nobodys = settlements.get("events/two", caller)

    assert (theirs.status_code, theirs.json) == (nobodys.status_code, nobodys.json)
    assert theirs.status_code == 404


def test_of_an_event_restored_from_the_log_its_streams_owner_is_told(settlements):
    posted(settlements)
    with settlements.database.write() as connection:
        connection.execute(update(events).values(caller=""))

    assert way(settlements, caller="0301")["status"] == "stored"
    assert settlements.get("events/one", "4601").status_code == 404


@pytest.mark.parametrize("event_id", ["a/b", "a//b", "a/", "æ ø", "a?b#c", "100%", "."])
def test_an_id_is_taken_as_it_is_written(settlements, event_id):
    posted(settlements, event_id)

    assert way(settlements, event_id)["id"] == event_id


@pytest.mark.parametrize("path", ["events/%00", "events/one?source=%00"])
def test_an_id_that_cannot_be_is_404(settlements, path):
    assert settlements.get(path, "0301").status_code == 404


def test_an_unknown_parameter_is_400(settlements):
    assert settlements.get("events/one?sauce=x", "0301").status_code == 400
