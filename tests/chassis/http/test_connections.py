"""Connections: many requests over one, no more than there may be, and none held open for nothing."""

import socket
import threading
import time

import pytest
from werkzeug.wrappers import Response

from services.chassis.http import connections
from tests.chassis.http.talking import PATIENCE, Talk, get, kind, mirror, post, seen
from tests.servers.faces import served

pytestmark = pytest.mark.sockets

SILENCE = 1
"""Seconds after which a server here cuts off who is silent."""

MEGABYTE = 1024 * 1024

LONG = 3 * connections.MOST_HEAD


def held_up():
    """An app that answers when it is let go, with what tells that a request is in hand, and what lets go."""
    in_hand, go_on = threading.Event(), threading.Event()

    def app(environ, start_response):
        in_hand.set()
        go_on.wait(PATIENCE)
        return mirror(environ, start_response)

    return app, in_hand, go_on


def long_answer(length):
    def app(_environ, start_response):
        start_response("200 OK", [("Content-Length", str(length))])
        return (b"x" * 65_536 for _ in range(length // 65_536))

    return app


def test_a_connection_is_kept_for_many_requests_and_small_answers_come_at_once():
    with served(Response("short")) as port, Talk(port) as talk:
        began = time.perf_counter()
        for _ in range(200):
            talk.say(get()).answer()
        took = time.perf_counter() - began

    # Held back until the client has acknowledged, each would take 40 ms.
    assert took < 200 * 0.02


def test_answers_to_requests_sent_ahead_come_in_their_order():
    with served(mirror, threads=8) as port, Talk(port) as talk:
        talk.say(*[post(b"x" * number, f"X-Number: {number}") + "x" * number for number in range(100)])
        told = [seen(talk.answer()) for _ in range(100)]

    assert [one["HTTP_X_NUMBER"] for one in told] == [str(number) for number in range(100)]
    assert [one["length"] for one in told] == list(range(100))


def test_who_sends_far_ahead_is_answered_for_some_and_not_read_any_further():
    app, in_hand, go_on = held_up()
    with served(app) as port, Talk(port) as talk:
        talk.say(get() * 1000)
        assert in_hand.wait(PATIENCE)
        go_on.set()

        assert talk.rest().count(b"HTTP/1.1 200 OK") == connections.MOST_AHEAD + 1


def test_who_sends_ahead_without_reading_is_not_read_any_further():
    with served(Response("x" * 10_000)) as port, Talk(port, receiving=4096) as talk:
        talk.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            talk.say(get("/" + "x" * 10_000) * 10_000)


@pytest.mark.parametrize(
    ("head", "is_kept"),
    [
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", True),
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", False),
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close, TE\r\n\r\n", False),
        ("GET / HTTP/1.0\r\n\r\n", False),
    ],
)
def test_a_connection_is_kept_as_the_client_says(head, is_kept):
    with served(mirror) as port, Talk(port) as talk:
        answer = talk.say(head).answer()

        assert (answer.headers["Connection"] != "close") is is_kept
        if not is_kept:
            assert talk.rest() == b""


def test_nothing_is_read_after_a_request_that_said_it_is_the_last():
    with served(mirror) as port, Talk(port) as talk:
        talk.say(get("/", "Connection: close") + get("/second"))

        assert seen(talk.answer())["PATH_INFO"] == "/"
        assert talk.rest() == b""


def test_what_can_not_be_read_waits_for_the_answer_before_it():
    app, in_hand, go_on = held_up()
    with served(app) as port, Talk(port) as talk:
        talk.say(get())
        assert in_hand.wait(PATIENCE)
        talk.say("nonsense\r\n\r\n")
        go_on.set()

        assert talk.answer().status == 200
        assert talk.rest() == b""


def test_an_idle_connection_is_closed_after_a_while():
    with served(mirror, silence=SILENCE) as port, Talk(port) as talk:
        talk.say(get()).answer()

        assert talk.rest() == b""


@pytest.mark.parametrize(
    "beginning",
    [
        "",
        "GET / HTTP/1.1\r\nHo",
        post("x" * 1000) + "x",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        get() + "GET / HTTP/1.1\r\nHo",
    ],
)
def test_who_stalls_is_cut_off(beginning):
    with served(mirror, silence=SILENCE) as port, Talk(port) as talk:
        talk.say(beginning)

        assert talk.rest().count(b"200 OK") == beginning.count("GET / HTTP/1.1\r\nHost")


def test_a_head_that_comes_in_drops_is_not_waited_for():
    with served(mirror, silence=SILENCE) as port, Talk(port) as talk:
        talk.say("GET / HTTP/1.1\r\n")
        talk.socket.settimeout(SILENCE / 10)
        until = time.monotonic() + PATIENCE
        is_open = True
        while is_open and time.monotonic() < until:
            try:
                talk.say("X: y\r\n")
                is_open = talk.socket.recv(1) != b""
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                is_open = False

    assert not is_open


@pytest.mark.parametrize("length", [MEGABYTE // 4, 100 * MEGABYTE])
def test_who_does_not_read_is_cut_off(length):
    with (
        served(long_answer(length), silence=SILENCE, sending=16_384) as port,
        Talk(port, receiving=4096) as talk,
    ):
        talk.say(get())
        assert talk.socket.recv(12) == b"HTTP/1.1 200"
        until = time.monotonic() + PATIENCE
        while not _is_reset(talk.socket) and time.monotonic() < until:
            time.sleep(0.05)

        assert _is_reset(talk.socket)


def _is_reset(client):
    """Whether the other side has cut off; nothing is read."""
    return client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == 7  # closed


def test_who_reads_slowly_but_steadily_is_not_cut_off():
    length = 20 * MEGABYTE
    with served(long_answer(length), silence=SILENCE) as port, Talk(port, receiving=16_384) as talk:
        talk.say(get())
        read = 0
        for _ in range(40):
            time.sleep(SILENCE / 10)
            read += len(talk.socket.recv(5_000))
        read += len(talk.rest())

    assert read > length


def test_who_waits_for_work_that_takes_long_is_not_cut_off():
    app, _, go_on = held_up()
    with served(app, silence=SILENCE) as port, Talk(port) as talk:
        talk.say(get())
        threading.Timer(SILENCE * 3, go_on.set).start()

        assert talk.answer().status == 200


def test_who_sent_half_a_request_more_is_not_cut_off_before_the_first_is_answered():
    app, in_hand, go_on = held_up()
    with served(app, silence=SILENCE) as port, Talk(port) as talk:
        talk.say(get())
        assert in_hand.wait(PATIENCE)
        talk.say(post(b"x" * 10), "x")
        threading.Timer(SILENCE * 3, go_on.set).start()

        assert talk.answer().status == 200
        assert talk.rest() == b""


@pytest.mark.parametrize(
    "head",
    [
        "GET /" + "x" * LONG,
        "GET / HTTP/1.1\r\nHost: " + "x" * LONG,
        "GET / HTTP/1.1\r\n" + "X-Name: x\r\n" * (LONG // 10),
        "GET / HTTP/1.1\r\n" + "X:\r\n" * (connections.MOST_HEADERS + 1) + "\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Name: " + "x" * LONG,
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + "X: x\r\n" * (LONG // 5),
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + "x" * LONG,
    ],
)
def test_a_head_that_is_too_long_is_refused(head):
    with served(mirror) as port, Talk(port) as talk:
        for start in range(0, len(head), 10_000):
            talk.say(head[start : start + 10_000])
        answer = talk.say("x" * 10).answer()

        assert (answer.status, kind(answer)) == (431, "head-too-large")
        assert talk.rest() == b""


def test_a_long_head_of_a_request_sent_ahead_is_refused_too():
    app, in_hand, go_on = held_up()
    with served(app) as port, Talk(port) as talk:
        talk.say(get())
        assert in_hand.wait(PATIENCE)
        talk.say("GET / HTTP/1.1\r\nHost: " + "x" * (connections.MOST_HEAD + 1000))
        go_on.set()

        assert talk.answer().status == 200
        assert b"200 OK" not in talk.rest()


def test_a_head_just_short_enough_is_taken():
    name = "x" * (connections.MOST_HEAD - 200)
    with served(mirror) as port, Talk(port) as talk:
        assert seen(talk.say(get("/", f"X-Name: {name}")).answer())["HTTP_X_NAME"] == name


def test_one_connection_too_many_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 2)
    with served(mirror) as port, Talk(port) as first, Talk(port) as second:
        assert [one.say(get()).answer().status for one in (first, second)] == [200, 200]
        with Talk(port) as third:
            refused = third.say(get()).answer()
            assert (refused.status, kind(refused)) == (503, "busy")
            assert refused.headers["Retry-After"] == "1"
            assert third.rest() == b""
        assert first.say(get()).answer().status == 200


def test_it_answers_over_ipv6():
    with served(mirror, host="::1") as port, Talk(port, host="::1") as talk:
        asked = seen(talk.say(get()).answer())

    assert (asked["REMOTE_ADDR"], asked["SERVER_PORT"]) == ("::1", str(port))
