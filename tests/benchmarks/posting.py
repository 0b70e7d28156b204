"""How fast events are taken over HTTP by one service in one process, beside what bounds it.

    .venv/bin/python -m tests.benchmarks.posting [batch|single|postgresql] [ROUNDS]

``batch``: 10,000 persons settled in one request, accepted durably, beside marshmallow loading the
same objects' data many at once and nothing else. ``single``: posts with a token, each validated and
flushed to disk, beside an empty route of the same web server; the same client on both, with
CONNECTIONS connections. Both on SQLite. ``postgresql``: single posts on a durable server of its own,
beside raw committed inserts in the same order scheme by as many writers. Sides are interleaved; rates
of one machine at one moment mean little, the ratios do.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Any

import httpx
import orjson

from services.chassis.auth.local_issuer import issue, local_key
from services.chassis.database import Database
from services.chassis.store import EventStore
from services.contract.schemas.settlements import PersonSettled
from services.running.servers.ports import free_ports
from services.running.servers.postgresql import PostgreSQLServer
from tests.benchmarks.appends import Writers

EVENTS = 10_000
CONNECTIONS = 8
SECONDS = 3.0
PATH = "/settlements/v1/events"


def person(random: Random) -> dict[str, Any]:
    data = {
        "municipality": "0301",
        "settledOn": f"2024-{random.randint(1, 6):02d}-{random.randint(1, 28):02d}",
        "district": random.choice(("030101", "030105", "030110")),
        "countryOfOrigin": random.choice(("UKR", "SYR", "AFG", "ERI")),
        "sex": random.choice(("female", "male")),
        "ageGroup": random.choice(("0-17", "18-29", "30-55")),
        "unaccompaniedMinor": False,
        "arrival": "direct",
        "housing": "municipal",
    }
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "urn:benchmark",
        "type": "no.bosatt.person.settled.v1",
        "subject": str(uuid.uuid4()),
        "time": "2024-07-01T12:00:00Z",
        "data": data,
    }


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[str]:
    """A settlements service alone, as ``bosatt serve settlements`` runs it."""
    (port,) = free_ports(1)
    environment = {**os.environ, "PORT": str(port), "BOSATT_DATA": str(data), **settings}
    command = [sys.executable, "-m", "services.cli", "serve", "settlements"]
    with _child(command, environment, f"http://127.0.0.1:{port}") as url:
        # Alive is not yet able: tables are brought up to date first.
        _wait_for(f"{url}/settlements/openapi.json")
        yield url


@contextmanager
def serving_nothing() -> Iterator[str]:
    """An empty Flask route on the same web server, with as many threads."""
    (port,) = free_ports(1)
    program = (
        "from flask import Flask; from pathlib import Path\n"
        "from services.chassis.http.serving import Face, serve\n"
        "app = Flask('empty')\n"
        "app.route('/health/live')(lambda: '')\n"
        "app.route('/settlements/v1/events', methods=['POST'], endpoint='post')(lambda: '')\n"
        f"serve([Face(app, '127.0.0.1', {port}, 32)], lambda: None, lambda: None, 0.0)\n"
    )
    with _child([sys.executable, "-c", program], dict(os.environ), f"http://127.0.0.1:{port}") as url:
        yield url


@contextmanager
def _child(command: list[str], environment: dict[str, str], url: str) -> Iterator[str]:
    with subprocess.Popen(command, env=environment) as child:
        try:
            _wait_for(f"{url}/health/live")
            yield url
        finally:
            child.terminate()


def _wait_for(url: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > until:
            raise SystemExit(f"{url} does not answer.")
        time.sleep(0.1)


def load_rate(events: list[dict[str, Any]]) -> float:
    """Objects a second of marshmallow alone."""
    schema, objects = PersonSettled(many=True), [event["data"] for event in events]
    began = time.perf_counter()
    schema.load(objects)
    return len(objects) / (time.perf_counter() - began)


def batch_rate(
    client: httpx.Client, url: str, events: list[dict[str, Any]], headers: dict[str, str]
) -> float:
    body = orjson.dumps(events)
    began = time.perf_counter()
    answer = client.post(f"{url}{PATH}", content=body, headers=headers)
    seconds = time.perf_counter() - began
    if answer.status_code != 201 or len(answer.json()) != len(events):
        raise SystemExit(f"The batch was not accepted: {answer.status_code} {answer.text[:500]}")
    return len(events) / seconds


def single_rate(url: str, token: str, seconds: float) -> float:
    """Answers a second to posts by several clients at once."""
    counts, refused = [0] * CONNECTIONS, list[int]()
    until = time.perf_counter() + seconds

    def post(number: int) -> None:
        random = Random(number)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents+json"}
        # The plainest client there is: on the same two cores its cost is taken from both sides.
        with closing(HTTPConnection(url.removeprefix("http://"))) as connection:
            while time.perf_counter() < until:
                connection.request("POST", PATH, orjson.dumps(person(random)), headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status not in (200, 201):
                    refused.append(answer.status)
                    return
                counts[number] += 1

    threads = [threading.Thread(target=post, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise SystemExit(f"Posts were answered {refused}.")
    return sum(counts) / seconds


def compare_batches(rounds: int) -> None:
    random = Random(1)
    with tempfile.TemporaryDirectory(prefix="bosatt-benchmark-") as folder:
        token = issue(local_key(Path(folder)), "0301")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents-batch+json"}
        with serving(Path(folder)) as url, httpx.Client(timeout=120) as client:
            ratios = []
            for number in range(rounds):
                events = [person(random) for _ in range(EVENTS)]
                alone = load_rate(events)
                ours = batch_rate(client, url, events, headers)
                ratios.append(ours / alone)
                rates = f"marshmallow alone {alone:8,.0f}/s  batch {ours:8,.0f}/s"
                _say(f"round {number + 1}  {rates}  {ratios[-1]:.2f}")
            _say(f"batch: median of {rounds} ratios {statistics.median(ratios):.2f}")


def compare_single_posts(rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bosatt-benchmark-") as folder:
        token = issue(local_key(Path(folder)), "0301")
        with serving(Path(folder)) as url, serving_nothing() as empty:
            ratios = []
            for number in range(rounds):
                nothing = single_rate(empty, token, SECONDS)
                ours = single_rate(url, token, SECONDS)
                ratios.append(ours / nothing)
                rates = f"empty route {nothing:7,.0f}/s  post {ours:7,.0f}/s"
                _say(f"round {number + 1}  {rates}  {ratios[-1]:.2f}")
            _say(f"single: median of {rounds} ratios {statistics.median(ratios):.2f}")


def compare_with_raw_inserts(rounds: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="bosatt-benchmark-") as folder,
        PostgreSQLServer(Path(folder) / "server") as server,
    ):
        for name in ("raw", "settlements"):
            server.create_database(name)
        raw = EventStore(Database(server.url("raw")))
        raw.migrate()
        raw.database.close()
        token = issue(local_key(Path(folder)), "0301")
        with (
            serving(Path(folder), BOSATT_DATABASE_URL_SETTLEMENTS=server.url("settlements")) as url,
            Writers(server.url("raw"), 1) as writers,
        ):
            ratios = []
            for number in range(rounds):
                alone = writers.rate("raw", SECONDS)
                ours = single_rate(url, token, SECONDS)
                ratios.append(ours / alone)
                rates = f"raw inserts {alone:7,.0f}/s  post {ours:7,.0f}/s"
                _say(f"round {number + 1}  {rates}  {ratios[-1]:.2f}")
            _say(f"postgresql: median of {rounds} ratios {statistics.median(ratios):.2f}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    kinds = {
        "batch": compare_batches,
        "single": compare_single_posts,
        "postgresql": compare_with_raw_inserts,
    }
    wanted = [sys.argv[1]] if len(sys.argv) > 1 else list(kinds)
    for kind in wanted:
        kinds[kind](int(sys.argv[2]) if len(sys.argv) > 2 else 7)
