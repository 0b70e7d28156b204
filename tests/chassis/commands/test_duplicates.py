"""``source`` and ``id`` tell a caller's events apart: a repeat is stored once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.chassis.commands.posting import event, new_person


def test_the_same_event_again_is_200_with_the_first_receipt_and_stored_once(decisions):
    decided = event("quota.decided")
    first = decisions.post(decided, "0301")
    decisions.post(event("quota.revised", changes={"persons": 5}), "0301")
    decisions.clock.advance(hours=1)

    again = decisions.post(decided, "0301")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json | {"status": "duplicate"}
    assert again.headers["ETag"] == first.headers["ETag"] == '"1"'
    assert len(decisions.stored()) == 2


def test_the_first_warnings_are_answered_again(decisions):
    decided = event("quota.decided")
    first = decisions.post(decided)
    decisions.observe(event("request.issued"))

    again = decisions.post(decided)

    assert first.json["warnings"] != []
    assert again.json["warnings"] == first.json["warnings"]


@pytest.mark.parametrize(
    "other",
    [
        {"changes": {"persons": 2101}},
        {"changes": {"caseReference": "2024/1"}},
        {"origin": "imported"},
        {"knowntime": "2024"},
    ],
)
def test_the_same_source_and_id_with_other_content_is_409_with_the_first_receipt(decisions, other):
    first = decisions.post(event("quota.decided", id="same"))

    answer = decisions.post(event("quota.decided", id="same", **other))

    assert answer.status_code == 409
    assert answer.json["type"] == "urn:bosatt:problem:event-conflict"
    assert answer.json["receipt"] == first.json | {"status": "duplicate"}
    assert len(decisions.stored()) == 1


def test_another_type_or_stream_under_the_same_id_is_409(decisions):
    decisions.post(event("quota.decided", id="same"))

    of_another_type = decisions.post(event("quota.revised", id="same"))
    in_another_stream = decisions.post(event("quota.decided", id="same", changes={"year": 2023}))

    assert (of_another_type.status_code, in_another_stream.status_code) == (409, 409)


@pytest.mark.parametrize(
    "told",
    [
        {"time": "2024-06-21T12:00:00Z"},
        {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
        {"subject": "0301/2024"},
        {"origin": "reported"},
        {"vendorid": "7"},
        {"subject": None},
    ],
)
def test_what_may_differ_between_two_sendings_makes_no_conflict(decisions, told):
    decisions.post(event("quota.decided", id="same"))

    assert decisions.post(event("quota.decided", id="same", **told)).status_code == 200


def test_the_same_settlement_with_its_id_in_capitals_is_a_duplicate(settlements):
    person = new_person()
    settlements.post(event("person.settled", id="same", subject=person))

    assert settlements.post(event("person.settled", id="same", subject=person.upper())).status_code == 200


def test_ages_of_one_group_can_not_be_told_apart_later(settlements):
    person = new_person()
    settlements.post(event("person.settled", id="same", subject=person, changes={"age": 31}))

    again = settlements.post(event("person.settled", id="same", subject=person, changes={"age": 54}))

    assert again.status_code == 200


def test_the_same_source_and_id_of_another_caller_is_another_event(decisions):
    ours = decisions.post(event("quota.decided", id="same"), "0301")
    theirs = decisions.post(event("quota.decided", id="same", changes={"municipality": "4601"}), "4601")

    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert [one["subject"] for one in decisions.stored()] == ["0301/2024", "4601/2024"]


def test_the_same_id_from_another_source_is_another_event(decisions):
    decisions.post(event("quota.decided", id="same"))

    answer = decisions.post(event("quota.revised", id="same", source="urn:test:other"))

    assert answer.status_code == 201


def test_identical_posts_at_the_same_time_store_one(decisions):
    decided = event("quota.decided")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: decisions.post(decided), range(40)))

    assert sorted(answer.status_code for answer in answers) == [200] * 39 + [201]
    assert len({answer.json["recordedTime"] for answer in answers}) == 1
    assert len(decisions.stored()) == 1


def test_different_posts_to_one_stream_at_the_same_time_are_all_stored_in_some_order(requests):
    announced = [event("need.announced", changes={"persons": n}) for n in range(40)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(requests.post, announced))

    assert [answer.status_code for answer in answers] == [201] * 40
    assert sorted(answer.json["version"] for answer in answers) == list(range(1, 41))
    stored = requests.stored()
    assert [one["streamversion"] for one in stored] == list(range(1, 41))
    before = [one["data"]["previous"]["persons"] for one in stored[1:]]
    assert before == [one["data"]["persons"] for one in stored[:-1]]


def test_an_event_that_was_refused_can_be_sent_again_mended_under_its_id(decisions):
    decisions.post(event("quota.decided", id="same", changes={"persons": -1}))

    assert decisions.post(event("quota.decided", id="same")).status_code == 201
