"""``bosatt relay SERVICE --from SEQUENCE``: close a hole in the log."""

import sys

import click

from services.chassis.settings import Settings
from services.cli.exit_codes import TROUBLE

from_option = click.option(
    "--from",
    "first",
    type=click.IntRange(1),
    metavar="SEQUENCE",
    help="Send everything from this sequence on again, once, and end.",
)


def resend(settings: Settings, service: str, first: int) -> None:
    """Send again, and tell how much; ends with 1 where that can't be done."""
    from services.running import resending  # noqa: PLC0415

    try:
        count = resending.resend_from(settings, service, first)
    except resending.CantResend as error:
        click.echo(f"Not all was sent again. {error}", err=True)
        sys.exit(TROUBLE)
    records = "1 record" if count == 1 else f"{count} records"
    click.echo(f"{records} of {service} sent again, from sequence {first} on.")
