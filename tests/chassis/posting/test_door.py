"""The door of a service: patient with what passes, plain about what does not."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import httpx
import orjson
import pytest

from services.chassis.posting import patience
from services.chassis.posting.door import Door
from services.chassis.posting.patience import DoorClosed, Patience, retry_after


class Service:
    """Answers as told, then accepts everything."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.batches = []

    def __call__(self, request):
        batch = orjson.loads(request.content)
        self.batches.append(batch)
        self.request = request
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            return answer(batch) if callable(answer) else answer
        return httpx.Response(207, json=[accepted(index) for index in range(len(batch))])


def accepted(index, status="accepted"):
    return {"index": index, "id": str(index), "status": status, "stream": "s", "warnings": []}


def refused(status, **headers):
    problem = {"type": f"urn:bosatt:problem:p{status}", "title": "No", "status": status, "detail": "Not now."}
    return httpx.Response(status, json=problem, headers=headers)


@pytest.fixture
def waits(monkeypatch):
    """The pauses that were made; time passes in them only."""
    clock = SimpleNamespace(now=0.0)
    pauses = []
    monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: clock.now))

    def wait(seconds):
        pauses.append(seconds)
        clock.now += seconds
        return False

    monkeypatch.setattr(patience.threading, "Event", lambda: SimpleNamespace(wait=wait))
    return pauses


def opened(service, told=lambda _seconds: None):
    client = httpx.Client(base_url="http://system.test", transport=httpx.MockTransport(service))
    return Door(client, "settlements", "secret", Patience(told))


EVENTS = [{"id": "0"}, {"id": "1"}]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_passes_is_waited_out_and_the_same_batch_sent_again(waits, status):
    service = Service(refused(status), refused(status))

    answers = opened(service).send(EVENTS, dry_run=False)

    assert [answer.status for answer in answers] == ["accepted"] * 2
    assert service.batches == [EVENTS] * 3
    assert len(waits) == 2
    assert waits[0] < waits[1]


def test_a_service_says_how_long_to_wait(waits):
    opened(Service(refused(429, **{"Retry-After": "7"}))).send(EVENTS, dry_run=False)

    assert waits == [7.0]


def test_nobody_waits_longer_than_a_minute_at_once(waits):
    opened(Service(refused(503, **{"Retry-After": "86400"}))).send(EVENTS, dry_run=False)

    assert waits == [patience.LONGEST_WAIT]


def test_a_network_that_breaks_is_tried_again(waits):
    service = Service(httpx.ConnectError("refused"), httpx.ReadTimeout("slow"))

    assert len(opened(service).send(EVENTS, dry_run=False)) == 2
    assert len(waits) == 2


def test_trouble_without_end_is_given_up_with_a_reason(waits):
    service = Service(*(refused(503) for _ in range(1000)))

    with pytest.raises(DoorClosed, match=r"Not now\."):
        opened(service).send(EVENTS, dry_run=False)

    assert sum(waits) <= patience.LONGEST_TROUBLE


@pytest.mark.parametrize("status", [400, 401, 403, 404, 415, 422])
def test_what_does_not_pass_is_told_at_once(waits, status):
    with pytest.raises(DoorClosed):
        opened(Service(refused(status))).send(EVENTS, dry_run=False)

    assert waits == []


def test_an_event_that_met_a_busy_store_is_sent_again_and_stays_new(waits):
    service = Service(
        lambda batch: httpx.Response(
            207, json=[accepted(0), {"index": 1, "code": 503, "status": "rejected"}]
        ),
        lambda batch: httpx.Response(207, json=[accepted(0, "duplicate"), accepted(1)]),
    )

    answers = opened(service).send(EVENTS, dry_run=False)

    assert [answer.status for answer in answers] == ["accepted", "accepted"]


def test_a_batch_that_is_too_large_is_halved(waits):
    def too_large(batch):
        return refused(413) if len(batch) > 1 else httpx.Response(207, json=[accepted(0)])

    service = Service(*[too_large] * 20)

    assert len(opened(service).send([{"id": str(n)} for n in range(5)], dry_run=False)) == 5
    assert [event["id"] for batch in service.batches if len(batch) == 1 for event in batch] == list("01234")


@pytest.mark.parametrize("content", [b"<html>", b"{}", b"[]", b"[1, 2]"])
def test_what_is_not_bosatt_is_told(waits, content):
    service = Service(httpx.Response(200, content=content))

    with pytest.raises(DoorClosed, match="not Bosatt"):
        opened(service).send(EVENTS, dry_run=False)


def test_a_dry_run_says_so_and_a_token_is_sent(waits):
    service = Service()

    opened(service).send(EVENTS, dry_run=True)

    assert service.request.url.params["dryRun"] == "true"
    assert service.request.headers["Authorization"] == "Bearer secret"
    assert service.request.headers["Prefer"] == "handling=lenient"


def test_moments_to_wait_for_are_understood():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)

    assert 25 < retry_after(soon) <= 30
    assert retry_after(None) is None
    assert retry_after("soon") is None
    assert retry_after("-3") == 0


def test_whoever_opens_the_door_says_how_patient_it_is(waits):
    service = Service(*(refused(503) for _ in range(1000)))
    client = httpx.Client(base_url="http://system.test", transport=httpx.MockTransport(service))

    with pytest.raises(DoorClosed):
        Door(client, "settlements", "secret", Patience(longest=7.0)).send(EVENTS, dry_run=False)

    assert sum(waits) <= 7.0
