"""The open data: releases made from the running totals, and the HTTP face that shows them."""

from collections.abc import Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError

from services.chassis import metrics
from services.chassis.auth.port import Authenticator
from services.chassis.http.serving import WSGI
from services.chassis.loops import Loop
from services.chassis.settings import Settings
from services.opendata.exports.about import UNNAMED, Publisher
from services.opendata.graphql.limits.allowance import ON_LOOPBACK, USUAL, Allowance
from services.opendata.projection.dead_letters.collector import watch_dead_letters
from services.opendata.projection.projector import migrate_projection
from services.opendata.projection.staleness import watch_projection
from services.opendata.release.announcing import Announcer
from services.opendata.release.country_metric import watch_country
from services.opendata.release.reader import NothingReleased, Published
from services.opendata.release.releaser import Releaser, migrate_releases
from services.opendata.web.app import Face, opendata_app
from services.running.opened import Opened

RELEASE_IDLE = 0.1
"""Seconds between two looks for something to release; projectors of this process wake it at once."""


class PublishingPart:
    """Releaser and face of the open data, without the relay that tells the log of releases."""

    answers = True

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._projection = opened.database("projection")
        self._released = opened.database("releases")
        self._published = Published(self._released)
        metrics.GRAPHQL_REJECTED.labels("depth")

    @property
    def needs(self) -> str:
        return "the databases of the projection, the releases and opendata"

    def prepare(self) -> None:
        opened = self._opened
        opened.store("opendata").migrate()
        migrate_projection(self._projection)
        migrate_releases(self._released)
        watch_projection(self._projection, opened.log)
        watch_dead_letters(self._projection)
        watch_country(self._published)

    def loops(self) -> Sequence[Loop]:
        announcer = Announcer(self._released, self._opened.store("opendata"))
        releaser = Releaser(self._projection, self._released, self._opened.log, announcer)
        releasing = Loop("releases", releaser.step, idle=RELEASE_IDLE, on_stop=releaser.close)
        self._opened.on_projected(releasing.wake)
        return [releasing]

    def apps(self, authenticator: Authenticator) -> Mapping[str, WSGI]:
        return {"": opendata_app(self._published, authenticator, _face(self._opened.settings))}

    def why_not_ready(self) -> str | None:
        try:
            with self._published.open():
                return None
        except NothingReleased:
            return None
        except SQLAlchemyError:
            return "the database of releases does not answer"


def _face(settings: Settings) -> Face:
    return Face(
        allowance=_allowance(settings),
        trusted_proxies=settings.trusted_proxies,
        most_answers=settings.answers_kept,
        publisher=Publisher(settings.publisher or UNNAMED.name, settings.publisher_uri, settings.contact),
        root=None if settings.public_url is None else f"{settings.public_url.rstrip('/')}/",
    )


def _allowance(settings: Settings) -> Allowance:
    """What is set; else little for strangers, and much where nobody but this machine can ask."""
    if settings.query_objects is not None:
        return Allowance(settings.query_objects)
    return ON_LOOPBACK if settings.on_loopback and settings.trusted_proxies == 0 else USUAL
