"""Asking a service for what it keeps: page by page, patiently, and plain about what is no answer."""

import httpx
import pytest

from services.chassis.posting import patience
from services.chassis.posting.asking import Asking
from services.chassis.posting.patience import DoorClosed, Patience


class Lists:
    """Answers with pages, after as many troubles as told."""

    def __init__(self, *pages, troubles=()):
        self.pages = pages
        self.troubles = list(troubles)
        self.asked = []

    def __call__(self, request):
        self.asked.append(dict(request.url.params.multi_items()))
        self.authorization = request.headers["Authorization"]
        if self.troubles:
            trouble = self.troubles.pop(0)
            if isinstance(trouble, Exception):
                raise trouble
            return httpx.Response(trouble, headers={"Retry-After": "0"})
        number = int(request.url.params.get("after", 0))
        more = str(number + 1) if number + 1 < len(self.pages) else None
        return httpx.Response(200, json={"streams": self.pages[number], "after": more})


def asking(answers, longest=30.0):
    client = httpx.Client(base_url="http://system.test", transport=httpx.MockTransport(answers))
    return Asking(client, "secret", Patience(longest=longest))


def test_every_page_of_a_list_is_read():
    lists = Lists([1, 2], [3], [])

    assert list(asking(lists).streams("requests", {"year": 2016})) == [1, 2, 3]
    assert [one.get("after") for one in lists.asked] == [None, "1", "2"]
    assert {one["year"] for one in lists.asked} == {"2016"}
    assert lists.authorization == "Bearer secret"


@pytest.mark.parametrize("trouble", [429, 503, httpx.ConnectError("refused"), httpx.ReadTimeout("slow")])
def test_what_passes_is_waited_out(monkeypatch, trouble):
    monkeypatch.setattr(patience.Waits, "wait", lambda *_: None)
    lists = Lists([1], troubles=[trouble, trouble])

    assert list(asking(lists).streams("requests", {})) == [1]
    assert len(lists.asked) == 3


def test_what_does_not_pass_is_told():
    with pytest.raises(DoorClosed, match="does not answer"):
        list(asking(Lists([1], troubles=[httpx.ConnectError("refused")]), longest=0).streams("requests", {}))


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_is_told_at_once(status):
    lists = Lists([1], troubles=[status])

    with pytest.raises(DoorClosed):
        list(asking(lists).streams("requests", {}))
    assert len(lists.asked) == 1


def test_what_is_not_there_is_none_and_a_list_that_is_not_there_is_not_bosatt():
    nothing = asking(lambda _request: httpx.Response(404))

    assert nothing.document("/requests/v1/streams/0301/2016", {}) is None
    with pytest.raises(DoorClosed, match="not Bosatt"):
        list(nothing.streams("requests", {}))


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"1"])
def test_what_is_not_bosatt_is_told(content):
    with pytest.raises(DoorClosed, match="not Bosatt"):
        asking(lambda _request: httpx.Response(200, content=content)).document("/", {})


def test_whoever_is_stopped_does_not_wait():
    stopped = asking(Lists([1], troubles=[503] * 1_000))
    stopped.stop()

    with pytest.raises(DoorClosed):
        stopped.document("/requests/v1/streams", {})
