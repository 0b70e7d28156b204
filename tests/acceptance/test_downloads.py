"""Downloads of the published figures: equal to GraphQL, read by others' programs, whoever stops reading."""

import socket
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from frictionless import Package

from services.chassis.clock import utc_now
from services.contract.partial_date import today_in_oslo
from tests.acceptance.running import RunningSystem
from tests.documented import DOCS, Example, examples, printed
from tests.opendata.exports.comparing import breakdown_rows, published_rows, series_rows, totals_rows
from tests.opendata.exports.downloading import read_rows
from tests.opendata.exports.test_against_graphql import BY

EXAMPLES = examples(DOCS / "downloads.md")
SLOW_READERS = 40
"""More than there are threads."""


def rows(system: RunningSystem, name: str) -> list[dict[str, str]]:
    answer = httpx.get(f"{system.url}/data/{name}", timeout=60)
    assert answer.status_code == 200, answer.text
    return read_rows(answer.content)


@pytest.mark.parametrize("borders", ["THEN", "NOW"])
def test_all_regions_years_and_measures_are_those_of_graphql(seeded: RunningSystem, borders: str) -> None:
    years = sorted({int(row["year"]) for row in rows(seeded, "totals.csv?level=COUNTRY")})
    here = (borders, today_in_oslo(utc_now()).year)

    assert rows(seeded, f"totals.csv?borders={borders}") == [
        row for year in years for row in totals_rows(seeded.answer_to, year, *here)
    ]
    assert rows(seeded, f"series.csv?borders={borders}&year=2024") == series_rows(
        seeded.answer_to, 2024, *here, "MONTH"
    )
    for dimension, column in BY.items():
        asked = f"breakdown.csv?borders={borders}&year=2024&by={dimension}"
        assert rows(seeded, asked) == breakdown_rows(seeded.answer_to, 2024, *here, {dimension: column})


def test_official_figures_are_those_of_graphql(seeded: RunningSystem) -> None:
    found = rows(seeded, "published.csv")

    years = sorted({int(row["year"]) for row in found})
    assert found == [row for year in years for row in published_rows(seeded.answer_to, year)]
    assert found


def test_frictionless_reads_the_whole_package_from_its_address(seeded: RunningSystem) -> None:
    report = Package(f"{seeded.url}/data/datapackage.json").validate()

    assert report.valid, report.flatten(["name", "type", "note"])
    assert len(report.tasks) == 11


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_prints_what_the_page_says(
    seeded: RunningSystem, tmp_path: Path, example: Example
) -> None:
    assert printed(example, seeded.url, tmp_path) == example.expected


def test_clients_that_stop_reading_keep_nobody_else_waiting(seeded: RunningSystem) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.socket()) for _ in range(SLOW_READERS)]
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", seeded.port))
            client.sendall(b"GET /data/totals.json?from=2010 HTTP/1.1\r\nHost: x\r\n\r\n")
        begun = [client for client in clients if client.recv(12) == b"HTTP/1.1 200"]

        live = httpx.get(f"{seeded.url}/health/live", timeout=10)
        asked = seeded.ask('{ region(code: "0301") { totals(year: 2024) { settled } } }')
        again = httpx.get(f"{seeded.url}/data/totals.csv?codes=0301", timeout=30)

    assert begun
    assert (live.status_code, again.status_code) == (200, 200)
    assert asked["region"]["totals"] == {"settled": 849}


def test_head_and_conditional_requests_get_no_body_from_the_server(seeded: RunningSystem) -> None:
    with httpx.Client(base_url=f"{seeded.url}/data", timeout=30) as client:
        whole = client.get("/totals.csv")
        head = client.head("/totals.csv")
        same = client.get("/totals.csv", headers={"If-None-Match": whole.headers["ETag"]})
        afterwards = client.get("/totals.csv?codes=0301")

    assert (head.status_code, same.status_code, afterwards.status_code) == (200, 304, 200)
    assert head.headers["ETag"] == same.headers["ETag"] == whole.headers["ETag"]
    assert len(afterwards.content) < len(whole.content)
