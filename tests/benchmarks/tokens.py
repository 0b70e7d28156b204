"""What a token costs: verified, and remembered; by itself, and as part of a request.

    .venv/bin/python -m tests.benchmarks.tokens

Each figure is the best of many short, interleaved turns, in microseconds.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response
from werkzeug.test import EnvironBuilder

from services.chassis.auth.issuers import Issuers
from services.chassis.http.app_factory import create_app
from services.chassis.http.callers import for_callers_with, open_to_all
from services.chassis.logs import configure_logs
from tests.chassis.auth.issuing import machine_claims, machines, organisations_in, signed

SCOPE = "bosatt:settlements.write"
TURNS, CALLS = 20, 200


def measure(directory: Path) -> dict[str, float]:
    """Microseconds a call, by what is called; in a directory for the file of organisations."""
    configure_logs("warning")
    issuer = machines(organisations_in(directory))
    token = signed(machine_claims(exp=int(time.time()) + 3600))
    issuers = Issuers([issuer])
    blueprint = Blueprint("routes", __name__)

    @blueprint.get("/open")
    @open_to_all
    def for_all() -> Response:
        return Response("x")

    @blueprint.get("/guarded")
    @for_callers_with(SCOPE)
    def for_callers() -> Response:
        return Response("x")

    app = create_app("benchmark", [blueprint], issuers)
    sides: dict[str, Callable[[], Any]] = {
        "a token verified": lambda: issuer.verify(token),
        "a token remembered": lambda: issuers.authenticate(token, None),
        "a request to an open route": _request(app, "/open", token),
        "a request with a token, counted against its caller": _request(app, "/guarded", token),
    }
    best = dict.fromkeys(sides, float("inf"))
    for _ in range(TURNS):
        for name, side in sides.items():
            best[name] = min(best[name], _turn(side))
    return best


def _request(app: Any, path: str, token: str) -> Callable[[], Any]:
    environ = EnvironBuilder(path=path, headers={"Authorization": f"Bearer {token}"}).get_environ()

    def ask() -> None:
        answer = app(dict(environ), lambda *_: None)
        list(answer)
        answer.close()

    return ask


def _turn(side: Callable[[], Any]) -> float:
    began = time.perf_counter()
    for _ in range(CALLS):
        side()
    return (time.perf_counter() - began) / CALLS * 1e6


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as here:
        for what, microseconds in measure(Path(here)).items():
            sys.stdout.write(f"{microseconds:8.1f} µs  {what}\n")
