"""A projector: folds the log into the running totals. Several share the partitions."""

from collections.abc import Mapping, Sequence

from services.chassis import metrics
from services.chassis.auth.port import Authenticator
from services.chassis.http.serving import WSGI
from services.chassis.loops import Late, Loop
from services.contract.event_types import COMMAND_SERVICES
from services.contract.topics import topic_of
from services.opendata.projection.dead_letters.collector import watch_dead_letters
from services.opendata.projection.live_projector import LiveProjector
from services.opendata.projection.staleness import watch_projection
from services.opendata.projection.storage import migrate_projection
from services.running.opened import Opened

LAG_IDLE = 1.0


class ProjectionPart:
    """One projector; it waits for the log where that can't be reached."""

    answers = False

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._database = opened.database("projection")
        self._projector: LiveProjector | None = None
        late = Late(self._make)
        self._projecting = Loop("projection", late.step, idle=0.0, on_stop=late.close)
        for service in COMMAND_SERVICES:
            # Counters that nothing has moved yet stand at nought, so that a rate can be told.
            metrics.CONSUMER_DUPLICATES.labels(topic_of(service).topic)
            metrics.LOG_GAPS.labels(topic_of(service).topic)

    @property
    def needs(self) -> str:
        return "the database of the projection"

    def prepare(self) -> None:
        migrate_projection(self._database)
        watch_projection(self._database, self._opened.log)
        watch_dead_letters(self._database)

    def loops(self) -> Sequence[Loop]:
        return [self._projecting, Loop("lag", self._measure_lag, idle=LAG_IDLE)]

    def apps(self, _authenticator: Authenticator) -> Mapping[str, WSGI]:
        return {}

    def why_not_ready(self) -> str | None:
        failing = self._projecting.failing
        return None if failing is None else f"the projector waits for the log or its tables ({failing})"

    def _make(self) -> LiveProjector:
        self._projector = LiveProjector(self._database, self._opened.log)
        self._projector.on_commit(self._opened.projected)
        return self._projector

    def _measure_lag(self) -> bool:
        if self._projector is not None:
            self._projector.measure_lag()
        return False
