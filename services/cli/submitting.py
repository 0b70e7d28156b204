"""``bosatt submit`` and ``bosatt template``: sheets in, events posted."""

import os
import sys
from pathlib import Path
from typing import BinaryIO, cast

import click

from services.chassis.settings import Settings
from services.cli.exit_codes import TROUBLE
from services.cli.terminal import LANGUAGES, asks, language_of, sigterm_as_interrupt
from services.cli.tokens import local_token

_KINDS = click.Choice(("settlements", "decisions", "requests"))


@click.command(short_help="Check a sheet's rows and post them.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=_KINDS, help="What the rows are about, where the columns do not say.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook (the first).")
@click.option("--as", "name", metavar="CODE", help="Post with a token of the local issuer.")
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the token (else BOSATT_TOKEN).",
)
@click.option("--dry-run", is_flag=True, help="Check only, here and at the service; store nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before the good rows are posted.")
@click.option(
    "--rejected", type=click.Path(dir_okay=False, path_type=Path), help="Where rejected rows are written."
)
@click.option("--language", type=LANGUAGES, help="Of what is told (that of the terminal).")
@click.pass_obj
def submit(
    settings: Settings,
    file: Path,
    kind: str | None,
    sheet: str | None,
    name: str | None,
    token_file: Path | None,
    dry_run: bool,
    yes: bool,
    rejected: Path | None,
    language: str | None,
) -> None:
    """Check the rows of a sheet and post them as events.

    FILE is CSV, an Excel workbook (.xlsx) or NDJSON with settlements, decisions or requests, one a
    row; bosatt template makes one to fill in. Every row is checked here first, then by the service as
    a dry run; then the good rows are posted. Rows with faults are told with row and column and
    written to FILE-rejected, to be mended and submitted again.

    Submitting the same file again is safe, also after Ctrl-C or a crash and from another machine:
    a row that was posted is known by its reference and never counted twice.

    On a terminal it asks before it posts; without one, or with --yes, it does not.

    \b
    Examples:
      bosatt submit settlements.xlsx --as 0301
      bosatt submit settlements.csv --dry-run --token-file token.txt
      BOSATT_TOKEN=… BOSATT_URL=https://bosatt.example bosatt submit decisions.csv --yes

    Exit codes: 0 all rows are in, 1 the service can't be used (run it again), 2 wrong use or a file that
    can't be read, 3 some rows were rejected and all others are in, 130 interrupted.
    """
    # Imported here, because a token should not wait for workbooks.
    from services.cli.submission import Plan, Submission  # noqa: PLC0415

    token = _token(settings, name, token_file)
    plan = Plan(file, kind, sheet, token, settings.url, dry_run, asks(yes), rejected)
    submission = Submission(plan, language_of(language))
    with sigterm_as_interrupt():
        sys.exit(submission.run())


def _token(settings: Settings, name: str | None, token_file: Path | None) -> str:
    if name is not None and not settings.trust.is_local:
        raise click.UsageError(
            f"Tokens come from {' or '.join(settings.trust.names)} here: give one with --token-file or BOSATT_TOKEN."
        )
    if name is not None:
        return local_token(settings, name)
    text = (
        token_file.read_text().strip()
        if token_file is not None
        else os.environ.get("BOSATT_TOKEN", "").strip()
    )
    if not text:
        raise click.UsageError(
            "Who submits? Give a token with --token-file or BOSATT_TOKEN; on the machine where Bosatt runs "
            "--as CODE will do."
        )
    if not text.isascii() or any(letter.isspace() for letter in text):
        raise click.UsageError("The token holds characters that no token has.")
    return text


@click.command(short_help="Make a sheet to fill in.")
@click.argument("kind", type=_KINDS)
@click.option(
    "--xlsx", "form", flag_value="xlsx", default=True, help="A workbook with drop-down lists (the default)."
)
@click.option("--csv", "form", flag_value="csv", help="A CSV file.")
@click.option("--language", type=LANGUAGES, help="Of the columns and lists (that of the terminal).")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Where to write it (KIND.xlsx or KIND.csv here); - writes to standard output.",
)
def template(kind: str, form: str, language: str | None, output: Path | None) -> None:
    """Make a sheet to fill in and submit, for settlements, decisions or requests.

    Its example row says EKSEMPEL or EXAMPLE and is never submitted.

    \b
    Examples:
      bosatt template settlements
      bosatt template decisions --csv --language en -o decisions.csv
    """
    from services.chassis.clock import utc_now  # noqa: PLC0415
    from services.contract.partial_date import today_in_oslo  # noqa: PLC0415
    from services.submitting.columns import Kind  # noqa: PLC0415
    from services.submitting.templates import write_csv, write_xlsx  # noqa: PLC0415

    target = output or Path(f"{kind}.{form}")
    if output is None and target.exists():
        click.echo(f"{target} is there already; say where to write with -o.", err=True)
        sys.exit(TROUBLE)
    try:
        with click.open_file(str(target), "wb") as opened:
            file = cast("BinaryIO", opened)
            if form == "csv":
                write_csv(Kind(kind), file, language_of(language))
            else:
                write_xlsx(Kind(kind), file, language_of(language), today_in_oslo(utc_now()))
    except OSError as error:
        click.echo(f"Can't write {target}: {error.strerror}.", err=True)
        sys.exit(TROUBLE)
    if str(target) != "-":
        click.echo(f"Wrote {target}.")
