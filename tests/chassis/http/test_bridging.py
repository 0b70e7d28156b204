"""Answers of an app, as a client gets them: whole, in pieces, or broken off where the app fails."""

import threading
import tracemalloc

import pytest
from werkzeug.wrappers import Response

from services.chassis.http import bridging
from tests.chassis.http.talking import PATIENCE, Talk, get, kind, mirror, post, seen
from tests.servers.faces import served

pytestmark = pytest.mark.sockets

MEGABYTE = 1024 * 1024


class Answer:
    """Pieces of an answer; ``closed`` is set when the server gives them back."""

    def __init__(self, pieces, status="200 OK", headers=()):
        self.pieces, self.status, self.headers = pieces, status, list(headers)
        self.closed = threading.Event()

    def __call__(self, _environ, start_response):
        start_response(self.status, self.headers)
        return self

    def __iter__(self):
        yield from self.pieces

    def close(self):
        self.closed.set()


def failing_after(*pieces):
    yield from pieces
    raise LookupError("what somebody sent")


def test_an_answer_of_several_pieces_has_a_length():
    with served(Answer([b"a", b"", b"bc"])) as port, Talk(port) as talk:
        answer = talk.say(get()).answer()

    assert (answer.text, answer.headers["Content-Length"]) == (b"abc", "3")


@pytest.mark.parametrize("length", [None, 100 * MEGABYTE])
def test_a_long_answer_comes_whole_and_only_a_little_of_it_is_held(length):
    headers = [] if length is None else [("Content-Length", str(length))]
    answer = Answer((b"x" * MEGABYTE for _ in range(100)), headers=headers)
    with served(answer) as port, Talk(port) as talk:
        tracemalloc.start()
        try:
            talk.say(get())
            read = sum(len(talk.socket.recv(MEGABYTE)) for _ in range(3))
            while read < 100 * MEGABYTE:
                read += len(talk.socket.recv(MEGABYTE))
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert answer.closed.wait(PATIENCE)

    assert most < 20 * MEGABYTE


def test_a_long_answer_that_is_not_read_holds_neither_memory_nor_the_only_thread():
    made = []

    def pieces():
        for _ in range(100):
            made.append(1)
            yield b"x" * MEGABYTE

    long = Answer(pieces(), headers=[("Content-Length", str(100 * MEGABYTE))])
    routes = {"/": long, "/other": Response("other")}
    app = lambda environ, start: routes[environ["PATH_INFO"]](environ, start)  # noqa: E731
    with served(app, threads=1, sending=65_536) as port, Talk(port, receiving=4096) as stalled:
        stalled.say(get())
        stalled.socket.recv(12)
        with Talk(port) as other:
            for _ in range(20):
                assert other.say(get("/other")).answer().text == b"other"
        assert len(made) < 10
        assert not long.closed.is_set()

    assert long.closed.is_set()


def test_an_answer_whose_reader_goes_away_is_closed():
    answer = Answer(b"x" * MEGABYTE for _ in range(1000))
    with served(answer) as port:
        with Talk(port) as talk:
            talk.say(get())
            talk.socket.recv(12)
        assert answer.closed.wait(PATIENCE)


def test_an_answer_whose_reader_goes_away_while_it_is_made_is_closed():
    begun, go_on = threading.Event(), threading.Event()

    def pieces():
        begun.set()
        go_on.wait(PATIENCE)
        yield b"x" * MEGABYTE
        yield b"x" * MEGABYTE

    answer = Answer(pieces())
    with served(answer) as port:
        with Talk(port) as talk:
            talk.say(get())
            assert begun.wait(PATIENCE)
        go_on.set()
        assert answer.closed.wait(PATIENCE)


def test_who_has_said_everything_still_gets_its_answer():
    go_on = threading.Event()

    def app(environ, start_response):
        go_on.wait(PATIENCE)
        return Response("heard")(environ, start_response)

    with served(app) as port, Talk(port) as talk:
        talk.say(get()).socket.shutdown(1)
        go_on.set()

        assert talk.answer().text == b"heard"
        assert talk.rest() == b""


@pytest.mark.parametrize("status", ["204 NO CONTENT", "304 NOT MODIFIED"])
@pytest.mark.parametrize("headers", [[], [("Content-Length", "3")]])
def test_an_answer_that_has_no_body_has_none_and_the_connection_is_kept(status, headers):
    with served(Answer([b"abc"], status, headers)) as port, Talk(port) as talk:
        for _ in range(2):
            answer = talk.say(get()).answer()

            assert (answer.text, answer.headers["Content-Length"]) == (b"", None)


def test_heads_alone_are_answered_without_a_body_and_the_connection_is_kept():
    with served(Answer([b"abc"], headers=[("Content-Length", "3")])) as port, Talk(port) as talk:
        for _ in range(2):
            answer = talk.say("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").answer("HEAD")

            assert (answer.text, answer.headers["Content-Length"]) == (b"", "3")


def test_a_head_of_unknown_length_is_not_said_to_be_empty():
    with served(Answer([])) as port, Talk(port) as talk:
        answer = talk.say("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").answer("HEAD")

    assert answer.headers["Content-Length"] is None


@pytest.mark.parametrize(
    "answer",
    [
        lambda environ, start: {}["what somebody sent"],
        Answer(failing_after()),
        Answer(failing_after(b"abc")),
        Answer([b"abc"], headers=[("X-Name", "Ł what somebody sent")]),
        Answer([b"abc"], status="what somebody sent"),
        lambda environ, start: [b"what somebody sent"],
        lambda environ, start: 7,
    ],
)
def test_an_app_that_fails_before_it_answers_is_a_problem_and_one_line_in_the_log(answer, log_lines):
    with served(answer) as port, Talk(port) as talk:
        told = talk.say(get()).answer()

        assert (told.status, kind(told)) == (500, "internal")
        assert told.headers["Connection"] is None

    assert log_lines().count("request.failed") == 1
    assert "what somebody sent" not in log_lines()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(failing_after(b"x" * MEGABYTE)),
        Answer(failing_after(b"x" * MEGABYTE), headers=[("Content-Length", str(2 * MEGABYTE))]),
        Answer([b"x" * MEGABYTE], headers=[("Content-Length", str(2 * MEGABYTE))]),
        Answer([b"x" * MEGABYTE] * 2, headers=[("Content-Length", str(MEGABYTE))]),
        Answer([b"abc"], headers=[("Content-Length", "7")]),
        Answer(["what somebody sent"]),
        Answer([b"abc"], headers=[("X-Name", "a\r\nSet-Cookie: what somebody sent")]),
    ],
)
def test_an_answer_that_fails_on_the_way_is_broken_off(answer, log_lines):
    with served(answer) as port, Talk(port) as talk:
        told = talk.say(get()).rest()

        assert not told.endswith(b"\r\n0\r\n\r\n")
        assert len(told) < 2 * MEGABYTE
        assert b"Set-Cookie" not in told
        assert answer.closed.wait(PATIENCE)

    assert log_lines().count("request.failed") == 1
    assert "what somebody sent" not in log_lines()
    assert "Traceback" not in log_lines()


def test_what_fails_when_all_is_said_is_logged_and_harms_no_answer(log_lines):
    answer = Answer([b"abc"])
    answer.close = failing_after().__next__
    with served(answer) as port, Talk(port) as talk:
        assert talk.say(get()).answer().text == b"abc"

    assert "request.failed" in log_lines()


def test_a_body_that_is_too_large_is_received_and_refused_so_that_the_client_reads_why(monkeypatch):
    monkeypatch.setattr(bridging, "MOST_BUFFERED", 1000)
    body = b"x" * 5 * MEGABYTE
    with served(mirror) as port, Talk(port) as talk:
        answer = talk.say(post(body), body).answer()

    assert (answer.status, kind(answer)) == (413, "too-large")


def test_a_body_that_does_not_end_is_refused_while_it_comes(monkeypatch):
    monkeypatch.setattr(bridging, "MOST_BUFFERED", 1000)
    monkeypatch.setattr(bridging, "MOST_THROWN_AWAY", 100_000)
    with served(mirror) as port, Talk(port) as talk:
        talk.say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        answer = talk.say(
            b"1000\r\n" + b"x" * 4096 + b"\r\n",
            b"10000\r\n" + b"x" * 65_536 + b"\r\n" + b"10000\r\n" + b"x" * 60_000,
        ).answer()

    assert (answer.status, kind(answer)) == (413, "too-large")


def test_who_asks_before_it_sends_too_much_is_refused_at_once():
    with served(mirror) as port, Talk(port) as talk:
        head = post(b"", "Expect: 100-continue").replace("Content-Length: 0", "Content-Length: 100000000")
        answer = talk.say(head).answer()

        assert (answer.status, kind(answer)) == (413, "too-large")
        assert talk.rest() == b""


def test_a_request_that_breaks_off_reaches_no_app(log_lines):
    asked = []

    def app(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return mirror(environ, start_response)

    with served(app) as port:
        with Talk(port) as talk:
            talk.say(post(b"x" * 1000).replace("/ ", "/broken "), b"x" * 999)
        with Talk(port) as talk:
            assert seen(talk.say(get("/whole")).answer())["PATH_INFO"] == "/whole"

    assert asked == ["/whole"]
    assert "failed" not in log_lines()
