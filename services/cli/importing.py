"""``bosatt import``: others' figures in, as events."""

import sys
from pathlib import Path

import click

from services.chassis.settings import Settings
from services.cli.terminal import LANGUAGES, asks, language_of, sigterm_as_interrupt


@click.group("import", short_help="Import figures that others have published.")
def import_() -> None:
    """Import figures that others have published, as events.

    \b
    Example:
      bosatt import imdi imdi_settlement_1995_2021.csv --map-retired
    """


@import_.command("imdi", short_help="Import IMDi's yearly figures per municipality.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map-retired", is_flag=True, help="Count a retired code under the one valid in the year.")
@click.option(
    "--existing",
    type=click.Choice(("skip", "revise")),
    default="skip",
    show_default=True,
    help="Where another number stands: leave it, or post a revision.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would be posted; store nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is posted.")
@click.option("--language", type=LANGUAGES, help="Of what is told (that of the terminal).")
@click.pass_obj
def imdi(
    settings: Settings,
    file: Path,
    map_retired: bool,
    existing: str,
    dry_run: bool,
    yes: bool,
    language: str | None,
) -> None:
    """Import IMDi's yearly figures per municipality: requests, decisions, persons settled.

    FILE is CSV as IMDi's figures are kept: code,name,year,measure,value,flag. It is checked whole before
    anything is posted. Each row lands in one class, and the classes add up to the rows: imported, nought,
    suppressed, missing, before validity, after validity, unknown code.

    A figure of persons settled becomes that many events of which only municipality and year are known.
    What the source hides is never taken for nought: every total above says that it is incomplete.

    It posts as importer to the system at BOSATT_URL, with a token of the local issuer or the one in
    BOSATT_TOKEN, and ends when what it posted is released. Importing again is safe, also after Ctrl-C
    or a crash: nothing is stored twice, and what stands already is not posted.

    On a terminal it asks before it posts; without one, or with --yes, it does not.

    \b
    Examples:
      bosatt import imdi figures.csv --dry-run
      bosatt import imdi figures.csv --map-retired
      bosatt import imdi figures.csv --map-retired --existing revise

    Exit codes: 0 done (also where other numbers were left as they stand), 1 the service can't be used or
    releases nothing (run it again), 2 wrong use or a file that is not IMDi's, 3 some events were refused,
    130 interrupted.
    """
    # Imported here, because a token should not wait for all of this.
    from services.cli.importation import Asked, Importation  # noqa: PLC0415
    from services.importing.comparing import Existing  # noqa: PLC0415
    from services.running.vouching import NoToken, own_token  # noqa: PLC0415

    try:
        token = own_token(settings, "importer")
    except NoToken as error:
        raise click.UsageError(f"{error}.") from None
    asked = Asked(file, token, settings.url, map_retired, Existing(existing), dry_run, asks(yes))
    with sigterm_as_interrupt():
        sys.exit(Importation(asked, language_of(language)).run())
