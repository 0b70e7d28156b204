"""Many events in one request: all or nothing, or each for itself; their order is the order."""

import gzip
import tracemalloc

import orjson
import pytest

from services.chassis.commands.batches import MOST_BATCH_BYTES, MOST_EVENTS
from services.contract.media_types import BATCH, LINES
from tests.chassis.commands.posting import event, new_person

LENIENT = {"Prefer": "handling=lenient"}
BIRTH_NUMBER = "01010112377"


def post(service, documents, caller="importer", *, headers=None, query="", media_type=BATCH, body=None):
    if body is None:
        lines = media_type == LINES
        body = b"\n".join(map(orjson.dumps, documents)) if lines else orjson.dumps(documents)
    return service.post(
        None, caller, body=body, headers={"Content-Type": media_type, **(headers or {})}, query=query
    )


def settled(**changes):
    return event("person.settled", subject=new_person(), changes=changes)


FAULTY = {"persons": -1}


@pytest.mark.parametrize("media_type", [BATCH, LINES])
def test_a_batch_is_stored_in_its_order_and_answers_a_receipt_for_each(decisions, media_type):
    batch = [event("quota.decided"), *(event("quota.revised", changes={"persons": n}) for n in range(5))]

    answer = post(decisions, batch, media_type=media_type)

    assert answer.status_code == 201
    assert [one["version"] for one in answer.json] == [1, 2, 3, 4, 5, 6]
    assert [one["id"] for one in answer.json] == [one["id"] for one in batch]
    assert [one["id"] for one in decisions.stored()] == [one["id"] for one in batch]
    assert decisions.stored()[5]["data"]["previous"]["persons"] == 3


def test_each_event_of_a_batch_is_stored_as_it_would_be_alone(settlements):
    batch = [settled(settledOn="2024-05-17", age=7) for _ in range(3)]
    for one in batch:
        settlements.post(one)
    alone = settlements.stored()

    again = [one | {"id": f"again {n}", "subject": new_person()} for n, one in enumerate(batch)]
    post(settlements, again)

    together = settlements.stored()[3:]
    own = ("id", "subject", "recordedtime")
    assert [{k: v for k, v in one.items() if k not in own} for one in together] == [
        {k: v for k, v in one.items() if k not in own} for one in alone
    ]
    assert "age" not in together[0]["data"]


def test_a_batch_sent_again_is_200_with_the_first_receipts(decisions):
    batch = [event("quota.decided"), event("quota.revised")]
    first = post(decisions, batch)

    again = post(decisions, batch)

    assert again.status_code == 200
    assert again.json == [one | {"status": "duplicate"} for one in first.json]
    assert len(decisions.stored()) == 2


def test_a_batch_of_which_a_part_is_new_is_201(decisions):
    first = event("quota.decided")
    post(decisions, [first])

    answer = post(decisions, [first, event("quota.revised")])

    assert answer.status_code == 201
    assert [one["status"] for one in answer.json] == ["duplicate", "accepted"]


def test_an_event_twice_in_a_batch_is_stored_once(settlements):
    one = settled()

    answer = post(settlements, [one, one])

    assert [receipt["status"] for receipt in answer.json] == ["accepted", "duplicate"]
    assert len(settlements.stored()) == 1


def test_one_id_with_two_contents_in_a_batch_is_a_conflict(settlements):
    one = settled()

    answer = post(settlements, [one, one | {"data": one["data"] | {"sex": "male"}}])

    assert answer.status_code == 422
    assert [(one["index"], one["type"]) for one in answer.json["errors"]] == [
        (1, "urn:bosatt:problem:event-conflict")
    ]
    assert settlements.stored() == []


@pytest.mark.parametrize("media_type", [BATCH, LINES])
def test_where_anything_is_refused_nothing_is_stored_and_every_such_event_is_listed(decisions, media_type):
    batch = [
        event("quota.decided"),
        event("quota.decided", changes={"persons": -1, "year": 1}, id="two faults"),
        event("quota.revised", changes={"year": 2023}, id="nothing to revise"),
        {"id": 7},
        "no event",
    ]

    answer = post(decisions, batch, media_type=media_type)

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert [(one["index"], one["id"], one["code"]) for one in answer.json["errors"]] == [
        (1, "two faults", 422),
        (2, "nothing to revise", 409),
        (3, None, 422),
        (4, None, 422),
    ]
    assert {one["pointer"] for one in answer.json["errors"][0]["errors"]} == {"/data/persons", "/data/year"}
    assert answer.json["errors"][1]["state"] == "none"
    assert decisions.stored() == []


def test_what_fails_only_in_the_store_undoes_all_too(decisions):
    answer = post(decisions, [event("quota.decided"), event("quota.decided", id="second")])

    assert answer.status_code == 422
    assert [(one["id"], one["code"]) for one in answer.json["errors"]] == [("second", 409)]
    assert decisions.stored() == []
    assert post(decisions, [event("quota.decided")]).status_code == 201


def test_leniently_the_others_are_stored_and_each_gets_its_result(decisions):
    batch = [
        event("quota.decided"),
        event("quota.revised", changes=FAULTY, id="faulty"),
        event("quota.revised", changes={"persons": 7}),
    ]

    answer = post(decisions, batch, headers=LENIENT)
    again = post(decisions, batch, headers=LENIENT)

    assert answer.status_code == again.status_code == 207
    assert answer.headers["Preference-Applied"] == "handling=lenient"
    assert [(one["index"], one["status"]) for one in answer.json] == [
        (0, "accepted"),
        (1, "rejected"),
        (2, "accepted"),
    ]
    assert answer.json[1]["id"] == "faulty"
    assert [one["pointer"] for one in answer.json[1]["errors"]] == ["/data/persons"]
    assert [one["status"] for one in again.json] == ["duplicate", "rejected", "duplicate"]
    assert [one["data"]["persons"] for one in decisions.stored()][1] == 7


def test_valid_events_beside_a_faulty_one_are_read_to_their_end(settlements):
    """An age becomes its group, and is not kept, whoever else is in the batch."""
    post(settlements, [settled(age=7), settled(sex="neither"), settled(age=70)], headers=LENIENT)

    told = [one["data"] for one in settlements.stored()]
    assert [one["ageGroup"] for one in told] == ["0-17", "68+"]
    assert all("age" not in one for one in told)


@pytest.mark.parametrize(
    "prefer", ["handling=lenient", "respond-async, handling=Lenient; x=1", 'handling="lenient"']
)
def test_the_preference_is_understood_as_it_may_be_written(decisions, prefer):
    assert post(decisions, [], headers={"Prefer": prefer}).status_code == 207


@pytest.mark.parametrize("prefer", ["handling=strict", "return=minimal", "handling"])
def test_any_other_preference_leaves_it_at_all_or_nothing(decisions, prefer):
    assert post(decisions, [1], headers={"Prefer": prefer}).status_code == 422


@pytest.mark.parametrize("headers", [{}, LENIENT])
def test_a_dry_run_answers_the_same_and_stores_nothing(decisions, headers):
    batch = [event("quota.decided"), event("quota.revised")]

    dry = post(decisions, batch, headers=headers, query="?dryRun=true")

    assert decisions.stored() == []
    real = post(decisions, batch, headers=headers)
    assert dry.status_code == real.status_code
    assert [one["version"] for one in dry.json] == [one["version"] for one in real.json] == [1, 2]


def test_a_dry_run_of_a_faulty_batch_lists_the_same(decisions):
    batch = [event("quota.decided"), event("quota.decided", id="b"), event("quota.revised", changes=FAULTY)]

    dry = post(decisions, batch, query="?dryRun=true")

    assert dry.json == post(decisions, batch).json


def test_an_empty_batch_is_nothing_to_do(decisions):
    answer = post(decisions, [])

    assert (answer.status_code, answer.json) == (200, [])


def test_another_municipalitys_event_refuses_the_batch(decisions):
    answer = post(
        decisions, [event("quota.decided"), event("quota.decided", changes={"municipality": "4601"})], "0301"
    )

    assert answer.status_code == 422
    assert [(one["index"], one["code"]) for one in answer.json["errors"]] == [(1, 403)]


def test_an_identity_number_in_an_id_is_repeated_to_nobody(settlements, log_lines):
    answer = post(settlements, [event("person.settled", id=BIRTH_NUMBER, subject=new_person())])

    assert answer.status_code == 422
    assert BIRTH_NUMBER not in answer.text
    assert not any(BIRTH_NUMBER in str(line) for line in log_lines())


@pytest.mark.parametrize("document", [{}, 1, None, event("quota.decided")])
def test_what_is_no_array_is_400(decisions, document):
    assert post(decisions, document).status_code == 400


def test_ten_thousand_are_taken_and_one_more_is_413(settlements):
    batch = [settled(settledOn="2024") for _ in range(MOST_EVENTS)]

    too_many = post(settlements, [*batch, settled()])
    answer = post(settlements, batch)

    assert (too_many.status_code, too_many.json["limit"]) == (413, MOST_EVENTS)
    assert answer.status_code == 201
    assert len(settlements.stored()) == MOST_EVENTS
    assert len({one["subject"] for one in settlements.stored()}) == MOST_EVENTS


@pytest.mark.parametrize("media_type", [BATCH, LINES])
def test_a_batch_with_too_many_bytes_is_413(decisions, media_type):
    line = orjson.dumps({"x": "y" * 200_000})
    body = b"\n".join([line] * (MOST_BATCH_BYTES // len(line) + 1))

    answer = post(decisions, None, media_type=media_type, body=body)

    assert (answer.status_code, answer.json["limit"]) == (413, MOST_BATCH_BYTES)


def test_lines_may_end_as_they_like_and_be_empty(decisions):
    one, two = orjson.dumps(event("quota.decided")), orjson.dumps(event("quota.revised"))

    answer = post(decisions, None, media_type=LINES, body=b"\n" + one + b"\r\n\n  \n" + two)

    assert [receipt["version"] for receipt in answer.json] == [1, 2]


@pytest.mark.parametrize(("body", "line"), [(b'\n{"a":}\n', 2), (b"{}\n\n{", 3), (b"{}\n\xff\n", 2)])
def test_a_line_that_is_no_json_is_400_and_named(decisions, body, line):
    answer = post(decisions, None, media_type=LINES, body=body)

    assert (answer.status_code, answer.json["line"]) == (400, line)
    assert decisions.stored() == []


def test_a_line_longer_than_an_event_may_be_is_413(decisions):
    body = orjson.dumps({"x": "y" * 300_000})

    assert post(decisions, None, media_type=LINES, body=b"\n" + body).json["line"] == 2


@pytest.mark.parametrize("media_type", [BATCH, LINES])
def test_a_packed_batch_is_unpacked(settlements, media_type):
    batch = [settled(settledOn="2024") for _ in range(300)]
    body = b"\n".join(map(orjson.dumps, batch)) if media_type == LINES else orjson.dumps(batch)

    answer = post(
        settlements,
        None,
        media_type=media_type,
        body=gzip.compress(body),
        headers={"Content-Encoding": "gzip"},
    )

    assert answer.status_code == 201
    assert len(settlements.stored()) == 300


def test_packed_members_may_follow_one_another(decisions):
    body = orjson.dumps([event("quota.decided"), event("quota.revised")])

    answer = post(
        decisions,
        None,
        body=gzip.compress(body[:50]) + gzip.compress(body[50:]),
        headers={"Content-Encoding": "gzip"},
    )

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "damage",
    [lambda packed: packed[:-9], lambda packed: b"x" + packed, lambda packed: packed + b"x", lambda _: b""],
)
def test_a_packed_body_that_is_damaged_is_400(decisions, damage):
    packed = gzip.compress(orjson.dumps([event("quota.decided")]))

    answer = post(decisions, None, body=damage(packed), headers={"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.json["type"]) == (400, "urn:bosatt:problem:bad-encoding")
    assert decisions.stored() == []


@pytest.mark.parametrize("media_type", [BATCH, LINES, "application/cloudevents+json"])
def test_a_bomb_is_413_and_never_unpacked(decisions, media_type):
    """A gigabyte of blanks, packed in a megabyte."""
    bomb = gzip.compress(b" " * 2**20) * 1024
    tracemalloc.start()

    answer = post(decisions, None, media_type=media_type, body=bomb, headers={"Content-Encoding": "gzip"})

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 413
    assert peak < 5 * MOST_BATCH_BYTES


def test_a_condition_is_for_one_event(decisions):
    assert post(decisions, [event("quota.decided")], headers={"If-Match": "*"}).status_code == 400
