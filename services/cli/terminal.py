"""How commands that take a while talk: their language, their questions, their progress, their end."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.contract.labels import Language, Text

LANGUAGES = click.Choice([str(language) for language in Language])

Step = Callable[[int], None]


def language_of(named: str | None) -> Language:
    """The language asked for, else that of the terminal."""
    if named is not None:
        return Language(named)
    spoken = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return Language.NB if spoken[:2] in ("nb", "no", "nn") else Language.EN


def asks(yes: bool) -> bool:
    """Whether somebody is there to be asked, and has not said yes already."""
    return not yes and sys.stdin.isatty() and sys.stdout.isatty()


class Teller:
    """Says things to whoever runs a command, in their language."""

    def __init__(self, language: Language) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self._language = language

    def say(self, text: Text) -> None:
        """On standard output."""
        self.console.print(text.in_language(self._language), markup=False)

    def problem(self, text: Text) -> None:
        """What went wrong, on standard error."""
        click.echo(text.in_language(self._language), err=True)

    def waits(self, seconds: float) -> None:
        """That a service is asked again after a while, where that is long enough to wonder."""
        if seconds >= 1:
            self.say(
                Text(
                    f"Venter {seconds:.0f} s før et nytt forsøk …",
                    f"Waiting {seconds:.0f} s before trying again …",
                )
            )


@contextmanager
def progress(console: Console, what: Text, language: Language, total: int | None) -> Iterator[Step]:
    """A bar on a terminal; nothing where there is none. Yields what is called with how many more are done."""
    if not console.is_terminal or total == 0:
        yield lambda _done: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what.in_language(language), total=total)
        yield lambda done: bar.advance(task, done)


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """SIGTERM ends like Ctrl-C: with a summary of what is stored."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not the main thread, as in tests
        yield
        return
    try:
        yield
    finally:
        with suppress(ValueError):
            signal.signal(signal.SIGTERM, before)
