"""The order in which a store's events are safe to read, and when they were recorded.

An event's place is (epoch, transaction, position). A reader that goes by it, and reads nothing
but what `Order.readable` lets through, has every committed event once, and each stream in the order
of its versions. What that takes differs by database; this package is the only place that knows.
"""

from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.store.order.places import PLACE, Place, behind, in_order
from services.chassis.store.order.port import Claims, Order, Stamp, after, later
from services.chassis.store.order.postgresql import PostgreSQLOrder, raise_epoch_where_moved
from services.chassis.store.order.sqlite import SQLiteOrder

__all__ = ["PLACE", "Claims", "Order", "Place", "Stamp", "after", "behind", "in_order", "later", "order_of"]


def order_of(database: Database, clock: Clock | None) -> Order:
    """The order of a database's events; without a clock it goes by one that all its users share."""
    if database.dialect == "sqlite":
        return SQLiteOrder(database, clock)
    database.before_use(raise_epoch_where_moved)
    return PostgreSQLOrder(database, clock)
