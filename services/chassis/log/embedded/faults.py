"""What goes wrong in the database, in the words of the port."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from services.chassis.log.port import LogError, LogUnreachable

# The database was never reached, so nothing of a transaction can stand.
_NOT_REACHED = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN")


@contextmanager
def log_faults(otherwise: type[LogError] = LogUnreachable) -> Iterator[None]:
    """Raise errors of the database as the port's own.

    A database that is busy or can't be opened becomes `LogUnreachable`, anything else
    ``otherwise``. The text names the fault alone: the database's own would hold statement and
    values, which is also why the error that it comes from is not chained.
    """
    try:
        yield
    except SQLAlchemyError as error:
        fault = _name(error)
        kind = LogUnreachable if fault.startswith(_NOT_REACHED) else otherwise
        raise kind(f"The event log's database failed: {fault}.") from None


def _name(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else None
    return str(getattr(cause, "sqlite_errorname", type(error).__name__))
