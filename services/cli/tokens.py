"""Tokens of the local issuer."""

import click

from services.chassis.auth.local_issuer import UnknownName, issue, local_key
from services.chassis.settings import Settings


@click.command(short_help="Print a token of the local issuer.")
@click.option("--as", "name", required=True, metavar="CODE", help="imdi, importer, or a region's code.")
@click.pass_obj
def token(settings: Settings, name: str) -> None:
    """Print a token of the local issuer, which works on this machine only.

    CODE is imdi (the directorate), importer, a municipality's code or a district's.

    \b
    Examples:
      bosatt token --as 0301
      curl -H "Authorization: Bearer $(bosatt token --as imdi)" ...
    """
    try:
        text = issue(local_key(settings.data), name)
    except UnknownName:
        raise click.BadParameter(
            f"{name} is neither imdi, importer nor the code of a municipality or a district.",
            param_hint="--as",
        ) from None
    click.echo(text)
