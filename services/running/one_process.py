"""``bosatt run``: everything in one process, with the published figures loaded the first time."""

import hashlib
import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.chassis.auth.local_issuer import issue, local_key
from services.chassis.http.serving import check_address, serve
from services.chassis.settings import Settings
from services.running.system import System
from services.seeding.events import seed_events
from services.seeding.loading import LoadingFailed, load, wait_until_released

MARKER = "published-figures-loaded"

QUERIES = (
    '{ region(code: "0301") { name totals(year: 2024) { settled quota remaining } } }',
    '{ region(code: "NO") { totals(year: 2020) { announced announcedOriginally } '
    "published(year: 2016) { measure persons sourceName } } }",
)


class OffLoopback(Exception):
    """The one-process system was told to listen where others can reach it."""


def run(settings: Settings, console: Console) -> int:
    """Run until SIGINT or SIGTERM; the exit code is 0 after a clean stop.

    Raises `OffLoopback` for an address that is not this machine's own: the local issuer vouches
    for anybody who asks, so nobody else may ask. Raises `CannotListen` where the port is taken.
    """
    if not settings.on_loopback:
        raise OffLoopback(settings.host)
    check_address(settings.host, settings.port)
    system = System(settings)
    system.prepare()
    events = list(seed_events()) if settings.seeds else []
    marker = settings.data / MARKER
    digest = _digest(events)
    system.loading = bool(events) and not _is_loaded(marker, digest)
    system.start()
    failed: list[LoadingFailed] = []

    def when_listening() -> None:
        try:
            if system.loading:
                _load(settings, events, console)
                marker.write_text(digest)
            system.loading = False
            _welcome(settings, console)
        except LoadingFailed as error:
            failed.append(error)
            os.kill(os.getpid(), signal.SIGTERM)

    def on_listening() -> None:
        threading.Thread(target=when_listening, name="loading", daemon=True).start()

    try:
        serve(system.app(), settings.host, settings.port, settings.threads, on_listening)
    finally:
        system.stop()
    if failed:
        console.print(f"[red]The published figures could not be loaded:[/red] {failed[0]}")
        return 1
    console.print("Stopped.")
    return 0


def _load(settings: Settings, events: Sequence[dict[str, Any]], console: Console) -> None:
    token = issue(local_key(settings.data), "importer")
    columns = (
        TextColumn("Loading the published figures"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(events))
        recorded = load(settings.url, token, events, lambda: progress.advance(task))
        wait_until_released(settings.url, recorded)


def _is_loaded(marker: Path, digest: str) -> bool:
    return marker.exists() and marker.read_text() == digest


def _digest(events: Sequence[dict[str, Any]]) -> str:
    """Changes when the figures do, so that a new version of them is loaded into old data."""
    return hashlib.sha256(orjson.dumps(list(events))).hexdigest()


def _welcome(settings: Settings, console: Console) -> None:
    url = settings.url
    console.print()
    console.print(f"Bosatt is running at [bold]{url}[/bold] (data in {settings.data}). Ctrl-C stops it.")
    console.print("Policy: exact, released immediately: for development, not for publishing.")
    console.print()
    console.print("Open in a browser:")
    for path, what in (
        ("/", "the start page"),
        ("/graphql", "the open data"),
        ("/metrics", "for operators"),
        ("/health/ready", "for operators"),
    ):
        console.print(f"  {url}{path:<15} {what}")
    console.print()
    console.print("Ask in another terminal:")
    for query in QUERIES:
        body = orjson.dumps({"query": query}).decode()
        console.print(
            f"  curl -s {url}/graphql -H 'Content-Type: application/json' -d '{body}'",
            soft_wrap=True,
            markup=False,
            highlight=False,
        )
