"""Commands that mend what went wrong."""
# ruff: noqa: D301 - click reads the backspace as: keep these lines

import sys

import click

from services.chassis.settings import Settings
from services.cli.exit_codes import TROUBLE
from services.contract.event_types import COMMAND_SERVICES


@click.command(short_help="Fill a restored store from the log.")
@click.argument("service", type=click.Choice(COMMAND_SERVICES))
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
