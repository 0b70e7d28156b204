"""Waiting until what was posted is released: through trouble, and not for ever."""

from types import SimpleNamespace

import httpx
import pytest

from services.chassis.posting import released
from services.chassis.posting.released import NotReleased, wait_until_released

URL = "http://system.test"


@pytest.fixture
def clock(monkeypatch):
    """Time passes only in pauses."""
    clock = SimpleNamespace(now=0.0, pauses=[])

    def sleep(seconds):
        clock.pauses.append(seconds)
        clock.now += seconds

    monkeypatch.setattr(released, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep))
    return clock


def wait(graph):
    with httpx.Client(base_url=URL, transport=graph.transport()) as client:
        wait_until_released(client, RECORDED)


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

    wait(graph)

    assert len(clock.pauses) == 2


@pytest.mark.parametrize("trouble", [httpx.ConnectError("refused"), 503, "error"])
def test_it_outlives_trouble_on_the_way(clock, trouble):
    graph = Graph(trouble, trouble, "2024-06-21T12:00:01Z")

    wait(graph)

    assert len(clock.pauses) == 2


@pytest.mark.parametrize("answer", [None, "2024-06-21T12:00:00.499999Z", httpx.ConnectError("refused")])
def test_it_does_not_wait_for_ever(clock, answer):
    with pytest.raises(NotReleased, match="not released within 120 s"):
        wait(Graph(answer))


def test_releases_that_contain_more_and_more_are_waited_for_as_long_as_they_come(clock):
    coming = [f"2024-06-21T11:{minute:02d}:00Z" for minute in range(60)]
    each = [moment for moment in coming for _ in range(1_000)]

    wait(Graph(*each, "2024-06-21T12:00:01Z"))

    assert clock.now > 10 * released.LONGEST_RELEASE
