"""Bodies are read within bounds; what is refused is drained within bounds."""

from io import BytesIO

import pytest
from flask import Flask, Response, request

from services.chassis.auth.port import NotAuthenticated
from services.chassis.http.app_factory import create_app
from services.chassis.http.bodies import MOST_DRAINED, drain, read_body
from services.chassis.http.callers import for_callers_with, open_to_all
from services.chassis.problems import Problem
from tests.chassis.http.environs import of_unknown_length
from tests.chassis.http.pages import pages


class Nobody:
    """Knows no token."""

    def authenticate(self, token, remote):
        raise NotAuthenticated("Not known here.")


@pytest.fixture
def client():
    blueprint = pages()

    @blueprint.post("/read")
    @open_to_all
    def read():
        return Response(str(len(read_body(request, 1_000))))

    @blueprint.post("/refused")
    @open_to_all
    def refused():
        raise Problem(415, "media-type", "No", "Not this.")

    @blueprint.post("/locked")
    @for_callers_with("some")
    def locked():
        raise AssertionError("nobody gets here")

    return create_app("test", [blueprint], Nobody()).test_client()


def sent(length):
    """An environment with a body of a stated length."""
    return {"wsgi.input": BytesIO(b"x" * length), "CONTENT_LENGTH": str(length)}


def left_of(environ):
    return len(environ["wsgi.input"].read())


@pytest.mark.parametrize("length", [0, 1, 999, 1_000])
def test_a_body_up_to_the_limit_is_read(client, length):
    assert client.post("/read", environ_overrides=sent(length)).text == str(length)
    assert client.post("/read", environ_overrides=of_unknown_length(b"x" * length)).text == str(length)


@pytest.mark.parametrize("environ", [sent(1_001), of_unknown_length(b"x" * 1_001)])
def test_one_byte_more_is_413(client, environ):
    answer = client.post("/read", environ_overrides=environ)

    assert (answer.status_code, answer.json["limit"]) == (413, 1_000)


def test_a_body_that_breaks_off_is_what_came(client):
    broken = {"wsgi.input": BytesIO(b"x" * 10), "CONTENT_LENGTH": "500"}

    assert client.post("/read", environ_overrides=broken).text == "10"


@pytest.mark.parametrize(
    "path", ["/read", "/refused", "/locked", "/nowhere", "/unmarked", "/fails", "/get-only"]
)
@pytest.mark.parametrize("unknown_length", [False, True])
def test_a_refused_body_is_drained_so_that_the_client_can_read_the_answer(client, path, unknown_length):
    environ = of_unknown_length(b"x" * 500_000) if unknown_length else sent(500_000)

    answer = client.post(path, environ_overrides=environ)

    assert answer.status_code >= 400
    assert left_of(environ) == 0


@pytest.mark.parametrize("path", ["/read", "/refused", "/locked"])
@pytest.mark.parametrize("unknown_length", [False, True])
def test_no_more_than_16_megabytes_are_drained(client, path, unknown_length):
    much = b"x" * (MOST_DRAINED + 5_000_000)
    environ = of_unknown_length(much) if unknown_length else sent(len(much))

    answer = client.post(path, environ_overrides=environ)

    assert answer.status_code >= 400
    assert 4_900_000 < left_of(environ) <= 5_000_000


def test_a_body_that_follows_on_the_same_connection_is_not_touched(client):
    environ = {"wsgi.input": BytesIO(b"x" * 10 + b"next"), "CONTENT_LENGTH": "10"}

    client.post("/refused", environ_overrides=environ)

    assert environ["wsgi.input"].read() == b"next"


def test_a_client_that_goes_away_while_it_is_drained_gets_its_answer_all_the_same():
    class Gone(BytesIO):
        def read(self, size=-1):
            raise OSError("the client has gone")

    with Flask("test").test_request_context(
        "/", environ_overrides={"wsgi.input": Gone(), "CONTENT_LENGTH": "9"}
    ):
        drain(request)
