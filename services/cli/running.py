"""Commands that run until they are told to stop."""

import sys

import click
from rich.console import Console

from services.chassis.settings import Settings
from services.cli.exit_codes import TROUBLE
from services.cli.resending import from_option, resend
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
@click.argument("service", type=click.Choice((*COMMAND_SERVICES, "opendata", "upload")))
@click.pass_obj
def serve(settings: Settings, service: str) -> None:
    """Answer one service's requests on PORT until told to stop.

    A command service also keeps its advisory view of what the others accepted; opendata also
    makes the releases and tells the log of them. What is posted goes on by: bosatt relay SERVICE.
    upload is the page for caseworkers; it posts to the services at BOSATT_URL.

    \b
    Examples:
      PORT=8001 bosatt serve requests
      PORT=8004 BOSATT_OPS_PORT=9004 bosatt serve opendata
    """
    from services.running import processes  # noqa: PLC0415

    with told_in_one_line(settings):
        processes.serve_service(settings, service)


@click.command(short_help="Relay one service's events to the log.")
@click.argument("service", type=click.Choice((*COMMAND_SERVICES, "opendata", "operations")))
@from_option
@click.pass_obj
def relay(settings: Settings, service: str, first: int | None) -> None:
    """Relay one service's events from its store to the log until told to stop.

    Several may run for one service: one of them leads, the others stand by. Metrics and health
    are on BOSATT_OPS_PORT, else on PORT.

    With --from it sends what was sent before again and ends, beside a system that runs: for a hole
    that stays open (bosatt_log_gaps_total goes on rising) because the log lost a record that it had
    acknowledged. Until all is sent again it counts as waiting for the log; new events wait behind.

    \b
    Examples:
      PORT=8011 bosatt relay requests
      bosatt relay settlements --from 10421
    """
    if first is not None:
        resend(settings, service, first)
        return
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


@click.command(short_help="Run every process of its own, on this machine.")
@click.option("--embedded", is_flag=True, help="On SQLite files and the embedded log, without servers.")
@click.pass_obj
def distributed(settings: Settings, embedded: bool) -> None:
    """Run every process of its own, on this machine, until Ctrl-C.

    Two PostgreSQL servers and a Kafka broker, or what BOSATT_KAFKA and BOSATT_DATABASE_URL_NAME
    name; three services, their relays, two projectors and opendata; and a front at PORT. What
    dies is started again. Everything lies in BOSATT_DATA/distributed.

    \b
    Examples:
      bosatt distributed
      PORT=9000 bosatt distributed --embedded
    """
    from services.running.distributed import conductor  # noqa: PLC0415

    with told_in_one_line(settings):
        try:
            code = conductor.run(settings, Console(), embedded=embedded)
        except conductor.AlreadyRunning as error:
            click.echo(f"Bosatt runs already in {error}.", err=True)
            code = TROUBLE
        sys.exit(code)


@click.command(short_help="Stand before the services: one port for all.")
@click.option("--backend", "backends", multiple=True, metavar="NAME=URL", help="Where a service is.")
@click.option("--watch", "watched", multiple=True, metavar="NAME=URL", help="A process to tell of.")
@click.option(
    "--published-on-loopback",
    is_flag=True,
    help="Off loopback, let tokens of the local issuer pass: whoever starts this sees to it that "
    "only this machine reaches the port, as a container's that is published on 127.0.0.1.",
)
@click.pass_obj
def front(
    settings: Settings, backends: tuple[str, ...], watched: tuple[str, ...], published_on_loopback: bool
) -> None:
    """Stand before the services on PORT, and hand each request to the one that has its paths.

    /health/ready is that of the whole: 503 while the published figures load or a service is not
    ready. Processes that answer nobody are told of, and are no reason not to be ready.

    \b
    Example:
      bosatt front --backend requests=http://127.0.0.1:8001 --backend decisions=http://127.0.0.1:8002
        --backend settlements=http://127.0.0.1:8003 --backend opendata=http://127.0.0.1:8004
        --backend upload=http://127.0.0.1:8010
        --watch projector-1=http://127.0.0.1:8021
    """
    from services.running.front.app import BackendMissing, run_front  # noqa: PLC0415

    with told_in_one_line(settings):
        try:
            run_front(
                settings, _by_name(backends), _by_name(watched), published_on_loopback=published_on_loopback
            )
        except BackendMissing as error:
            raise click.UsageError(f"Say where {error} is: --backend {error}=http://HOST:PORT") from None


def _by_name(pairs: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, url = pair.partition("=")
        if not equals or not url.startswith("http://"):
            raise click.UsageError(f"{pair} is not NAME=http://HOST:PORT")
        found[name] = url
    return found
