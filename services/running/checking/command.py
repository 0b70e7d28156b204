"""``bosatt check``: open what the settings name, look at all of it, write to none of it."""

from collections.abc import Callable, Sequence

from sqlalchemy.exc import DBAPIError

from services.chassis.database import Database
from services.chassis.settings import Settings
from services.running.checking.checks import Run
from services.running.checking.outcome import Check, Outcome, Progress
from services.running.checking.sources import sources_of
from services.running.resources import open_database

__all__ = ["CantCheck", "Check", "Outcome", "Progress", "check"]


class CantCheck(Exception):
    """Nothing can be said. The text says why, for a person."""


def check(settings: Settings, wanted: Sequence[Check], tell: Callable[[Progress], None]) -> list[Outcome]:
    """Run some checks to their end. Raises `CantCheck`."""
    opened: list[Database] = []

    def database(name: str) -> Database:
        opened.append(open_database(settings, name))
        return opened[-1]

    try:
        sources = sources_of(settings, database)
        if not opened:
            raise CantCheck(f"There is nothing of Bosatt in {settings.data}.")
        run = Run(sources, wanted)
        for progress in run.pieces():
            tell(progress)
    except DBAPIError as error:
        raise CantCheck(f"A database can't be used: {error.orig}") from None
    finally:
        for one in opened:
            one.close()
    return run.outcomes
