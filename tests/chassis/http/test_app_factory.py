"""Apps answer problems as problem details, are measured, and deny by default."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Response

from services.chassis.auth.port import NotAuthenticated
from services.chassis.http.app_factory import access_of, create_app
from services.chassis.http.callers import for_callers_with
from services.chassis.metrics import REGISTRY
from services.contract.codes import Role
from services.contract.entitlements import Caller
from tests.chassis.http.pages import CANARY, pages


class Everybody:
    """Takes any token but a bad one for the directorate's."""

    def authenticate(self, token, remote):
        if token == "bad":
            raise NotAuthenticated("Not known here.")
        return Caller(Role.DIRECTORATE, scopes=frozenset(("some",)))


@pytest.fixture
def app():
    blueprint = pages()

    @blueprint.get("/locked")
    @for_callers_with("some")
    def locked():
        return Response("well")

    return create_app("test", [blueprint], Everybody())


@pytest.fixture
def client(app):
    return app.test_client()


def in_flight():
    return REGISTRY.get_sample_value("bosatt_http_requests_in_flight")


def answered(route, code, method="GET"):
    labels = {"service": "test", "route": route, "method": method, "code": code}
    return REGISTRY.get_sample_value("bosatt_http_request_duration_seconds_count", labels) or 0


ERRORS = {
    "/nowhere": (404, "not-found"),
    "/problem": (409, "state"),
    "/aborts": (418, "http-418"),
    "/unmarked": (403, "forbidden"),
    "/locked": (401, "not-authenticated"),
    "/fails": (500, "internal"),
}


@pytest.mark.parametrize(("path", "status", "kind"), [(path, *rest) for path, rest in ERRORS.items()])
def test_every_error_is_problem_details(client, path, status, kind):
    answer = client.get(path)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"] == f"urn:bosatt:problem:{kind}"
    assert answer.json["title"]
    assert answer.json["detail"]


def test_another_method_is_405_with_those_allowed(client):
    answer = client.post("/get-only")

    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["type"] == "urn:bosatt:problem:method-not-allowed"
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_route_that_says_nothing_of_who_may_call_it_is_for_nobody(client):
    for headers in ({}, {"Authorization": "Bearer good"}):
        answer = client.get("/unmarked", headers=headers)

        assert (answer.status_code, CANARY in answer.text) == (403, False)


def test_a_route_for_callers_wants_a_token(client):
    assert client.get("/locked").status_code == 401
    assert client.get("/locked", headers={"Authorization": "Bearer bad"}).status_code == 401
    assert client.get("/locked", headers={"Authorization": "Bearer good"}).text == "well"


def test_the_access_of_each_route_can_be_told(app):
    told = {rule.endpoint: access_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}

    assert told["pages.get_only"] == "open"
    assert told["pages.locked"] == "some"
    assert told["pages.unmarked"] is None


def test_the_text_of_an_exception_is_neither_answered_nor_logged(client, log_lines):
    answer = client.get(f"/fails?{CANARY}")

    assert CANARY not in answer.text + str(answer.headers) + log_lines()
    assert '"error": "RuntimeError"' in log_lines()
    assert "pages.py:" in log_lines()


def test_nor_is_that_of_one_raised_while_an_answer_is_finished(app, log_lines):
    @app.after_request
    def fails(response):
        raise RuntimeError(f"holds {CANARY}")

    answer = app.test_client().get(f"/get-only?{CANARY}")

    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["type"] == "urn:bosatt:problem:internal"
    assert CANARY not in answer.text + log_lines()
    assert '"error": "RuntimeError"' in log_lines()


def test_a_path_is_logged_as_its_route_alone(client, log_lines):
    client.get(f"/{CANARY}")
    client.get("/get-only")

    assert CANARY not in log_lines()
    assert '"route": "unmatched"' in log_lines()
    assert '"route": "/get-only"' in log_lines()


@pytest.mark.parametrize("path", ["/get-only", *ERRORS])
def test_nothing_is_in_flight_after_an_answer(client, path):
    before = in_flight()

    client.get(path)

    assert in_flight() == before


def test_a_request_is_in_flight_while_it_is_answered(app):
    seen = []

    @app.before_request
    def look():
        seen.append(in_flight())

    before = in_flight()
    app.test_client().get("/get-only")

    assert seen == [before + 1]


def test_requests_at_the_same_time_are_counted_apart(app):
    before = in_flight(), answered("/get-only", "200")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: app.test_client().get("/get-only"), range(20)))

    assert (in_flight(), answered("/get-only", "200")) == (before[0], before[1] + 20)


@pytest.mark.parametrize(
    ("path", "route", "code"),
    [("/get-only", "/get-only", "200"), ("/fails", "/fails", "500"), (f"/{CANARY}", "unmatched", "404")],
)
def test_requests_are_measured_by_route_and_code(client, path, route, code):
    before = answered(route, code)

    client.get(path)

    assert answered(route, code) == before + 1


def test_methods_made_up_share_one_label(client):
    before = answered("unmatched", "405", "OTHER")

    client.open("/get-only", method="CANARY")
    client.open("/get-only", method="BREW")

    assert answered("unmatched", "405", "OTHER") == before + 2
