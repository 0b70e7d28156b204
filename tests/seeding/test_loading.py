"""Posting over HTTP: order kept within a stream, trouble waited out, refusals told."""

import threading
from collections import defaultdict
from types import SimpleNamespace

import httpx
import orjson
import pytest

from services.seeding import loading
from services.seeding.events import seed_events
from services.seeding.loading import LoadingFailed, load, wait_until_released

URL = "http://system.test"


@pytest.fixture
def clock(monkeypatch):
    """Time passes only in pauses."""
    clock = SimpleNamespace(now=0.0, pauses=[])

    def sleep(seconds):
        clock.pauses.append(seconds)
        clock.now += seconds

    monkeypatch.setattr(loading, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))
    return clock


class Doors:
    """Stands for the services: notes what is posted and answers as told."""

    def __init__(self, *answers):
        self.posted = []
        self.paths = []
        self.headers = None
        self._answers = list(answers)
        self._lock = threading.Lock()

    def transport(self):
        return httpx.MockTransport(self._handle)

    def _handle(self, request):
        with self._lock:
            answer = self._answers.pop(0) if self._answers else 201
            self.paths.append(request.url.path)
            self.headers = request.headers
            if isinstance(answer, Exception):
                raise answer
            if answer not in (200, 201):
                return httpx.Response(answer, text="not now")
            self.posted.append(orjson.loads(request.content))
            recorded = f"2024-06-21T12:00:{len(self.posted) % 60:02d}.000000Z"
            return httpx.Response(answer, json={"recordedTime": recorded})


def event(name="request.issued", subject=None, number=1, **data):
    place = {"municipality": "0301", "year": 2024} | data
    told = {"id": str(number), "type": f"no.bosatt.{name}.v1", "data": place}
    return told if subject is None else told | {"subject": subject}


def post(doors, events, on_posted=lambda: None):
    return load(URL, "secret", events, on_posted, doors.transport())


def test_every_event_goes_to_its_service_with_the_token():
    doors = Doors()

    last = post(doors, [event(), event("quota.decided"), event("person.settled", "a")])

    assert sorted(doors.paths) == ["/decisions/v1/events", "/requests/v1/events", "/settlements/v1/events"]
    assert doors.headers["Authorization"] == "Bearer secret"
    assert doors.headers["Content-Type"] == "application/cloudevents+json"
    assert last == "2024-06-21T12:00:03.000000Z"


def test_a_duplicate_is_as_good_as_accepted():
    told = []

    post(Doors(200, 200), [event(number=1), event(number=2)], lambda: told.append(True))

    assert len(told) == 2


def test_nothing_to_post_is_nothing_recorded():
    assert post(Doors(), []) == ""


def test_all_seeds_arrive_each_stream_in_order():
    doors = Doors()
    seeds = list(seed_events())

    post(doors, seeds)

    order = defaultdict(list)
    for posted in doors.posted:
        order[posted["type"], posted["data"].get("year", "")].append(posted["id"])
    assert len(doors.posted) == len(seeds)
    assert order["no.bosatt.need.announced.v1", 2020] == ["need/2020/issued", "need/2020/revised"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (event("answer.delayed", number=1), event("quota.decided", number=2)),
        (event("request.issued", number=1), event("request.withdrawn", number=2)),
        (event("person.allocated", "a", number=1), event("allocation.accepted", "a", number=2)),
        (event("person.settled", "a", number=1), event("settlement.withdrawn", "a", number=2)),
        (event("need.announced", number=1), event("need.announced", number=2)),
        (
            event("figure.published", number=1, region="0301"),
            event("figure.published", number=2, region="0301"),
        ),
    ],
)
def test_events_of_one_stream_are_never_posted_side_by_side(first, second):
    groups = list(loading._in_order([first, second]))

    assert groups == [[first], [second]]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (event("request.issued"), event("quota.decided")),
        (event("request.issued"), event("request.issued", year=2023)),
        (event("request.issued"), event("request.issued", municipality="4601")),
        (event("figure.published", region="0301"), event("request.issued")),
        (event("person.settled", "a"), event("person.settled", "b")),
    ],
)
def test_events_of_different_streams_may_be(first, second):
    assert list(loading._in_order([first, second])) == [[first, second]]


@pytest.mark.parametrize(
    "trouble", [429, 502, 503, 504, httpx.ConnectError("refused"), httpx.ReadTimeout("slow")]
)
def test_trouble_that_passes_is_waited_out_with_growing_pauses(clock, trouble):
    doors = Doors(trouble, trouble, trouble, 201)

    post(doors, [event()])

    assert len(doors.posted) == 1
    assert len(clock.pauses) == 3
    assert clock.pauses[0] < clock.pauses[1] < clock.pauses[2]


@pytest.mark.parametrize("trouble", [503, httpx.ConnectError("refused")])
def test_trouble_that_does_not_pass_ends_the_loading_with_its_name(clock, trouble):
    doors = Doors(*[trouble] * 1_000)

    with pytest.raises(LoadingFailed, match=r"can't be reached: (503 not now|ConnectError)"):
        post(doors, [event()])

    assert clock.now >= loading.LONGEST_TROUBLE
    assert max(clock.pauses) <= 6


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422, 500])
def test_a_refusal_ends_the_loading_at_once_and_says_why(clock, status):
    doors = Doors(status)

    with pytest.raises(LoadingFailed, match=f"7 was refused: {status} not now"):
        post(doors, [event(number=7)])

    assert clock.pauses == []


def test_after_a_refusal_what_has_not_begun_is_not_posted():
    doors = Doors(422)
    events = [event("person.settled", str(number), number=number) for number in range(1_000)]

    with pytest.raises(LoadingFailed):
        post(doors, events)

    assert len(doors.posted) < 999


class Graph:
    """Stands for the open data: tells one ``dataThrough`` after the other."""

    def __init__(self, *answers):
        self._answers = list(answers)

    def transport(self):
        return httpx.MockTransport(self._handle)

    def _handle(self, request):
        assert request.url.path == "/graphql"
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return httpx.Response(answer)
        if answer == "error":
            return httpx.Response(200, json={"data": None, "errors": [{"message": "no"}]})
        return httpx.Response(200, json={"data": {"release": {"dataThrough": answer}}})


RECORDED = "2024-06-21T12:00:00.500000Z"


def test_it_waits_until_the_release_says_that_all_is_in(clock):
    graph = Graph(None, "2024-06-21T12:00:00Z", "2024-06-21T12:00:00.500000+00:00")

    wait_until_released(URL, RECORDED, graph.transport())

    assert len(clock.pauses) == 2


@pytest.mark.parametrize("trouble", [httpx.ConnectError("refused"), 503, "error"])
def test_it_outlives_trouble_on_the_way(clock, trouble):
    graph = Graph(trouble, trouble, "2024-06-21T12:00:01Z")

    wait_until_released(URL, RECORDED, graph.transport())

    assert len(clock.pauses) == 2


@pytest.mark.parametrize("answer", [None, "2024-06-21T12:00:00.499999Z", httpx.ConnectError("refused")])
def test_it_does_not_wait_for_ever(clock, answer):
    with pytest.raises(LoadingFailed, match="not released within 120 s"):
        wait_until_released(URL, RECORDED, Graph(answer).transport())
