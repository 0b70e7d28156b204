"""Operations that change nothing are said and counted."""

from enum import StrEnum

import structlog

from services.chassis import metrics
from services.opendata.projection.dead_letters.places import Place

log = structlog.get_logger()


class Ignored(StrEnum):
    """Why an operation changes nothing."""

    DIGEST = "another record stands there"
    NOT_PARKED = "nothing is parked there"
    NO_SUCH_PLACE = "no such place is folded"
    UNREADABLE = "it can't be read"


def ignore(why: Ignored, place: Place | None) -> None:
    """Say and count that an operation about a place was ignored."""
    metrics.OPERATIONS_IGNORED.labels(why.name.lower()).inc()
    log.error("operation.ignored", reason=why.value, place=None if place is None else str(place))
