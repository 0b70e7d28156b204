"""Commands that run until they are told to stop."""
# ruff: noqa: D301 - click reads the backspace as: keep these lines

import sys

import click
from rich.console import Console
from sqlalchemy.exc import DatabaseError

from services.chassis.http.serving import CannotListen
from services.chassis.settings import Settings
from services.cli.exit_codes import TROUBLE


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

    try:
        code = one_process.run(settings, Console())
    except one_process.OffLoopback:
        raise click.UsageError(
            f"BOSATT_HOST is {settings.host}: bosatt run listens on this machine only, "
            "because its local issuer gives a token to anybody."
        ) from None
    except CannotListen as error:
        click.echo(f"Can't listen on {error}. Stop what runs there, or choose another PORT.", err=True)
        code = TROUBLE
    except DatabaseError as error:
        click.echo(f"Can't use a database in {settings.data}: {error.orig}.", err=True)
        code = TROUBLE
    except OSError as error:
        click.echo(f"Can't use {settings.data}: {error.strerror}.", err=True)
        code = TROUBLE
    sys.exit(code)
