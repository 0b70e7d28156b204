"""A face that stops loses nothing that was said to it, and waits for nobody who says nothing."""

import threading
import time
from collections import Counter
from contextlib import contextmanager, nullcontext

import pytest
from werkzeug.wrappers import Response

from services.chassis.http import server as serving_one
from tests.chassis.http.talking import PATIENCE, Talk, get, mirror, post, seen
from tests.servers.faces import served, serving_until_told

pytestmark = pytest.mark.sockets

MEGABYTE = 1024 * 1024


def ask_until_refused(port, keeps, outcomes):
    """Post again and again until nobody listens; whatever else happens is counted."""
    is_new = True
    while True:
        try:
            with Talk(port) as talk:
                is_kept = is_new = True
                while is_kept:
                    answer = talk.say(post(b"x" * 500), b"x" * 500).answer()
                    is_new = False
                    outcomes[answer.status] += 1
                    is_kept = keeps and answer.headers["Connection"] != "close"
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            # The system itself took a new connection in the very moment nobody would listen any more.
            outcomes["new, and reset" if is_new else "kept, and reset"] += 1
            return
        except Exception as error:
            outcomes[type(error).__name__] += 1
            return


@contextmanager
def standing_still_now_and_then():
    """A process in which for a tenth of a second nobody gets a turn, again and again."""
    ended = threading.Event()

    def stand_still():
        while not ended.wait(0.02):
            sum(range(8_000_000))

    thread = threading.Thread(target=stand_still)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.mark.parametrize("beside", [*[nullcontext] * 4, *[standing_still_now_and_then] * 8])
def test_under_load_every_client_is_answered_until_it_is_refused(beside):
    outcomes = Counter()
    with beside(), served(mirror) as port:
        clients = [
            threading.Thread(target=ask_until_refused, args=(port, keeps, outcomes))
            for keeps in (True, False, True, False)
        ]
        for client in clients:
            client.start()
        with Talk(port) as talk:
            for _ in range(5):
                talk.say(get()).answer()
    for client in clients:
        client.join(PATIENCE)

    assert outcomes[200] > 0
    assert set(outcomes) <= {200, "new, and reset"}


def test_who_keeps_a_connection_is_told_with_the_next_answer_that_it_ends():
    with serving_until_told(mirror) as (port, in_loop, server), Talk(port) as talk:
        assert talk.say(get()).answer().headers["Connection"] is None

        in_loop(server.send_away)

        assert talk.say(get()).answer().headers["Connection"] == "close"
        assert talk.rest() == b""


@pytest.mark.parametrize(
    "beginning",
    ["", "GET / HTTP/1.1\r\nHo", post(b"xx") + "x", post(b"", "Expect: 100-continue").replace(" 0", " 9")],
)
def test_who_has_not_said_everything_is_not_waited_for(beginning):
    with served(mirror) as port:
        talk = Talk(port).say(get())
        talk.answer()
        talk.say(beginning)
        began = time.monotonic()
    took = time.monotonic() - began

    with talk:
        assert talk.rest().removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n") == b""
    assert took < serving_one.LONGEST_STOP / 2


def test_answers_in_hand_half_read_and_asked_ahead_are_given_whole():
    in_hand, go_on = threading.Event(), threading.Event()

    def slow(environ, start_response):
        in_hand.set()
        go_on.wait(PATIENCE)
        return mirror(environ, start_response)

    def long(_environ, start_response):
        start_response("200 OK", [("Content-Length", str(20 * MEGABYTE))])
        return (b"x" * MEGABYTE for _ in range(20))

    def app(environ, start_response):
        return (long if environ["PATH_INFO"] == "/long" else slow)(environ, start_response)

    with served(app, sending=65_536) as port:
        half_read = Talk(port, receiving=65_536).say(get("/long"))
        read = len(half_read.socket.recv(100))
        slow_one = Talk(port).say(get("/1"), get("/2"), "GET /3 HT")
        assert in_hand.wait(PATIENCE)
        threading.Timer(0.5, go_on.set).start()
        reading = threading.Timer(0.5, lambda: lengths.append(read + len(half_read.rest())))
        lengths = []
        reading.start()

    with slow_one, half_read:
        assert [seen(slow_one.answer())["PATH_INFO"] for _ in range(2)] == ["/1", "/2"]
        assert slow_one.rest() == b""
        reading.join(PATIENCE)
        assert lengths[0] > 20 * MEGABYTE


def test_what_takes_too_long_is_not_waited_for_in_the_end(monkeypatch):
    monkeypatch.setattr(serving_one, "LONGEST_STOP", 1)
    go_on = threading.Event()

    def app(environ, start_response):
        go_on.wait(PATIENCE)
        return Response("late")(environ, start_response)

    with served(app) as port:
        talk = Talk(port).say(get())
        began = time.monotonic()
    took = time.monotonic() - began

    go_on.set()
    with talk:
        assert talk.rest() == b""
    assert took < PATIENCE / 2
