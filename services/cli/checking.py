"""The command that checks whether everything agrees."""

import sys

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.chassis.settings import Settings
from services.cli.checked import as_json, print_report
from services.cli.exit_codes import INCONSISTENT, TROUBLE

NAMES = ("sums", "stores", "versions", "released", "published")


@click.command(short_help="Check that totals, stores and published figures agree.")
@click.option(
    "--only",
    type=click.Choice(NAMES),
    multiple=True,
    help="Check this and nothing else; may be given again for more.",
)
@click.option("--json", "in_json", is_flag=True, help="As JSON, for programs.")
@click.pass_obj
def check(settings: Settings, only: tuple[str, ...], in_json: bool) -> None:
    """Check that everything the system holds agrees with itself, and compare it with official figures.

    \b
    versions   the versions of each stream and the sequences of each service are without holes
    stores     the running totals are what the services' stores come to, counted anew another way
    released   what is released is what the projection holds
    sums       what lies inside a region, and what could not be placed, is all of it
    published  ours beside official figures; a difference is no error, and what may explain it is told

    May run while the system runs: what is on its way is no difference. Writes nothing. Memory is
    bounded by what is counted apart (regions, years, cells), not by events. Streams are named by
    their subjects, which say nothing about a person.

    \b
    Examples:
      bosatt check
      bosatt check --only stores --only versions
      bosatt check --only published --json > differences.json

    Exit codes: 0 all agrees (but for published figures), 1 it could not be told, 2 wrong use, 3 something
    does not agree.
    """
    from services.running.checking import command  # noqa: PLC0415

    wanted = [command.Check(name) for name in only or NAMES]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("", total=None, visible=False)

            def tell(now: command.Progress) -> None:
                what = f"Checking {now.check.value}"
                progress.update(task, description=what, completed=now.done, total=now.of, visible=True)

            outcomes = command.check(settings, wanted, tell)
    except command.CantCheck as error:
        click.echo(f"Nothing was checked. {error}", err=True)
        sys.exit(TROUBLE)
    if in_json:
        click.echo(orjson.dumps(as_json(outcomes), option=orjson.OPT_INDENT_2))
    else:
        print_report(Console(width=None if sys.stdout.isatty() else 160), outcomes)
    if not all(outcome.is_well for outcome in outcomes):
        sys.exit(INCONSISTENT)
