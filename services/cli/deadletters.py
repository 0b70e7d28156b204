"""Commands for events that can't be counted."""

import sys

import click
import orjson
from rich.console import Console

from services.chassis.settings import Settings
from services.cli.letters import act, as_json, chosen, counted_before, desk_of, events, table_of
from services.contract.codes import DropCause
from services.contract.identity_numbers import has_identity_number

WAIT_SECONDS = 30
LONGEST_NOTE = 200

_IDS = click.argument("ids", nargs=-1, metavar="[ID]...")
_ALL = click.option("--all", "everything", is_flag=True, help="All that is parked now; needs --yes.")
_YES = click.option("--yes", is_flag=True, help="Do not ask.")
_WAIT = click.option(
    "--wait",
    type=click.IntRange(0, 3_600),
    default=WAIT_SECONDS,
    metavar="SECONDS",
    show_default=True,
    help="How long to wait until the projector has acted.",
)


@click.group(short_help="Events that can't be counted: list, retry, drop.")
def deadletters() -> None:
    """Events on the log that the projector can't count.

    Such an event is parked: the totals go on without it, and the rest of its stream (of its key,
    where the stream can't be read) is held behind it. Retry it once the code can read it; or drop
    it, for good. Either goes on the log too, so that a rebuild does the same.

    An ID is the place on the log: service/generation/partition/offset.

    \b
    Examples:
      bosatt deadletters list
      bosatt deadletters retry settlements/1/3/1042
      bosatt deadletters drop settlements/1/3/1042 --because not_ours

    Exit codes: 0 done, 1 something could not be done or is still parked, 2 wrong use.
    """


@deadletters.command("list", short_help="What is parked and what waits behind it.")
@click.option("--held", is_flag=True, help="Also each event that is held behind a parked one.")
@click.option("--dropped", is_flag=True, help="Also those that were dropped.")
@click.option("--json", "in_json", is_flag=True, help="As JSON, for programs.")
@click.pass_obj
def list_letters(settings: Settings, held: bool, dropped: bool, in_json: bool) -> None:
    """List what is parked, why, and how many events wait behind each.

    What is in the events is not kept and not shown: read them from the log by their place.

    \b
    Examples:
      bosatt deadletters list
      bosatt deadletters list --held --dropped --json
    """
    from services.running.deadletters import LetterState  # noqa: PLC0415

    wanted = [(LetterState.PARKED, True), (LetterState.HELD, held), (LetterState.DROPPED, dropped)]
    with desk_of(settings) as desk:
        letters = desk.letters([state for state, shown in wanted if shown])
    if in_json:
        click.echo(orjson.dumps([as_json(letter) for letter in letters], option=orjson.OPT_INDENT_2))
    elif letters:
        Console(width=None if sys.stdout.isatty() else 160).print(table_of(letters))
    else:
        click.echo("Nothing is parked.")


@deadletters.command(short_help="Try parked events again.")
@_IDS
@_ALL
@_YES
@_WAIT
@click.pass_obj
def retry(settings: Settings, ids: tuple[str, ...], everything: bool, yes: bool, wait: int) -> None:
    """Read parked events again from the log and count what can be read by now.

    Once one is counted, so is what was held behind it, in order. One that still can't be read
    stays parked.

    \b
    Examples:
      bosatt deadletters retry settlements/1/3/1042
      bosatt deadletters retry --all --yes
    """
    with desk_of(settings) as desk:
        letters = chosen(desk, ids, everything=everything, yes=yes)
        waiting = sum(letter.held_behind for letter in letters)
        click.echo(f"{events(len(letters))} will be tried again, with {waiting} held behind.")
        act(desk, letters, desk.retry, wait)


@deadletters.command(short_help="Leave parked events out of the totals for good.")
@_IDS
@_ALL
@click.option(
    "--because",
    type=click.Choice([cause.value for cause in DropCause]),
    required=True,
    help="Why it is given up.",
)
@click.option("--note", metavar="TEXT", help="A short remark for those who come after. No personal data.")
@_YES
@_WAIT
@click.pass_obj
def drop(
    settings: Settings,
    ids: tuple[str, ...],
    everything: bool,
    because: str,
    note: str | None,
    yes: bool,
    wait: int,
) -> None:
    """Leave parked events out of the totals, for good, also when they are folded anew.

    What was held behind is counted then: the next event of the stream takes out of the totals what
    had really been put in before. To know that, the event's partition is read from its beginning.

    \b
    Examples:
      bosatt deadletters drop settlements/1/3/1042 --because unusable --note "sent again as 1051"
      bosatt deadletters drop --all --yes --because not_ours
    """
    if note is not None and (
        has_identity_number(note) or not 0 < len(note) <= LONGEST_NOTE or not note.isprintable()
    ):
        raise click.BadParameter(
            f"Must be 1 to {LONGEST_NOTE} characters on one line, without numbers of persons.",
            param_hint="--note",
        )
    with desk_of(settings) as desk:
        letters = chosen(desk, ids, everything=everything, yes=yes)
        for letter in letters:
            click.echo(
                f"{letter.place} ({letter.reason}) will be left out for good; "
                f"{events(letter.held_behind)} held behind it will be looked at again."
            )
        if not yes:
            click.confirm("Drop?", abort=True)
        before = counted_before(desk, letters)
        act(desk, letters, lambda letter: desk.drop(letter, before[letter.place], because, note), wait)
