"""Loading the published figures: each to its service, in order, a refusal told."""

from collections import defaultdict

import httpx
import orjson
import pytest

from services.seeding.events import seed_events
from services.seeding.loading import LoadingFailed, load, wait_until_released

URL = "http://system.test"


class Services:
    """Stands for the services: notes what is posted and answers as told."""

    def __init__(self, status="accepted", refused=()):
        self.posted = []
        self.paths = []
        self.headers = None
        self._status = status
        self._refused = refused

    def transport(self):
        return httpx.MockTransport(self._handle)

    def _handle(self, request):
        self.paths.append(request.url.path)
        self.headers = request.headers
        return httpx.Response(207, json=[self._answer(event) for event in orjson.loads(request.content)])

    def _answer(self, event):
        if event["id"] in self._refused:
            return {"status": "rejected", "errors": [{"pointer": "/data", "rule": "r", "detail": "not so"}]}
        self.posted.append(event)
        return {
            "status": self._status,
            "stream": "s",
            "recordedTime": f"2024-06-21T12:00:{len(self.posted) % 60:02d}.000000Z",
        }


def event(name="request.issued", number=1):
    return {"id": str(number), "type": f"no.bosatt.{name}.v1", "data": {}}


def post(services, events, on_posted=lambda _posted: None, on_left=lambda _id: None):
    return load(URL, "secret", events, on_posted, on_left, services.transport())


def test_every_event_goes_to_its_service_with_the_token():
    services = Services()

    last = post(services, [event(), event("quota.decided"), event("person.settled")])

    assert services.paths == ["/requests/v1/events", "/decisions/v1/events", "/settlements/v1/events"]
    assert services.headers["Authorization"] == "Bearer secret"
    assert last == "2024-06-21T12:00:03.000000Z"


def test_a_duplicate_is_as_good_as_accepted():
    told = []

    post(Services("duplicate"), [event(number=1), event(number=2)], told.append)

    assert sum(told) == 2


def test_nothing_to_post_is_nothing_recorded():
    assert post(Services(), []) == ""


def test_all_seeds_arrive_each_stream_in_order():
    services = Services()
    seeds = list(seed_events())

    post(services, seeds)

    order = defaultdict(list)
    for posted in services.posted:
        order[posted["type"], posted["data"].get("year", "")].append(posted["id"])
    assert len(services.posted) == len(seeds)
    assert order["no.bosatt.need.announced.v1", 2020] == ["need/2020/issued", "need/2020/revised"]


def test_a_refusal_ends_the_loading_and_says_why():
    services = Services(refused={"7"})
    events = [event("person.settled", number) for number in range(1_000)]

    with pytest.raises(LoadingFailed, match="7 was refused: /data not so"):
        post(services, events)

    assert len(services.posted) < 999


def test_a_service_that_does_not_take_the_token_ends_the_loading():
    transport = httpx.MockTransport(lambda _request: httpx.Response(401))

    with pytest.raises(LoadingFailed, match="token"):
        load(URL, "secret", [event()], lambda _posted: None, transport=transport)


def test_what_is_not_released_ends_the_loading(monkeypatch):
    monkeypatch.setattr("services.seeding.loading.LONGEST_RELEASE", 0.0)
    transport = httpx.MockTransport(lambda _request: httpx.Response(503))

    with pytest.raises(LoadingFailed, match="not released within 0 s"):
        wait_until_released(URL, "2024-06-21T12:00:00Z", transport)


def test_what_somebody_else_has_reported_is_left_and_told():
    class Standing(Services):
        def _answer(self, event):
            if event["id"] == "2":
                return {"status": "rejected", "code": 409, "type": "urn:bosatt:problem:state", "errors": []}
            return super()._answer(event)

    services, left = Standing(), []

    last = post(services, [event(), event(number=2), event(number=3)], on_left=left.append)

    assert [posted["id"] for posted in services.posted] == ["1", "3"]
    assert left == ["2"]
    assert last == "2024-06-21T12:00:02.000000Z"
