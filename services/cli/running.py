"""Commands that run until they are told to stop."""
# ruff: noqa: D301 - click reads the backspace as: keep these lines

import sys

import click
from rich.console import Console

from services.chassis.settings import Settings
from services.cli.troubles import told_in_one_line
from services.contract.event_types import COMMAND_SERVICES


@click.command(short_help="Run everything in one process until Ctrl-C.")
@click.pass_obj
def run(settings: Settings) -> None:
    """Run everything in one process until Ctrl-C.

    The first time the published figures are loaded by posting them over HTTP; started again, all
    that was stored is still there and nothing is loaded twice.

    \b
    Examples:
      bosatt run
      PORT=9000 BOSATT_DATA=/tmp/bosatt bosatt run
      BOSATT_SEEDS=0 bosatt run
    """
    # Imported here, because a token should not wait for all of the services.
    from services.running import one_process  # noqa: PLC0415

    with told_in_one_line(settings):
        sys.exit(one_process.run(settings, Console()))


@click.command(short_help="Answer one service's requests.")
@click.argument("service", type=click.Choice((*COMMAND_SERVICES, "opendata")))
@click.pass_obj
def serve(settings: Settings, service: str) -> None:
    """Answer one service's requests on PORT until told to stop.

    A command service also keeps its advisory view of what the others accepted; opendata also
    makes the releases and tells the log of them. What is posted goes on by: bosatt relay SERVICE.

    \b
    Examples:
      PORT=8001 bosatt serve requests
      PORT=8004 BOSATT_OPS_PORT=9004 bosatt serve opendata
    """
    from services.running import processes  # noqa: PLC0415

    with told_in_one_line(settings):
        processes.serve_service(settings, service)


@click.command(short_help="Relay one service's events to the log.")
@click.argument("service", type=click.Choice((*COMMAND_SERVICES, "opendata")))
@click.pass_obj
def relay(settings: Settings, service: str) -> None:
    """Relay one service's events from its store to the log until told to stop.

    Several may run for one service: one of them leads, the others stand by. Metrics and health
    are on BOSATT_OPS_PORT, else on PORT.

    \b
    Example:
      PORT=8011 bosatt relay requests
    """
    from services.running import processes  # noqa: PLC0415

    with told_in_one_line(settings):
        processes.relay_service(settings, service)


@click.command(short_help="Project the log to running totals.")
@click.pass_obj
def project(settings: Settings) -> None:
    """Fold the log into the running totals until told to stop.

    Several may run: they share the partitions. Metrics and health are on BOSATT_OPS_PORT, else on
    PORT.

    \b
    Example:
      PORT=8021 bosatt project
    """
    from services.running import processes  # noqa: PLC0415

    with told_in_one_line(settings):
        processes.project(settings)
