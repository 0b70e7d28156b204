"""From the header of a request to the caller behind it."""

import pytest
from flask import Response, g

from services.chassis import metrics
from services.chassis.auth.port import NotAuthenticated
from services.chassis.http.app_factory import create_app
from services.chassis.http.callers import for_callers_with
from services.contract.codes import Role
from services.contract.entitlements import Caller
from tests.chassis.http.pages import CANARY, pages


class Noting:
    """Notes what it is asked, and knows one token."""

    def __init__(self):
        self.asked = []

    def authenticate(self, token, remote):
        self.asked.append((token, remote))
        if token != "good":
            raise NotAuthenticated("Not known here.")
        return Caller(Role.MUNICIPALITY, "0301", scopes=frozenset(("bosatt:settlements.read",)))


@pytest.fixture
def authenticator():
    return Noting()


@pytest.fixture
def call(authenticator):
    blueprint = pages()

    @blueprint.get("/me")
    @for_callers_with("bosatt:settlements.read")
    def me():
        return Response(g.caller.name)

    @blueprint.get("/read")
    @for_callers_with("bosatt:settlements.read")
    def read():
        return Response(g.caller.name)

    @blueprint.get("/write")
    @for_callers_with("bosatt:settlements.write")
    def write():
        return Response(CANARY)

    client = create_app("test", [blueprint], authenticator).test_client()

    def called(authorization=None, path="/me", **headers):
        sent = headers if authorization is None else {**headers, "Authorization": authorization}
        return client.get(path, headers=sent, environ_overrides={"REMOTE_ADDR": "127.0.0.1"})

    return called


def test_the_caller_is_at_hand_in_the_route(call, authenticator):
    assert call("Bearer good").text == "municipality:0301"
    assert authenticator.asked == [("good", "127.0.0.1")]


@pytest.mark.parametrize("written", ["bearer good", "BEARER  good ", "Bearer good"])
def test_the_scheme_may_be_written_in_any_way(call, written):
    assert call(written).status_code == 200


@pytest.mark.parametrize("written", [None, "", "Bearer", "Bearer  ", "good", "Basic good"])
def test_without_a_bearer_token_nobody_is_asked(call, authenticator, written):
    answer = call(written)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bosatt"'
    assert authenticator.asked == []


def test_a_token_that_is_no_good_is_told_as_rfc_6750_wants_it(call):
    answer = call("Bearer stolen")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bosatt", error="invalid_token"'
    assert answer.json["detail"] == "Not known here."
    assert "stolen" not in answer.text


def test_a_token_opens_what_its_scopes_name(call):
    assert call("Bearer good", "/read").text == "municipality:0301"


def test_a_scope_that_is_missing_is_named_as_rfc_6750_wants_it(call):
    answer = call("Bearer good", "/write")

    assert answer.status_code == 403
    assert answer.json["type"] == "urn:bosatt:problem:insufficient-scope"
    assert answer.json["scope"] == "bosatt:settlements.write"
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer realm="bosatt", error="insufficient_scope", scope="bosatt:settlements.write"'
    )
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    ("written", "path", "reason"),
    [(None, "/me", "no-token"), ("Bearer bad", "/me", "claims"), ("Bearer good", "/write", "scope")],
)
def test_each_refusal_is_counted_by_its_reason(call, written, path, reason):
    counter = metrics.AUTH_FAILURES.labels("test", reason)
    before = counter._value.get()

    call(written, path)

    assert counter._value.get() == before + 1


def test_the_log_says_why_nobody_was_let_in_and_nothing_of_the_token(call, log_lines):
    call("Bearer canary-token")

    assert '"refused": "claims"' in log_lines()
    assert "canary" not in log_lines()


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"]
)
def test_behind_a_proxy_the_address_is_not_known(call, authenticator, header):
    call("Bearer good", **{header: "127.0.0.1"})

    assert authenticator.asked == [("good", None)]
