"""Whether questions take longer the more is known: the console's examples after 10,000 and 1,000,000 settled.

    python -m tests.benchmarks.growing [--few 10000] [--many 1000000] [--rounds 60]

Two systems, each a process of its own, fed over HTTP with persons settled in all of Norway through nine
years. Each question is asked of both in turn; the ratio of its medians is that of many to few. Once as the
system is, once with nothing kept in memory (BOSATT_ANSWERS_KEPT=0).
"""

import argparse
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
from tests.benchmarks.by_turns import compare, say
from tests.benchmarks.settled_events import settled_records

BATCH = 10_000
MEDIA_TYPE = "application/cloudevents-batch+json"
QUESTIONS = [(example.name, example.query) for example in examples()]
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
                one.wait_until_ready()
                other.wait_until_ready()
                compare(one, other, QUESTIONS, said.rounds)
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


if __name__ == "__main__":
    sys.exit(main())
