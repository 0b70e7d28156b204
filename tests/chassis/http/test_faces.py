"""Faces that are served: each on its port, all until a signal, and nothing in hand cut off."""

import os
import resource
import signal
import socket
import threading
from contextlib import contextmanager

import httpx
import pytest
from werkzeug.wrappers import Request, Response

from services.chassis.http.serving import CannotListen, Face, check_address, serve
from services.running.servers.ports import free_ports

pytestmark = pytest.mark.sockets

PATIENCE = 20.0


def saying(text):
    return Response(text)


def held_up():
    """An app that answers when it is let go, with what tells that a request is in hand, and what lets go."""
    in_hand, go_on = threading.Event(), threading.Event()

    @Request.application
    def slow(_request):
        in_hand.set()
        go_on.wait(PATIENCE)
        return Response("done")

    return slow, in_hand, go_on


def answers(port):
    """Whether anybody answers there."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def beside(work):
    """Run some work in a thread while the block, which serves, holds the main thread."""
    failures = []

    def run():
        try:
            work()
        except Exception as error:
            failures.append(error)
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=run)
    yield thread.start
    thread.join(PATIENCE)
    assert not thread.is_alive()
    if failures:
        raise failures[0]


@pytest.fixture(autouse=True)
def second_signal_is_harmless():
    before = signal.signal(signal.SIGINT, lambda *_: None)
    yield
    signal.signal(signal.SIGINT, before)


def test_each_face_answers_on_its_port():
    first, second = free_ports(2)
    said = []

    def ask():
        said.extend(httpx.get(f"http://127.0.0.1:{port}/").text for port in (first, second))

    with beside(ask) as start:
        serve(
            [
                Face(saying("public"), "127.0.0.1", first, 2),
                Face(saying("operators"), "127.0.0.1", second, 2),
            ],
            start,
        )

    assert said == ["public", "operators"]


def test_told_to_stop_it_says_so_first_and_takes_requests_for_a_while():
    (port,) = free_ports(1)
    stopping = threading.Event()
    said = []

    def ask():
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.wait(PATIENCE)
        said.append(httpx.get(f"http://127.0.0.1:{port}/").text)

    with beside(ask) as start:
        serve([Face(saying("still here"), "127.0.0.1", port, 2)], start, stopping.set, drain=PATIENCE)

    assert said == ["still here"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/")


def test_a_request_in_hand_is_answered_and_operators_are_answered_meanwhile():
    port, ops_port = free_ports(2)
    slow, in_hand, go_on = held_up()
    said = []

    def ask():
        asking = threading.Thread(target=lambda: said.append(httpx.get(f"http://127.0.0.1:{port}/").text))
        asking.start()
        assert in_hand.wait(PATIENCE)
        os.kill(os.getpid(), signal.SIGTERM)
        said.append(httpx.get(f"http://127.0.0.1:{ops_port}/").text)
        go_on.set()
        asking.join(PATIENCE)

    with beside(ask) as start:
        serve([Face(slow, "127.0.0.1", port, 2), Face(saying("stopping"), "127.0.0.1", ops_port, 2)], start)

    assert said == ["stopping", "done"]


def test_a_second_signal_while_requests_in_hand_are_answered_harms_nothing():
    port, slow_port = free_ports(2)
    slow, in_hand, go_on = held_up()
    said = []

    def ask():
        answer = threading.Thread(
            target=lambda: said.append(httpx.get(f"http://127.0.0.1:{slow_port}/").text)
        )
        answer.start()
        assert in_hand.wait(PATIENCE)
        os.kill(os.getpid(), signal.SIGTERM)
        while answers(port):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        go_on.set()
        answer.join(PATIENCE)

    with beside(ask) as start:
        serve([Face(saying("open"), "127.0.0.1", port, 2), Face(slow, "127.0.0.1", slow_port, 2)], start)

    assert said == ["done"]


def test_it_may_have_as_many_connections_as_the_system_allows():
    (port,) = free_ports(1)
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(before, 512), most))
    allowed = []

    def ask():
        allowed.append(resource.getrlimit(resource.RLIMIT_NOFILE)[0])

    try:
        with beside(ask) as start:
            serve([Face(saying("open"), "127.0.0.1", port, 2)], start)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))

    assert allowed == [most]


def test_a_port_that_is_taken_is_told_before_and_at_the_start():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CannotListen, match=str(port)):
            check_address("127.0.0.1", port)
        with pytest.raises(CannotListen, match=str(port)):
            serve([Face(saying("never"), "127.0.0.1", port, 2)], lambda: None)
