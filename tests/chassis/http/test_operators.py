"""Metrics and health."""

import pytest

from services.chassis.http.app_factory import access_of, create_app
from services.chassis.http.operators import operators_blueprint


def client_with(*checks):
    return create_app("operators", [operators_blueprint(checks)], None).test_client()


def test_metrics_are_in_prometheus_text():
    answer = client_with().get("/metrics")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "# TYPE bosatt_commands_total counter" in answer.text
    assert "bosatt_http_requests_in_flight 1.0" in answer.text


def test_metrics_are_in_openmetrics_for_who_asks():
    answer = client_with().get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_a_process_that_answers_is_live_whatever_else():
    answer = client_with(lambda: "loading").get("/health/live")

    assert (answer.status_code, answer.json) == (200, {"status": "live"})


@pytest.mark.parametrize("checks", [(), (lambda: None,), (lambda: None, lambda: None)])
def test_ready_when_no_check_objects(checks):
    answer = client_with(*checks).get("/health/ready")

    assert (answer.status_code, answer.json) == (200, {"status": "ready"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_not_ready_with_every_reason():
    answer = client_with(lambda: None, lambda: "loading", lambda: "relay has stopped").get("/health/ready")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json == {
        "status": "not ready",
        "reason": "loading",
        "reasons": ["loading", "relay has stopped"],
    }


def test_ready_again_when_the_reason_has_gone():
    reasons = ["loading", None]
    client = client_with(lambda: reasons.pop(0))

    assert [client.get("/health/ready").status_code for _ in range(2)] == [503, 200]


def test_operators_need_no_token():
    app = create_app("operators", [operators_blueprint([])], None)

    assert {access_of(app, rule.endpoint) for rule in app.url_map.iter_rules()} == {"open"}
