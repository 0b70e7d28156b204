"""The same questions asked of two systems by turns, and the ratio of what they take."""

import statistics
import time
from collections.abc import Iterable

import httpx

from tests.acceptance.running import RunningSystem


def compare(
    one: RunningSystem, other: RunningSystem, questions: Iterable[tuple[str, str]], rounds: int
) -> None:
    """Print the medians of each question, a name and a query, and their ratio: ``other`` to ``one``."""
    ratios = []
    with httpx.Client(base_url=one.url) as first, httpx.Client(base_url=other.url) as second:
        for name, query in questions:
            for client in (first, second):
                _asked(client, query)
            times: dict[httpx.Client, list[float]] = {first: [], second: []}
            for number in range(rounds):
                # Whoever is asked second finds the caches filled by the first: in turn.
                for client in (first, second) if number % 2 else (second, first):
                    times[client].append(_asked(client, query))
            before, after = statistics.median(times[first]), statistics.median(times[second])
            ratios.append(after / before)
            say(f"{name:<24}{1000 * before:8.2f} ms {1000 * after:8.2f} ms  ratio {ratios[-1]:.2f}")
    say(f"median of ratios {statistics.median(ratios):.2f}, largest {max(ratios):.2f}")


def _asked(client: httpx.Client, query: str) -> float:
    began = time.perf_counter()
    answer = client.post("/graphql", json={"query": query}, timeout=60)
    seconds = time.perf_counter() - began
    document = answer.json()
    assert "errors" not in document, document
    return seconds


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
