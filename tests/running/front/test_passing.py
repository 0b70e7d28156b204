"""Requests through the front: unchanged to those behind, answered whatever happens to them."""

import http.client

import pytest
from werkzeug.test import Client, EnvironBuilder

from services.running.front import passing
from services.running.front.passing import pass_on
from tests.running.front.backends import echoing, nobody, saying

pytestmark = pytest.mark.sockets


def through(url, *, marked=False):
    return Client(pass_on("settlements", url, marked=marked))


def problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json["type"].removeprefix("urn:bosatt:problem:")


def test_method_address_headers_and_body_arrive_as_they_were_sent():
    with echoing() as (url, behind):
        through(url).post(
            "/settlements/v1/events?dryRun=true&x=%2F%C3%B8",
            data=b'{"a": 1}',
            headers={"Authorization": "Bearer abc", "Content-Type": "application/cloudevents+json"},
        )

    (method, path, headers, body), *more = behind.seen
    assert (method, path, body) == ("POST", "/settlements/v1/events?dryRun=true&x=%2F%C3%B8", b'{"a": 1}')
    assert headers["authorization"] == "Bearer abc"
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["content-length"] == "8"
    assert more == []


def test_status_headers_and_body_come_back_as_they_were_answered():
    with echoing(status=201, answer=b"receipt", headers_back={"ETag": '"3"', "Retry-After": "7"}) as (url, _):
        answer = through(url).post("/settlements/v1/events", data=b"{}")

    assert (answer.status_code, answer.data) == (201, b"receipt")
    assert (answer.headers["ETag"], answer.headers["Retry-After"]) == ('"3"', "7")


def test_a_long_answer_arrives_whole():
    long = bytes(range(256)) * 16_384
    with echoing(answer=long) as (url, _):
        answer = through(url).get("/data/all")
        arrived = answer.get_data()
        answer.close()

    assert arrived == long


def test_a_head_request_has_headers_and_no_body():
    with echoing(answer=b"12345") as (url, _):
        answer = through(url).head("/")

    assert (answer.headers["Content-Length"], answer.data) == ("5", b"")


def test_on_loopback_nothing_tells_of_a_proxy():
    with echoing() as (url, behind):
        through(url).get("/")

    told = {"via", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
    assert not told & behind.seen[0][2].keys()


def test_off_loopback_those_behind_are_told_of_a_proxy():
    with echoing() as (url, behind):
        through(url, marked=True).get("/")

    assert behind.seen[0][2]["via"] == "1.1 bosatt"


@pytest.mark.parametrize(
    ("before", "way"), [({}, "192.0.2.1"), ({"X-Forwarded-For": "10.0.0.1"}, "10.0.0.1, 192.0.2.1")]
)
def test_off_loopback_those_behind_are_told_who_asked(before, way):
    with echoing() as (url, behind):
        through(url, marked=True).get("/", headers=before, environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert behind.seen[0][2]["x-forwarded-for"] == way


def test_what_a_client_says_of_proxies_is_passed_on():
    with echoing() as (url, behind):
        through(url).get("/", headers={"X-Forwarded-For": "10.0.0.1"})

    assert behind.seen[0][2]["x-forwarded-for"] == "10.0.0.1"


def test_headers_of_one_connection_only_are_not_passed_on():
    sent = {"Connection": "keep-alive, X-Mine", "X-Mine": "1", "Keep-Alive": "5", "Upgrade": "h2c"}
    sent["Expect"] = "100-continue"
    with echoing(headers_back={"Keep-Alive": "timeout=5", "Upgrade": "h2c"}) as (url, behind):
        answer = through(url).get("/", headers=sent)

    headers = behind.seen[0][2]
    assert headers["connection"] == "close"
    assert not {"x-mine", "keep-alive", "upgrade", "expect"} & headers.keys()
    assert not {"Keep-Alive", "Upgrade"} & set(answer.headers.keys())


def test_where_nobody_listens_it_is_503_and_nothing_was_done():
    answer = through(nobody()).post("/settlements/v1/events", data=b"{}")

    assert problem(answer) == (503, "away")
    assert answer.headers["Retry-After"] == "1"
    assert "settlements" in answer.json["detail"]
    assert "Nothing was done" in answer.json["detail"]


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"?\r\n"],
)
def test_an_answer_that_breaks_off_is_502_and_says_that_nobody_knows(said):
    with saying(said) as url:
        answer = through(url).post("/settlements/v1/events", data=b"{}")

    assert problem(answer) == (502, "broken-off")
    assert answer.headers["Retry-After"] == "1"
    assert "nobody knows" in answer.json["detail"]


def test_a_long_answer_that_breaks_off_is_not_taken_for_whole():
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 2_000_000
    with saying(half) as url:
        answer = through(url).get("/data/all")
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.get_data()
        answer.close()


def test_no_answer_in_time_is_504(monkeypatch):
    monkeypatch.setattr(passing, "ANSWER_SECONDS", 0.1)
    with saying(None) as url:
        answer = through(url).post("/settlements/v1/events", data=b"{}")

    assert problem(answer) == (504, "silent")


@pytest.mark.parametrize("target", ["/a b", "/a\r\nX: y", "/\x00"])
def test_an_address_that_would_become_another_request_is_refused(target):
    with echoing() as (url, behind):
        answer = through(url).get("/", environ_overrides={"REQUEST_URI": target})

    assert problem(answer) == (400, "bad-address")
    assert behind.seen == []


def test_an_absolute_address_is_passed_on_as_its_path():
    with echoing() as (url, behind):
        through(url).get("/", environ_overrides={"REQUEST_URI": "http://bosatt.example/graphql?query=x"})

    assert behind.seen[0][1] == "/graphql?query=x"


def test_no_length_is_made_up_for_a_head_request_that_is_answered_without_one():
    with saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") as url:
        environ = EnvironBuilder("/data/totals.csv", method="HEAD").get_environ()

        # The server in front takes the length of the first part, if there is one, for that of the whole.
        parts = list(pass_on("opendata", url, marked=False)(environ, lambda *_: None))

    assert parts == []
