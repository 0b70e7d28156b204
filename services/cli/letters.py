"""Choose letters by what was said on the command line, and tell what became of them."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from services.chassis.settings import Settings
from services.cli.exit_codes import TROUBLE

if TYPE_CHECKING:
    from services.running.deadletters import DeadLetter, Desk, Place, Posted

MANY = 20_000
"""Records, from which on reading them is worth a progress bar."""


@contextmanager
def desk_of(settings: Settings) -> Iterator["Desk"]:
    from services.running.deadletters import CantOperate, opened_desk  # noqa: PLC0415

    try:
        with opened_desk(settings) as desk:
            yield desk
    except CantOperate as error:
        click.echo(str(error), err=True)
        sys.exit(TROUBLE)


def chosen(desk: "Desk", ids: Sequence[str], *, everything: bool, yes: bool) -> list["DeadLetter"]:
    """The letters that were named, all of them parked; ends the command where one is not."""
    from services.running.deadletters import LetterState, Place  # noqa: PLC0415

    if everything == bool(ids):
        raise click.UsageError("Name one or more IDs, or say --all.")
    if everything and not yes:
        raise click.UsageError("--all needs --yes.")
    if everything:
        parked = desk.letters([LetterState.PARKED])
        if not parked:
            click.echo("Nothing is parked.")
            sys.exit(0)
        return parked
    chosen = []
    for text in dict.fromkeys(ids):
        try:
            letter = desk.letter(Place.parse(text))
        except ValueError:
            raise click.UsageError(f"{text} is no ID, such as settlements/1/3/1042.") from None
        if letter is None or letter.state is not LetterState.PARKED:
            why = "Nothing is parked there." if letter is None else f"It is {letter.state.value}, not parked."
            click.echo(f"{text}: {why} Nothing was done.", err=True)
            sys.exit(TROUBLE)
        chosen.append(letter)
    return chosen


def counted_before(desk: "Desk", letters: Sequence["DeadLetter"]) -> "dict[Place, int | None]":
    records = desk.records_to_read(letters)
    if records < MANY:
        return desk.counted_before(letters)
    columns = (TextColumn("Reading the log"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=records)
        return desk.counted_before(letters, lambda read: progress.advance(task, read))


def act(
    desk: "Desk", letters: Sequence["DeadLetter"], post: Callable[["DeadLetter"], "Posted"], seconds: int
) -> None:
    """Do it to each, and tell what becomes of it as the projector acts; ends with 1 where one is not done."""
    from services.running.deadletters import CantOperate, LetterState  # noqa: PLC0415

    well = True
    waiting: dict[str, Posted] = {}
    for letter in letters:
        try:
            posted = post(letter)
        except CantOperate as error:
            well = False
            click.echo(str(error), err=True)
        else:
            waiting[posted.event_id] = posted
    for one, left in desk.wait(list(waiting.values()), seconds):
        del waiting[one.event_id]
        if left is None:
            click.echo(f"{one.letter.place}: counted.")
        elif left.state is LetterState.DROPPED:
            click.echo(f"{left.place}: dropped.")
        else:
            well = False
            click.echo(f"{left.place}: still {left.state.value}: {left.reason} (tries: {left.tries}).")
    for one in waiting.values():
        well = False
        click.echo(
            f"{one.letter.place}: stored, but not acted on within {seconds} seconds. It will be, once the "
            "relay of operations and a projector run.",
            err=True,
        )
    still = desk.letters([LetterState.PARKED])
    if still:
        held = sum(letter.held_behind for letter in still)
        click.echo(f"{events(len(still))} parked now, with {held} held behind: bosatt deadletters list")
    if not well:
        sys.exit(TROUBLE)


def table_of(letters: Sequence["DeadLetter"]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("ID", "state", "why", "tries", "stream or key", "held", "since"):
        table.add_column(column, no_wrap=column in ("ID", "state", "since"))
    for letter in letters:
        table.add_row(
            str(letter.place),
            letter.state.value,
            Text(letter.reason),
            str(letter.tries),
            Text(letter.stream or f"key {letter.key}"),
            str(letter.held_behind),
            letter.set_aside_at[:19] + "Z",
        )
    return table


def as_json(letter: "DeadLetter") -> dict[str, Any]:
    place = letter.place
    return {
        "id": str(place),
        **place._asdict(),
        "state": letter.state.value,
        "reason": letter.reason,
        "tries": letter.tries,
        "sequence": letter.sequence,
        "stream": letter.stream,
        "key": letter.key,
        "digest": letter.digest,
        "heldBehind": letter.held_behind,
        "setAsideAt": letter.set_aside_at,
    }


def events(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"
