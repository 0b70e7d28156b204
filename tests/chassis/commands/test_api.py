"""The HTTP face: media types, bodies, statuses."""

import orjson
import pytest

from tests.chassis.commands.posting import SOURCE, event, new_person
from tests.chassis.commands.running import STRUCTURED
from tests.chassis.http.environs import of_unknown_length

DECIDED = event("quota.decided")


def test_a_misspelt_parameter_stores_nothing(decisions):
    answer = decisions.post(DECIDED, query="?dryrun=true")

    assert answer.status_code == 400
    assert decisions.post(DECIDED).status_code == 201


def test_an_accepted_event_is_201_with_a_receipt_and_the_version_as_entity_tag(decisions):
    answer = decisions.post(event("quota.decided", id="one"), "0301")

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json) == ["id", "source", "stream", "version", "recordedTime", "status", "warnings"]
    assert answer.json | {"warnings": []} == {
        "id": "one",
        "source": SOURCE,
        "stream": "0301/2024",
        "version": 1,
        "recordedTime": "2024-07-01T10:00:00.000000Z",
        "status": "accepted",
        "warnings": [],
    }


def test_each_event_of_a_stream_has_the_next_version(decisions):
    decisions.post(event("quota.decided"))

    answer = decisions.post(event("quota.revised"))

    assert (answer.json["version"], answer.headers["ETag"]) == (2, '"2"')


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "text/plain",
        "",
        f"{STRUCTURED}; charset=iso-8859-1",
    ],
)
def test_another_media_type_is_415_and_names_the_right_one(decisions, media_type):
    answer = decisions.post(DECIDED, headers={"Content-Type": media_type})

    assert answer.status_code == 415
    assert answer.headers["Accept-Post"].split(", ")[0] == STRUCTURED
    assert answer.json["type"] == "urn:bosatt:problem:media-type"
    assert decisions.stored() == []


@pytest.mark.parametrize("written", [f"{STRUCTURED}; charset=utf-8", f'{STRUCTURED};charset="UTF-8"'])
def test_utf_8_may_be_named(decisions, written):
    assert decisions.post(DECIDED, headers={"Content-Type": written}).status_code == 201


def test_a_body_packed_in_another_way_is_415_and_names_those_accepted(decisions):
    answer = decisions.post(DECIDED, headers={"Content-Encoding": "br"})

    assert answer.status_code == 415
    assert answer.headers["Accept-Encoding"] == "gzip, identity"


def test_a_body_said_to_be_as_it_is_is_read(decisions):
    assert decisions.post(DECIDED, headers={"Content-Encoding": "Identity"}).status_code == 201


def test_an_oversized_body_is_413_with_the_limit(decisions):
    padded = {**DECIDED, "padding": "x" * 256 * 1024}

    answer = decisions.post(padded)

    assert (answer.status_code, answer.json["limit"]) == (413, 262_144)
    assert decisions.stored() == []


@pytest.mark.parametrize("text", ["", "yes", "1", "True"])
def test_a_bad_dry_run_is_400(decisions, text):
    answer = decisions.post(DECIDED, query=f"?dryRun={text}")

    assert (answer.status_code, answer.json["detail"]) == (
        400,
        "The one parameter is dryRun, and it is true or false.",
    )


def test_dry_run_false_stores(decisions):
    assert decisions.post(DECIDED, query="?dryRun=false").status_code == 201
    assert len(decisions.stored()) == 1


def test_a_dry_run_answers_the_same_and_stores_nothing(decisions):
    rehearsed = decisions.post(DECIDED, query="?dryRun=true")
    nothing = decisions.stored()
    stored = decisions.post(DECIDED)

    assert nothing == []
    assert rehearsed.status_code == stored.status_code == 201
    assert rehearsed.json == stored.json
    assert rehearsed.headers["ETag"] == stored.headers["ETag"]


def test_a_dry_run_of_a_duplicate_answers_the_first_receipt_and_stores_nothing(decisions):
    first = decisions.post(DECIDED)

    answer = decisions.post(DECIDED, query="?dryRun=true")

    assert answer.status_code == 200
    assert answer.json == first.json | {"status": "duplicate"}
    assert len(decisions.stored()) == 1


def test_a_dry_run_of_what_is_refused_answers_the_same_refusal(decisions):
    bad = event("quota.decided", changes={"persons": -1})

    assert decisions.post(bad, query="?dryRun=true").json == decisions.post(bad).json
    assert decisions.post(bad, query="?dryRun=true").status_code == 422


def test_a_body_without_a_stated_length_is_read(decisions):
    answer = decisions.post(None, environ=of_unknown_length(orjson.dumps(DECIDED)))

    assert answer.status_code == 201


def test_an_oversized_body_without_a_stated_length_is_413_and_drained(decisions):
    environ = of_unknown_length(b" " * 1_000_000)

    answer = decisions.post(None, environ=environ)

    assert answer.status_code == 413
    assert environ["wsgi.input"].read() == b""


@pytest.mark.parametrize("service", ["requests", "decisions", "settlements"])
def test_events_can_only_be_posted(open_service, service):
    answer = open_service(service).app.test_client().get(f"/{service}/v1/events")

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_a_person_settled_gets_the_settlement_id_as_stream(settlements):
    person = new_person()

    answer = settlements.post(event("person.settled", subject=person.upper()), "0301")

    assert answer.json["stream"] == person
