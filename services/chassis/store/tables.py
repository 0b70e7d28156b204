"""The tables of an event store. Every service has a database with these of its own."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

# SQLite hands out rising row ids for INTEGER only.
Position = BigInteger().with_variant(Integer, "sqlite")

events = Table(
    "events",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=True),
    # Counts how often the store was moved to a server on which transaction ids begin anew.
    Column("epoch", Integer, nullable=False, server_default="1"),
    # The id of the transaction that stored the event; 0 where only one writes at a time.
    Column("transaction", BigInteger, nullable=False, server_default="0"),
    Column("caller", String(100), nullable=False),
    Column("source", String(300), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("partition_key", String(20), nullable=False),
    Column("recorded_time", String(27), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("warnings", LargeBinary, nullable=False),
    UniqueConstraint("event_id", "source", "caller", name="one_event_per_id_and_source"),
    UniqueConstraint("kind", "subject", "version", name="one_event_per_version"),
    # Where there is one epoch and one transaction, the key alone is the order.
    Index("events_in_order", "epoch", "transaction", "position").ddl_if(dialect="postgresql"),
    sqlite_autoincrement=True,
)
"""The facts, for ever, and the outbox. Rows are appended and never changed.

Their order is that of epoch, transaction and position, on every database.
"""

streams = Table(
    "streams",
    metadata,
    Column("kind", String(20), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("partition_key", String(20), nullable=False),
    Column("recorded_time", String(27), nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("municipality", String(20), nullable=False, server_default=text("''")),
    Column("district", String(6), nullable=True),
    Column("year", Integer, nullable=False, server_default="0"),
    Column("state", String(30), nullable=False, server_default=text("''")),
    # When its first event was recorded. It never changes, so lists are in that order.
    Column("begun", String(27), nullable=False, server_default=text("''")),
    PrimaryKeyConstraint("kind", "subject"),
    Index("streams_by_municipality", "municipality", "state", "year", "begun", "subject"),
    Index("streams_by_state", "state", "year", "begun", "subject"),
)
"""Per stream its version and the facts in force, as a fold of its events, and what lists find it by."""

# Few streams name a district, and only theirs stand in its index.
Index(
    "streams_by_district",
    streams.c.district,
    streams.c.state,
    streams.c.year,
    streams.c.begun,
    streams.c.subject,
    sqlite_where=streams.c.district.is_not(None),
    postgresql_where=streams.c.district.is_not(None),
)

sequenced = Table(
    "sequenced",
    metadata,
    Column("generation", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("previous_sequence", BigInteger, nullable=False),
    PrimaryKeyConstraint("generation", "sequence"),
    UniqueConstraint("generation", "position", name="one_sequence_per_event"),
)
"""The order in which events go to the log, given once by the relay's leader."""

chains = Table(
    "chains",
    metadata,
    Column("generation", Integer, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
    Column("acknowledged_offset", BigInteger, nullable=False),
    PrimaryKeyConstraint("generation", "partition"),
)
"""Per partition the last sequence given and the log's offset last acknowledged (-1: none)."""


class Standing(StrEnum):
    """What a topic's generation is to its service."""

    IN_FORCE = "in force"
    FILLING = "filling"
    RETIRED = "retired"


relays = Table(
    "relays",
    metadata,
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("partitions", Integer, nullable=True),
    Column("standing", String(10), nullable=False, server_default=Standing.IN_FORCE.value),
    Column("holder", String(100), nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("expires", String(27), nullable=False),
    Column("cursor", BigInteger, nullable=False),
    Column("sequenced_epoch", Integer, nullable=False, server_default="0"),
    Column("sequenced_transaction", BigInteger, nullable=False, server_default="0"),
    Column("sequenced_position", BigInteger, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
    Column("closed", Text, nullable=True),
    Column("recorded_through", String(27), nullable=True),
)
"""Per topic generation its partitions (None: those that the contract names), whether it is in force,
the relay's lease, its cursor, and how far events have been sequenced.

All that was recorded up to ``recorded_through`` has a sequence; what is stored later is recorded
later, whatever the clocks of services and relays say.
"""

store_epoch = Table(
    "store_epoch",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, nullable=False),
    Column("server", String(40), nullable=False),
)
"""One row: the store's epoch, and the identifier of the server on which it began ("" on SQLite)."""
