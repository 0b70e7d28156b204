"""What a transaction may end in through no fault of its own."""

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree


class Overtaken(Exception):
    """Somebody else changed the same rows meanwhile: nothing was written, begin the transaction anew.

    Only databases on which several may write at once raise it.
    """


UNAVAILABLE = (OperationalError, InterfaceError, InternalError, NoConnectionFree)
"""What is raised where a database can't be reached, is out of order, or is locked for too long.

Of a transaction that fails so at its commit nobody knows whether it was committed.
"""
