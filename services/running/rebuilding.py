"""``bosatt rebuild``: a new version of the projection, folded from the log beside the live one."""

from sqlalchemy.exc import DBAPIError

from services.chassis.log.port import LogError
from services.chassis.settings import Settings
from services.opendata.projection.catching_up import StandsStill
from services.opendata.projection.rebuild import Progress, Tell, rebuild
from services.opendata.projection.versions import TakenOver, Version
from services.running.resources import open_database, open_log

__all__ = ["CantRebuild", "Progress", "rebuild_projection"]


class CantRebuild(Exception):
    """What was live stays live. The text says why, for a person."""


def rebuild_projection(settings: Settings, tell: Tell) -> Version:
    """Build a new version and switch to it; raises `CantRebuild` where that can't be done."""
    if "projection" not in settings.databases and not (settings.data / "projection.db").exists():
        raise CantRebuild(f"There is no projection in {settings.data}.")
    base = open_database(settings, "projection")
    try:
        log = open_log(settings)
    except LogError as error:
        base.close()
        raise CantRebuild(f"The log can't be read: {error}") from None
    try:
        return rebuild(base, log, tell)
    except LogError as error:
        raise CantRebuild(f"The log can't be read: {error}") from None
    except DBAPIError as error:
        raise CantRebuild(f"The projection's database can't be used: {error.orig}") from None
    except StandsStill as error:
        raise CantRebuild(f"The log can't be folded to its end: {error}.") from None
    except TakenOver:
        raise CantRebuild("This rebuild stood still for so long that another one began anew.") from None
    finally:
        log.close()
        base.close()
