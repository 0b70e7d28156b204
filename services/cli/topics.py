"""The topics of the log: make them, list them, check them."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from services.chassis.log.port import LogError, LogUnreachable
from services.chassis.settings import Settings
from services.cli.exit_codes import TROUBLE
from services.contract.event_types import COMMAND_SERVICES

if TYPE_CHECKING:
    from services.running.topics.found import Topics
    from services.running.topics.making import Outcome
    from services.running.topics.wanted import WantedTopic

FILE = click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="What topics are to be; deploy/kafka/topics.toml if not said.",
)
REPLICATION = click.option(
    "--replication",
    type=click.IntRange(1, 9),
    metavar="N",
    help="Copies of each topic, instead of what the file says: 1 for a single broker.",
)


@click.group(short_help="Make, list, check and grow the topics of the log.")
def topics() -> None:
    """Make, list, check and grow the topics of the log.

    \b
    Examples:
      BOSATT_KAFKA=kafka-1:9092,kafka-2:9092 bosatt topics create
      BOSATT_KAFKA=127.0.0.1:9092 bosatt topics create --replication 1
      bosatt topics check
      bosatt topics grow settlements --partitions 12
    """


@topics.command(short_help="Make the topics that are not there.")
@FILE
@REPLICATION
@click.pass_obj
def create(settings: Settings, file: Path | None, replication: int | None) -> None:
    """Make the topics that are not there. What is there is compared and never changed.

    Exit code 1 where one is there with other partitions, replication or settings.
    """
    from services.running.topics import making  # noqa: PLC0415

    _report(settings, file, replication, making.create)


@topics.command(short_help="Say in what topics differ from what they are to be.")
@FILE
@REPLICATION
@click.pass_obj
def check(settings: Settings, file: Path | None, replication: int | None) -> None:
    """Say in what topics differ from what they are to be, and change nothing.

    Exit code 1 where one is missing or differs.
    """
    from services.running.topics import making  # noqa: PLC0415

    _report(settings, file, replication, making.check)


@topics.command("list", short_help="List the topics that are there.")
@FILE
@click.pass_obj
def list_topics(settings: Settings, file: Path | None) -> None:
    """List the topics that are there, with partitions, copies and settings."""
    from services.running.topics import making, wanted  # noqa: PLC0415

    with _told(settings):
        opened = making.open_topics(settings)
        try:
            found = opened.found(wanted.read_wanted(file or wanted.DEFAULT_FILE))
        finally:
            opened.close()
    table = Table("topic", "partitions", "copies", "retention.ms", "min.insync.replicas", box=None)
    for name in sorted(found):
        topic = found[name]
        table.add_row(
            name,
            str(topic.partitions),
            "" if topic.replication is None else str(topic.replication),
            topic.settings.get("retention.ms", ""),
            topic.settings.get("min.insync.replicas", ""),
        )
    Console().print(table)


@topics.command(short_help="Bring a topic to another number of partitions.")
@click.argument("service", type=click.Choice(COMMAND_SERVICES))
@click.option("--partitions", type=click.IntRange(1, 1_000), required=True, metavar="N", help="How many.")
@click.pass_obj
def grow(settings: Settings, service: str, partitions: int) -> None:
    """Bring a service's topic to another number of partitions, while everything runs.

    A new generation of the topic is made and filled from the service's store, by its relay. Then
    the running totals are folded anew with it beside the live ones, and everything changes over;
    totals do not change. The old generation stays on the log and is written to no more. May be
    stopped at any moment: called again with the same number it goes on.

    Make a back-up of the service's store afterwards: one from before can't be restored from the
    new generation.

    \b
    Example:
      bosatt topics grow settlements --partitions 12
    """
    from services.running import growing  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            tasks: dict[str, TaskID] = {}

            def tell(what: str, done: int, of: int) -> None:
                if what not in tasks:
                    tasks[what] = progress.add_task(what)
                progress.update(tasks[what], completed=done, total=of)

            topic = growing.grow(settings, service, partitions, tell)
    except growing.CantGrow as error:
        click.echo(f"The topic has not grown. {error}", err=True)
        sys.exit(TROUBLE)
    click.echo(f"{topic.name} is in force, with {topic.partitions} partitions.")


def _report(
    settings: Settings,
    file: Path | None,
    replication: int | None,
    act: "Callable[[Topics, Sequence[WantedTopic]], list[Outcome]]",
) -> None:
    from services.running.topics.making import open_topics  # noqa: PLC0415
    from services.running.topics.wanted import DEFAULT_FILE, read_wanted  # noqa: PLC0415

    with _told(settings):
        wanted = read_wanted(file or DEFAULT_FILE)
        if replication is not None:
            wanted = [topic.with_replication(replication) for topic in wanted]
        opened = open_topics(settings)
        try:
            outcomes = act(opened, wanted)
        finally:
            opened.close()
    if settings.kafka is None:
        click.echo("The embedded log keeps one copy and has no settings: only partitions count.")
    for outcome in outcomes:
        text = f"{outcome.name}: {outcome.standing}"
        click.echo(text + "".join(f"\n  {difference}" for difference in outcome.differences))
    if not all(outcome.is_good for outcome in outcomes):
        click.echo("Not all topics are as they are to be; nothing that exists was changed.", err=True)
        sys.exit(TROUBLE)


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    from services.running.topics.wanted import BadFile  # noqa: PLC0415

    try:
        yield
    except LogUnreachable as error:
        where = "the embedded log" if settings.kafka is None else f"Kafka at {settings.kafka}"
        click.echo(f"Can't reach {where}: {error}", err=True)
        sys.exit(TROUBLE)
    except (LogError, BadFile) as error:
        click.echo(str(error), err=True)
        sys.exit(TROUBLE)
