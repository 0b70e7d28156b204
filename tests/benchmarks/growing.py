"""Whether questions take longer the more is known: the console's examples after 10,000 and 1,000,000 settled.

    python -m tests.benchmarks.growing [--few 10000] [--many 1000000] [--rounds 60]

Two systems, each a process of its own, fed over HTTP with persons settled in all of Norway through nine
years. Each question is asked of both in turn; the ratio of its medians is that of many to few. Once as the
system is, once with nothing kept in memory (BOSATT_ANSWERS_KEPT=0).
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import orjson

from services.contract.topics import topic_of
from services.opendata.web.console.examples import examples
from tests.acceptance.running import RunningSystem
from tests.benchmarks.settled_events import settled_records

BATCH = 10_000
MEDIA_TYPE = "application/cloudevents-batch+json"
OF_A_CLIENT = ("specversion", "id", "source", "type", "subject", "time", "data")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=60)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        few, many = Path(directory) / "few", Path(directory) / "many"
        for data, count in ((few, said.few), (many, said.many)):
            with RunningSystem(data) as system:
                feed(system.wait_until_ready(), count)
        for kept in ("2000", "0"):
            with started(few, kept) as one, started(many, kept) as other:
                say(f"answers kept: {kept}")
                compare(one.wait_until_ready(), other.wait_until_ready(), said.rounds)
    return 0


def started(data: Path, kept: str) -> RunningSystem:
    system = RunningSystem(data)
    system.environment["BOSATT_ANSWERS_KEPT"] = kept
    return system


def feed(system: RunningSystem, count: int) -> None:
    """Post so many persons settled, and wait until all of them are released."""
    before = settled(system)
    began = time.monotonic()
    events = posted(count)
    headers = {"Content-Type": MEDIA_TYPE, "Authorization": f"Bearer {system.token('importer')}"}
    with httpx.Client(headers=headers, timeout=120) as client:
        while batch := list(islice(events, BATCH)):
            url = f"{system.url}/settlements/v1/events"
            while (answer := client.post(url, content=orjson.dumps(batch))).status_code in (429, 503):
                time.sleep(float(answer.headers.get("Retry-After", "1")))
            answer.raise_for_status()
    say(f"{count} posted in {time.monotonic() - began:.0f} s")
    while settled(system) - before < count:
        time.sleep(0.5)
    say(f"{count} released after {time.monotonic() - began:.0f} s")


def posted(count: int) -> Iterator[dict[str, Any]]:
    """The events, as a client posts them."""
    for record in settled_records(topic_of("settlements"), count):
        event = orjson.loads(record.value)
        yield {name: event[name] for name in OF_A_CLIENT if name in event}


def settled(system: RunningSystem) -> int:
    """Persons settled in the country in the years that are fed."""
    query = '{ region(code: "NO") { history(from: 2014, to: 2026) { settled } } }'
    answer = httpx.post(f"{system.url}/graphql", json={"query": query}, timeout=60).json()
    return sum(year["settled"] or 0 for year in answer["data"]["region"]["history"])


def compare(few: RunningSystem, many: RunningSystem, rounds: int) -> None:
    ratios = []
    with httpx.Client(base_url=few.url) as one, httpx.Client(base_url=many.url) as other:
        for example in examples():
            for client in (one, other):
                asked(client, example.query)
            times: dict[httpx.Client, list[float]] = {one: [], other: []}
            for number in range(rounds):
                # Whoever is asked second finds the caches filled by the first: in turn.
                for client in (one, other) if number % 2 else (other, one):
                    times[client].append(asked(client, example.query))
            before, after = statistics.median(times[one]), statistics.median(times[other])
            ratios.append(after / before)
            say(f"{example.name:<24}{1000 * before:8.2f} ms {1000 * after:8.2f} ms  ratio {ratios[-1]:.2f}")
    say(f"median of ratios {statistics.median(ratios):.2f}, largest {max(ratios):.2f}")


def asked(client: httpx.Client, query: str) -> float:
    began = time.perf_counter()
    answer = client.post("/graphql", json={"query": query}, timeout=60)
    seconds = time.perf_counter() - began
    document = answer.json()
    assert "errors" not in document, document
    return seconds


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
