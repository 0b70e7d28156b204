"""A projector of whichever version is live: after a switch it goes on with the new one."""

from collections.abc import Callable

from services.chassis.database import Database
from services.chassis.log.port import EventLog
from services.opendata.projection.live import LOOK_EVERY, Live
from services.opendata.projection.projector import BATCH, Projector


class LiveProjector:
    """Folds into the live version, which it looks up again after so many seconds.

    Made without touching database or log: `step` may fail instead.
    """

    def __init__(
        self,
        base: Database,
        log: EventLog,
        *,
        most: int = BATCH,
        wait: float = 0.5,
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._live = Live(base, look_every)
        self._log = log
        self._most = most
        self._wait = wait
        self._listeners: list[Callable[[], None]] = []
        self._projector: Projector | None = None
        self._number = 0

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call a function in this process after each batch that was committed."""
        self._listeners.append(listener)

    def step(self) -> bool:
        """One batch, or a wait for one."""
        return self._following().step()

    def measure_lag(self) -> None:
        """Set the lag of every partition that this projector reads; none of those it has given up."""
        projector = self._projector
        if projector is not None:
            projector.measure_lag()

    def close(self) -> None:
        """Leave the group and close what was opened."""
        self._leave()
        self._live.close()

    def _following(self) -> Projector:
        opened = self._live.now()
        if self._projector is None or opened.version.number != self._number:
            self._leave()
            version = opened.version
            projector = Projector(
                opened.database,
                self._log,
                most=self._most,
                wait=self._wait,
                folded=version.topics,
                group=version.group,
            )
            for listener in self._listeners:
                projector.on_commit(listener)
            self._projector, self._number = projector, version.number
        return self._projector

    def _leave(self) -> None:
        if self._projector is not None:
            projector, self._projector = self._projector, None
            projector.close()
