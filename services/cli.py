"""The ``bosatt`` command."""

import sys

import click
from environs import EnvError
from rich.console import Console
from sqlalchemy.exc import DatabaseError

from services.chassis.auth.local_issuer import UnknownName, issue, local_key
from services.chassis.http.serving import CannotListen
from services.chassis.logs import configure_logs
from services.chassis.settings import Settings, read_settings
from services.contract.event_types import COMMAND_SERVICES

TROUBLE = 1


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="bosatt")
@click.pass_context
def main(context: click.Context) -> None:
    """Refugee settlement in Norway, followed from request to person settled.

    \b
    Examples:
      bosatt run                 start everything on this machine
      bosatt token --as 0301     a token for Oslo, to post events with
      bosatt token --as imdi     a token for the directorate

    \b
    Settings come from the environment:
      PORT             where to listen (8000)
      BOSATT_DATA      directory of the databases (data)
      BOSATT_SEEDS     0 starts without the published figures
      BOSATT_URL       where client commands find the system (http://127.0.0.1:$PORT)
      BOSATT_LOG_LEVEL debug, info, warning or error (warning)

    Exit codes: 0 done, 1 something went wrong, 2 wrong use or setting.
    """
    try:
        context.obj = read_settings()
    except EnvError as error:
        raise click.UsageError(str(error)) from None
    configure_logs(context.obj.log_level)


@main.command(short_help="Run everything in one process until Ctrl-C.")
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


@main.command(short_help="Fill a restored store from the log.")
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


@main.command(short_help="Print a token of the local issuer.")
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


if __name__ == "__main__":
    main()
