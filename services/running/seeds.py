"""The published figures as a system gets them the first time, and how it knows that it has them."""

import hashlib
from pathlib import Path

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.chassis.settings import Settings
from services.running.vouching import NoToken, own_token
from services.seeding.events import seed_events
from services.seeding.loading import LoadingFailed, load, wait_until_released

MARKER = "published-figures-loaded"

__all__ = ["LoadingFailed", "PublishedFigures"]


class PublishedFigures:
    """The figures of this version, and a file in the data directory that says they are loaded."""

    def __init__(self, data: Path) -> None:
        self._events = list(seed_events())
        self._marker = data / MARKER
        # Changes when the figures do, so that a new version of them is loaded into old data.
        self.digest = hashlib.sha256(orjson.dumps(self._events)).hexdigest()

    @property
    def are_loaded(self) -> bool:
        """Whether they were posted, projected and released."""
        return self._marker.exists() and self._marker.read_text() == self.digest

    def load(self, settings: Settings, console: Console) -> None:
        """Post them to the running system and wait until they are released.

        Raises `LoadingFailed`. Where what was posted is only not released, as while a broker is
        away, it is waited for and said.
        """
        try:
            token = own_token(settings, "importer")
        except NoToken as error:
            raise LoadingFailed(f"{error}, or start without them (BOSATT_SEEDS=0)") from None
        columns = (
            TextColumn("Loading the published figures"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("", total=len(self._events))
            left: list[str] = []
            recorded = load(
                settings.url,
                token,
                self._events,
                lambda posted: progress.advance(task, posted),
                left.append,
            )
            if recorded:
                wait_until_released(settings.url, recorded)
        if left:
            console.print(
                f"Left as they are, because the system holds other events of the same: {', '.join(left)}.",
                markup=False,
                highlight=False,
            )
        self._marker.write_text(self.digest)
