"""Commands that mend what went wrong."""

import sys

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.chassis.settings import Settings
from services.cli.exit_codes import TROUBLE
from services.contract.event_types import COMMAND_SERVICES


@click.command(short_help="Fill a restored store from the log.")
@click.argument("service", type=click.Choice((*COMMAND_SERVICES, "operations")))
@click.pass_obj
def restore(settings: Settings, service: str) -> None:
    """Fill a service's store with the events that only the log still holds.

    For a store that was restored from a back-up older than its last events; the service is closed
    until then. May run while the system runs: the service opens again within seconds.

    \b
    Example:
      bosatt restore settlements
    """
    from services.running import restoring  # noqa: PLC0415

    try:
        count = restoring.restore_service(settings, service)
    except restoring.CantRestore as error:
        click.echo(f"Nothing was restored. {error}", err=True)
        sys.exit(TROUBLE)
    click.echo(f"{count} events restored to {service} from the log.")


@click.command(short_help="Fold the log anew and switch to the result.")
@click.pass_obj
def rebuild(settings: Settings) -> None:
    """Fold the log into a new version of the running totals beside the live one, then switch to it.

    May run while the system runs: questions are answered throughout, and what is posted meanwhile
    is in the new version too. May be stopped at any moment: until the switch nothing changes, and
    the next rebuild begins anew. What was live before is kept until the next rebuild.

    \b
    Example:
      bosatt rebuild
    """
    from services.running import rebuilding  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("", total=None, visible=False)

            def tell(now: rebuilding.Progress) -> None:
                what = "Folding the log" if now.ours else "Waiting for another rebuild"
                progress.update(task, description=what, completed=now.folded, total=now.records, visible=True)

            version = rebuilding.rebuild_projection(settings, tell)
    except rebuilding.CantRebuild as error:
        click.echo(f"Nothing was rebuilt. {error}", err=True)
        sys.exit(TROUBLE)
    click.echo(f"Version {version.number} of the running totals is live.")
