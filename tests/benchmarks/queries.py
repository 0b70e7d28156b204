"""GraphQL beside PostGraphile on the same rows: requests a second, by turns, and their ratio.

    npm install postgraphile@5          # in a directory of its own
    python -m tests.benchmarks.queries --peer DIRECTORY --config PEERS/postgraphile/graphile.config.mjs

357 municipalities with 10 fields each, and one region, over four connections from one client. Every
figure is the median of pairs (A B, B A, …), because rates drift. ``executed`` is with
BOSATT_ANSWERS_KEPT=0: the document is kept, the answer is not.
"""

import argparse
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import psycopg

from services.running.servers.children import start_child
from services.running.servers.ports import free_ports
from services.running.servers.postgresql import PostgreSQLServer
from tests.acceptance.running import RunningSystem
from tests.benchmarks.rates import Asked, rate

FIELDS = ("requested", "decided", "quota", "settled", "remaining", "fulfilment", "allocated", "awaiting")
"""With code and name: ten."""

YEAR = 2024
ALL = " ".join(FIELDS)
OURS = {
    "municipalities": f'{{ regions(level: MUNICIPALITY, first: 500, on: "{YEAR}-06-30") '
    f"{{ nodes {{ code name totals(year: {YEAR}) {{ {ALL} }} }} }} }}",
    "one region": f'{{ region(code: "0301") {{ code name totals(year: {YEAR}) {{ {ALL} }} }} }}',
}
THEIRS = {
    "municipalities": f"{{ allMunicipalities {{ nodes {{ code name {ALL} }} }} }}",
    "one region": f'{{ municipalityByCode(code: "0301") {{ code name {ALL} }} }}',
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", type=Path, required=True, help="where node_modules/postgraphile is")
    parser.add_argument("--config", type=Path, required=True, help="its graphile.config.mjs")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    said = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as directory,
        started(Path(directory) / "kept") as kept,
        started(Path(directory) / "executed", BOSATT_ANSWERS_KEPT="0") as executed,
        PostgreSQLServer(Path(directory) / "postgresql") as server,
    ):
        say_cold("kept", kept)
        say_cold("executed", executed)
        rows = rows_of(kept)
        address = server.url("postgres").replace("postgresql+psycopg:", "postgresql:")
        put(address, rows)
        with postgraphile(said.peer, said.config, address) as peer:
            say(
                f"{len(rows)} municipalities of {YEAR}, {said.pairs} pairs of {said.seconds} s, 4 connections"
            )
            for name, query in OURS.items():
                theirs = Asked(f"{peer}/graphql", THEIRS[name])
                for kind, system in (("kept", kept), ("executed", executed)):
                    compare(f"{name}, {kind}", Asked(f"{system.url}/graphql", query), theirs, said)
    return 0


def started(data: Path, **settings: str) -> RunningSystem:
    """A system with the published figures, ready; says what the first questions of its life take."""
    system = RunningSystem(data)
    system.environment |= settings
    return system


def say_cold(name: str, system: RunningSystem) -> None:
    system.wait_until_ready()
    for kind, query in OURS.items():
        began = time.perf_counter()
        httpx.post(f"{system.url}/graphql", json={"query": query}, timeout=60).raise_for_status()
        say(f"{kind}, {name}, first after the start: {1000 * (time.perf_counter() - began):.1f} ms")


def compare(name: str, ours: Asked, theirs: Asked, said: argparse.Namespace) -> None:
    pairs = []
    for number in range(said.pairs):
        turn = [ours, theirs] if number % 2 == 0 else [theirs, ours]
        measured = {one: rate(one, said.seconds) for one in turn}
        pairs.append((measured[ours], measured[theirs]))
    ratios = sorted(own / other for own, other in pairs)
    say(
        f"{name:<26}{statistics.median(own for own, _ in pairs):8.0f}/s   "
        f"PostGraphile {statistics.median(other for _, other in pairs):6.0f}/s   "
        f"ratio {statistics.median(ratios):5.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})"
    )


def rows_of(system: RunningSystem) -> list[dict[str, object]]:
    """The rows that both sides answer, as we answer them."""
    answer = httpx.post(f"{system.url}/graphql", json={"query": OURS["municipalities"]}, timeout=60).json()
    return [{**node, **node["totals"]} for node in answer["data"]["regions"]["nodes"]]


def put(url: str, rows: list[dict[str, object]]) -> None:
    """Put the rows into a table."""
    columns = ("code", "name", *FIELDS)
    kinds = {"code": "text PRIMARY KEY", "name": "text NOT NULL", "fulfilment": "double precision"}
    described = ", ".join(f"{name} {kinds.get(name, 'integer')}" for name in columns)
    places = ", ".join(["%s"] * len(columns))
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE TABLE municipality ({described})")  # type: ignore[arg-type]
        connection.cursor().executemany(
            f"INSERT INTO municipality VALUES ({places})",  # type: ignore[arg-type]
            [[row[name] for name in columns] for row in rows],
        )


@contextlib.contextmanager
def postgraphile(installed: Path, config: Path, url: str) -> Iterator[str]:
    """The peer, serving a database; the address at which it answers."""
    with tempfile.TemporaryDirectory() as directory:
        (port,) = free_ports(1)
        (Path(directory) / "node_modules").symlink_to((installed / "node_modules").absolute())
        # Another port than the one written there, which somebody may have.
        text = config.read_text().replace("5678", str(port))
        (Path(directory) / config.name).write_text(text)
        program = installed.absolute() / "node_modules" / ".bin" / "postgraphile"
        command = [str(program), "-C", str(Path(directory) / config.name)]
        environment = {**os.environ, "DATABASE_URL": url, "PGSCHEMA": "public", "NODE_ENV": "production"}
        peer = start_child(command, Path(directory) / "out", environment)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, THEIRS["one region"])
            yield address
        finally:
            peer.kill()
            peer.wait()


def _wait(address: str, query: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(httpx.TransportError):
            answer = httpx.post(f"{address}/graphql", json={"query": query}, timeout=60).json()
            if answer.get("data"):
                return
            raise RuntimeError(f"the peer does not answer the same question: {orjson.dumps(answer).decode()}")
        time.sleep(0.2)
    raise RuntimeError("the peer does not answer")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    if shutil.which("node") is None:
        sys.exit("PostGraphile needs Node.js: install it (Debian: nodejs npm)")
    sys.exit(main())
