"""``bosatt run``: everything in one process, with the published figures loaded the first time."""

import os
import signal
import threading

import orjson
from rich.console import Console

from services.chassis.http.serving import check_address
from services.chassis.settings import Settings
from services.running.opened import Opened
from services.running.process import Process
from services.running.processes import all_parts, check_reach, hold
from services.running.seeds import LoadingFailed, PublishedFigures
from services.running.vouching import authenticator_of

QUERIES = (
    '{ region(code: "0301") { name totals(year: 2024) { settled quota remaining } } }',
    '{ region(code: "NO") { totals(year: 2020) { announced announcedOriginally } '
    "published(year: 2016) { measure persons sourceName } } }",
)


def run(settings: Settings, console: Console) -> int:
    """Run until SIGINT or SIGTERM; the exit code is 0 after a clean stop.

    Raises `OffLoopback` for an address that is not this machine's own: the local issuer vouches
    for anybody who asks, so nobody else may ask. Raises `CannotListen` where the port is taken,
    `OrganisationsFaulty`, and what SQLAlchemy or the log raise where a file can't be used. Servers
    are waited for.
    """
    check_reach(settings)
    check_address(settings.host, settings.port)
    opened = Opened(settings)
    process = Process(opened, all_parts(opened))
    authenticator = authenticator_of(settings)
    figures = PublishedFigures(settings.data) if settings.seeds else None
    process.loading = figures is not None and not figures.are_loaded
    failed: list[Exception] = []

    def fail(error: Exception) -> None:
        failed.append(error)
        os.kill(os.getpid(), signal.SIGTERM)

    def when_begun() -> None:
        if not process.wait_until_begun():
            return
        try:
            if figures is not None and process.loading:
                figures.load(settings, console)
        except LoadingFailed as error:
            fail(error)
            return
        process.loading = False
        welcome(settings, console)

    def on_listening() -> None:
        if settings.uses_servers:
            process.begin_when_possible(fail)
        threading.Thread(target=when_begun, name="loading", daemon=True).start()

    if not settings.uses_servers:
        # Files that can't be used do not come back: better told at once than waited for.
        process.begin()
    hold(process, settings, authenticator, on_listening)
    if not failed:
        console.print("Stopped.")
        return 0
    if isinstance(failed[0], LoadingFailed):
        console.print(f"[red]The published figures could not be loaded:[/red] {failed[0]}")
        return 1
    raise failed[0]


def welcome(settings: Settings, console: Console) -> None:
    """Say where the system is and what to do with it."""
    url = settings.url
    console.print()
    console.print(f"Bosatt is running at [bold]{url}[/bold] (data in {settings.data}). Ctrl-C stops it.")
    console.print("Policy: exact, released immediately: for development, not for publishing.")
    console.print()
    console.print("Open in a browser:")
    for path, what in (
        ("/", "the start page"),
        ("/graphql", "the open data"),
        ("/data/", "the same as files: CSV, Parquet, JSON-stat"),
        ("/upload", "the page for caseworkers: submit a spreadsheet"),
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
