"""The ``bosatt`` command: one module per group of commands, put together here."""

import click
from environs import EnvError

from services.chassis.logs import configure_logs
from services.chassis.settings import read_settings
from services.cli.checking import check
from services.cli.deadletters import deadletters
from services.cli.importing import import_
from services.cli.recovering import rebuild, restore
from services.cli.running import distributed, front, project, relay, run, serve
from services.cli.seeds import seed
from services.cli.submitting import submit, template
from services.cli.tokens import token
from services.cli.topics import topics


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="bosatt")
@click.pass_context
def main(context: click.Context) -> None:
    """Refugee settlement in Norway, followed from request to person settled.

    \b
    Examples:
      bosatt run                 start everything on this machine, in one process
      bosatt distributed         the same as many processes, with Kafka and PostgreSQL
      bosatt token --as 0301     a token for Oslo, to post events with
      bosatt token --as imdi     a token for the directorate
      bosatt template settlements      a sheet to fill in
      bosatt submit settlements.xlsx   check its rows and post them
      bosatt import imdi figures.csv   IMDi's yearly figures, as events
      bosatt check               does everything that is held agree with itself?

    \b
    Settings come from the environment:
      PORT             where to listen (8000)
      BOSATT_DATA      directory of the databases (data)
      BOSATT_SEEDS     0 starts without the published figures
      BOSATT_URL       where client commands find the system (http://127.0.0.1:$PORT)
      BOSATT_LOG_LEVEL debug, info, warning or error (warning)
      BOSATT_KAFKA     brokers, HOST:PORT,… (without it: the embedded log)
      BOSATT_DATABASE_URL_NAME  a PostgreSQL database for requests, decisions, settlements,
                       opendata, operations, projection or releases (without it: SQLite in
                       BOSATT_DATA)
      BOSATT_ISSUER    whose tokens are believed instead of the local issuer's, with BOSATT_JWKS_URL,
                       BOSATT_AUDIENCE and BOSATT_ORGANISATIONS; BOSATT_LOGIN_ISSUER, … for people
      BOSATT_TOKEN     a token of that issuer, for commands that post
      BOSATT_RATE_EVENTS  how many events a caller may post in BOSATT_RATE_SECONDS (1200000 in 60)
      BOSATT_QUERY_OBJECTS  how many objects an address may ask the open data for in a minute
      BOSATT_ANSWERS_KEPT  answers of the newest release that are kept in memory (2000)
      BOSATT_TRUSTED_PROXIES  through how many proxies of yours requests come (0)
      BOSATT_CHECK_INTERVAL  seconds between two checks of everything (86400), 0 for never
      BOSATT_OPS_PORT  where metrics and health are, if not on PORT

    Exit codes: 0 done, 1 something went wrong, 2 wrong use or setting; of check also 3, something
    does not agree.
    """
    try:
        context.obj = read_settings()
    except EnvError as error:
        raise click.UsageError(str(error)) from None
    configure_logs(context.obj.log_level)


for command in (
    run,
    distributed,
    serve,
    relay,
    project,
    front,
    topics,
    seed,
    restore,
    rebuild,
    check,
    deadletters,
    token,
    submit,
    template,
    import_,
):
    main.add_command(command)
