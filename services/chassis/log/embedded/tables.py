"""The tables of the embedded log."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()

# ``fence`` is the highest token that a producer has come with, null before the first.
topics = Table(
    "topics",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("fence", BigInteger),
)

# The next offset stands here and is not computed, so that one short query tells an idle consumer
# of every partition whether there is anything to fetch.
partitions = Table(
    "partitions",
    metadata,
    Column("topic_id", Integer, ForeignKey("topics.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)

# Without row ids the records of a partition lie side by side, in the order in which they are read.
# No foreign key: the append reads the partition's row in its own transaction anyway.
records = Table(
    "records",
    metadata,
    Column("topic_id", Integer, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("key", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# A group's row outlives its members: an epoch that began anew could hide a change from a member
# that was away meanwhile.
consumer_groups = Table(
    "consumer_groups",
    metadata,
    Column("name", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
)

# Numbers of members are never used again, so that one that was shut out can't take another's
# row for its own. ``seen_at`` is in seconds since 1970.
members = Table(
    "members",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_name", Text, nullable=False, index=True),
    Column("seen_at", Float, nullable=False),
    Column("session_seconds", Float, nullable=False),
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("member_id", Integer, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", Integer, ForeignKey("topics.id"), primary_key=True),
)

# ``since_epoch`` tells a member that a partition went to another and came back between two polls.
assignments = Table(
    "assignments",
    metadata,
    Column("group_name", Text, primary_key=True),
    Column("topic_id", Integer, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("member_id", Integer, ForeignKey("members.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("since_epoch", BigInteger, nullable=False),
    ForeignKeyConstraint(["topic_id", "partition"], ["partitions.topic_id", "partitions.number"]),
)
