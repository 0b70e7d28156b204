"""A service that believes a real issuer: keys over HTTP, who called, and the end of the local issuer."""

import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from services.chassis.auth.local_issuer import issue, local_key
from services.running.servers.ports import free_ports
from tests.acceptance.one_process import OneProcess
from tests.chassis.auth.issuing import (
    AUDIENCE,
    MACHINES,
    OSLO,
    VENDOR,
    key_set,
    machine_claims,
    organisation,
    registry_file,
    signed,
)
from tests.chassis.commands.posting import event


class Publisher:
    """Publishes an issuer's keys at a port of its own; may be stopped and started."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}/jwks"
        self.keys: tuple[str, ...] = ("one",)
        self.asked = 0
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.asked += 1
                self.send_response(200)
                self.end_headers()
                self.wfile.write(key_set(*publisher.keys))

            def log_message(self, *_words: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    publisher = Publisher()
    yield publisher
    publisher.stop()


@pytest.fixture
def service(tmp_path: Path, publisher: Publisher) -> Iterator[OneProcess]:
    """The settlements service, reachable from everywhere, with one issuer."""
    settings = {
        "BOSATT_HOST": "0.0.0.0",
        "BOSATT_ISSUER": MACHINES,
        "BOSATT_JWKS_URL": publisher.url,
        "BOSATT_JWKS_INTERVAL": "1",
        "BOSATT_AUDIENCE": AUDIENCE,
        "BOSATT_ORGANISATIONS": str(registry_file(tmp_path)),
        "BOSATT_RATE_EVENTS": "1000",
    }
    with OneProcess(tmp_path / "data", "serve", "settlements", **settings) as process:
        yield process.wait_until_ready()


def post(service: OneProcess, token: str) -> httpx.Response:
    return httpx.post(
        f"{service.url}/settlements/v1/events",
        content=orjson.dumps(event("person.settled", subject=str(uuid.uuid4()))),
        headers={"Content-Type": "application/cloudevents+json", "Authorization": f"Bearer {token}"},
        timeout=30,
        # There are no certificates on this way; loading them would take longer than all else.
        verify=False,
    )


def post_until_accepted(service: OneProcess, key: str) -> httpx.Response:
    """Post with a key that is to be known soon."""
    deadline = time.monotonic() + 30
    while (answer := post(service, signed(machine_claims(OSLO), key))).status_code in (401, 503):
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)
    return answer


def counted(service: OneProcess, name: str) -> float:
    lines = httpx.get(f"{service.ops_url}/metrics").text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


def test_keys_come_go_and_change_while_it_runs(service: OneProcess, publisher: Publisher) -> None:
    before = post(service, signed(machine_claims(OSLO)))
    assert before.status_code == 503
    assert int(before.headers["Retry-After"]) >= 1

    publisher.start()
    answer = post_until_accepted(service, "one")
    assert answer.status_code == 201
    assert answer.headers["RateLimit-Policy"] == '"default";q=1000;w=60'

    publisher.stop()
    assert post(service, signed(machine_claims(OSLO, jti="another"))).status_code == 201
    publisher.keys = ("one", "two")
    publisher.start()
    assert post_until_accepted(service, "two").status_code == 201


def test_many_with_unknown_keys_do_not_make_it_ask_often_nor_hinder_others(
    service: OneProcess, publisher: Publisher
) -> None:
    publisher.start()
    good = signed(machine_claims(OSLO))
    assert post(service, good).status_code == 201
    asked, began = publisher.asked, time.monotonic()
    bad = [signed(machine_claims(OSLO), "other", kid=f"unknown-{number}") for number in range(100)]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda token: post(service, token).status_code, [*bad, good] * 2))

    assert answers.count(201) == 2
    assert set(answers) == {201, 401}
    assert publisher.asked - asked <= time.monotonic() - began + 1
    assert counted(service, 'bosatt_auth_failures_total{reason="key"') == 200


def test_the_local_issuer_is_nobody_and_the_log_says_who_called_without_tokens(
    service: OneProcess, publisher: Publisher
) -> None:
    publisher.start()
    local = issue(local_key(service.data), "0301")
    acting = signed(machine_claims(OSLO, supplier=organisation(VENDOR)))

    assert post(service, local).status_code == 401
    assert post(service, acting).status_code == 201
    assert service.command("token", "--as", "0301").returncode == 2

    lines = [orjson.loads(line) for line in service.output.splitlines() if '"http.request"' in line]
    calls = [line for line in lines if line["status"] == 201]
    assert [(line["organisation"], line["supplier"]) for line in calls] == [(OSLO, VENDOR)]
    for token in (local, acting):
        assert token.split(".")[2] not in service.output


def test_a_faulty_file_of_organisations_keeps_it_from_starting(tmp_path: Path, publisher: Publisher) -> None:
    settings = {
        "BOSATT_ISSUER": MACHINES,
        "BOSATT_JWKS_URL": publisher.url,
        "BOSATT_AUDIENCE": AUDIENCE,
        "BOSATT_ORGANISATIONS": str(registry_file(tmp_path, "organisation,role,code\n123,municipality,1\n")),
    }
    for words in (("serve", "requests"), ("run",)):
        told = OneProcess(tmp_path / "data", *words, **settings).command(*words)

        assert told.returncode == 1
        assert "line 2" in told.stderr
        assert "Traceback" not in told.stderr


def test_without_an_importers_token_the_figures_are_not_loaded(tmp_path: Path, publisher: Publisher) -> None:
    settings = {
        "BOSATT_ISSUER": MACHINES,
        "BOSATT_JWKS_URL": publisher.url,
        "BOSATT_AUDIENCE": AUDIENCE,
        "BOSATT_ORGANISATIONS": str(registry_file(tmp_path)),
        "BOSATT_SEEDS": "1",
    }
    told = OneProcess(tmp_path / "data", "run", **settings).command("run")

    assert told.returncode == 1
    assert "BOSATT_TOKEN" in told.stdout
    assert "BOSATT_SEEDS=0" in told.stdout.replace("\n", "")
