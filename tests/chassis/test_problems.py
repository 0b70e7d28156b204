"""Problem details (RFC 9457)."""

import orjson
import pytest
from flask import Flask, abort, redirect
from structlog.testing import capture_logs

from services.chassis.problems import MEDIA_TYPE, Problem, answer_problems, log_failure
from services.contract.faults import Fault


def test_a_problem_has_the_members_of_the_standard():
    problem = Problem(409, "state", "Not now", "Wait for it.")

    assert problem.as_document() == {
        "type": "urn:bosatt:problem:state",
        "title": "Not now",
        "status": 409,
        "detail": "Wait for it.",
    }


def test_faults_are_told_with_pointer_and_rule():
    problem = Problem(
        422, "invalid-event", "No", "Mend.", faults=[Fault("/data/persons", "form", "A number.")]
    )

    assert problem.as_document()["errors"] == [
        {"pointer": "/data/persons", "rule": "form", "detail": "A number."}
    ]


def test_members_and_headers_of_its_own_are_answered():
    problem = Problem(413, "too-large", "No", "Less.", members={"limit": 5}, headers={"Retry-After": "1"})

    response = problem.as_response()

    assert response.status_code == 413
    assert response.headers["Content-Type"] == MEDIA_TYPE
    assert response.headers["Retry-After"] == "1"
    assert orjson.loads(response.data)["limit"] == 5


@pytest.fixture
def client():
    app = Flask("test", static_folder=None)
    answer_problems(app)
    app.add_url_rule("/aborts/<int:code>", view_func=abort, endpoint="aborts")
    app.add_url_rule("/elsewhere", view_func=lambda: redirect("/there"), endpoint="elsewhere")
    app.add_url_rule("/folder/", view_func=lambda: "well", endpoint="folder")
    return app.test_client()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "http-400"),
        (404, "not-found"),
        (405, "method-not-allowed"),
        (413, "too-large"),
        (429, "http-429"),
        (500, "internal"),
        (503, "http-503"),
    ],
)
def test_what_the_framework_refuses_has_the_same_form(client, status, kind):
    answer = client.get(f"/aborts/{status}")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert answer.json["type"] == f"urn:bosatt:problem:{kind}"
    assert answer.json["detail"]


@pytest.mark.parametrize("path", ["/elsewhere", "/folder"])
def test_a_redirection_is_no_problem(client, path):
    answer = client.get(path)

    assert answer.status_code in (302, 308)
    assert "Location" in answer.headers


def test_of_an_unforeseen_error_the_kind_and_place_are_logged():
    with capture_logs() as lines:
        log_failure(RuntimeError("canary"))
        try:
            int("canary")
        except ValueError as error:
            log_failure(error)

    assert [line["error"] for line in lines] == ["RuntimeError", "ValueError"]
    assert lines[0]["where"] == ""
    assert lines[1]["where"].startswith("test_problems.py:")
    assert "canary" not in str(lines)
