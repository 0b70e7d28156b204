"""The published figures, loaded into a running system."""

import sys

import click
from rich.console import Console

from services.chassis.settings import Settings
from services.cli.exit_codes import TROUBLE


@click.command(short_help="Load the published figures into the running system.")
@click.pass_obj
def seed(settings: Settings) -> None:
    """Load the published figures into the running system at BOSATT_URL, and wait until they are released.

    `bosatt run` and `bosatt distributed` do so themselves. Where they are loaded nothing happens.

    \b
    Example:
      BOSATT_URL=http://127.0.0.1:8000 bosatt seed
    """
    from services.running.seeds import LoadingFailed, PublishedFigures  # noqa: PLC0415

    figures = PublishedFigures(settings.data)
    if figures.are_loaded:
        click.echo("The published figures are loaded.")
        return
    try:
        figures.load(settings, Console())
    except LoadingFailed as error:
        click.echo(f"The published figures could not be loaded: {error}", err=True)
        sys.exit(TROUBLE)
