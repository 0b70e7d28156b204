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
      bosatt check               does everything that is held agree with itself?
