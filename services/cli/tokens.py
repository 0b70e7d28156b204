"""Tokens of the local issuer."""

from collections.abc import Collection

import click

from services.chassis.auth.local_issuer import UnknownName, issue, local_key
from services.chassis.settings import Settings
from services.contract.entitlements import SCOPES


@click.command(short_help="Print a token of the local issuer.")
@click.option("--as", "name", required=True, metavar="CODE", help="imdi, importer, or a region's code.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(sorted(SCOPES)),
    metavar="SCOPE",
    help="What the token allows; may be repeated (without it: everything).",
)
@click.pass_obj
def token(settings: Settings, name: str, scopes: tuple[str, ...]) -> None:
    """Print a token of the local issuer, which works on this machine only.

    CODE is imdi (the directorate), importer, a municipality's code or a district's.

    \b
    Examples:
      bosatt token --as 0301
      bosatt token --as 0301 --scope bosatt:settlements.read
      curl -H "Authorization: Bearer $(bosatt token --as imdi)" ...
    """
    click.echo(local_token(settings, name, scopes or SCOPES))


def local_token(settings: Settings, name: str, scopes: Collection[str] = SCOPES) -> str:
    """A token of the local issuer; wrong use where nobody is called so or another issuer is believed."""
    if not settings.trust.is_local:
        raise click.UsageError(
            f"Tokens come from {' or '.join(settings.trust.names)} here; those of the local issuer are "
            "believed only where no other is set (BOSATT_ISSUER, BOSATT_LOGIN_ISSUER)."
        )
    try:
        return issue(local_key(settings.data), name, scopes=scopes)
    except UnknownName:
        raise click.BadParameter(
            f"{name} is neither imdi, importer nor the code of a municipality or a district.",
            param_hint="--as",
        ) from None
