"""Checks that the system makes by itself, beside a projector. Of several one at a time makes a check."""

from collections.abc import Mapping, Sequence

from services.chassis.auth.port import Authenticator
from services.chassis.http.serving import WSGI
from services.chassis.loops import Loop
from services.opendata.projection.storage import migrate_projection
from services.running.checking.by_itself import ChecksByItself
from services.running.checking.collector import watch_checks
from services.running.checking.sources import sources_of
from services.running.opened import Opened

LOOK_EVERY = 5.0
"""Seconds between two looks whether a check is due."""


class CheckingPart:
    """Never keeps a process from being ready: what it can't do tells in ``bosatt_loop_failures_total``."""

    answers = False

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._base = opened.database("projection")

    @property
    def needs(self) -> str:
        return "the database of the projection"

    def prepare(self) -> None:
        migrate_projection(self._base)
        watch_checks(self._base)

    def loops(self) -> Sequence[Loop]:
        opened, interval = self._opened, self._opened.settings.check_interval
        if not interval:
            return []
        checks = ChecksByItself(self._base, lambda: sources_of(opened.settings, opened.database), interval)
        return [Loop("checks", checks.step, idle=min(LOOK_EVERY, interval), on_stop=checks.close)]

    def apps(self, _authenticator: Authenticator) -> Mapping[str, WSGI]:
        return {}

    def why_not_ready(self) -> str | None:
        return None
