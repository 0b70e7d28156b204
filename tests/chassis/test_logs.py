"""Structured logs."""

import orjson
import pytest
import structlog

from services.chassis.logs import configure_logs


@pytest.fixture(autouse=True)
def as_it_was():
    yield
    structlog.reset_defaults()


def test_each_event_is_one_line_of_json_on_standard_error(capsys):
    configure_logs("info")

    structlog.get_logger().info("relay.led", service="requests", note="two\nlines")

    line, rest = capsys.readouterr().err.split("\n", 1)
    assert rest == ""
    assert (
        orjson.loads(line).items()
        >= {
            "event": "relay.led",
            "level": "info",
            "service": "requests",
            "note": "two\nlines",
        }.items()
    )
    assert orjson.loads(line)["timestamp"].endswith("Z")


@pytest.mark.parametrize(("level", "lines"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_what_matters_less_than_the_level_is_left_out(capsys, level, lines):
    configure_logs(level)

    for name in ("debug", "info", "warning", "error"):
        getattr(structlog.get_logger(), name)("x")

    assert capsys.readouterr().err.count("\n") == lines


def test_what_is_bound_for_a_request_stands_in_each_of_its_lines(capsys):
    configure_logs("info")

    with structlog.contextvars.bound_contextvars(request="7"):
        structlog.get_logger().info("x")

    assert orjson.loads(capsys.readouterr().err)["request"] == "7"
