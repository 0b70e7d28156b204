"""The event store: events, streams, the relay's order and cursor, the advisory view."""

import sqlalchemy as sa
from alembic import op

revision = "store_0001"
down_revision = None

_position = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("position", _position, primary_key=True, autoincrement=True),
        sa.Column("epoch", sa.Integer, nullable=False, server_default="1"),
        sa.Column("caller", sa.String(100), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("event_id", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("partition_key", sa.String(20), nullable=False),
        sa.Column("recorded_time", sa.String(27), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("warnings", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("source", "event_id", "caller", name="one_event_per_source_and_id"),
        sa.UniqueConstraint("kind", "subject", "version", name="one_event_per_version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "streams",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("partition_key", sa.String(20), nullable=False),
        sa.Column("recorded_time", sa.String(27), nullable=False),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject"),
    )
    op.create_table(
        "sequenced",
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("previous_sequence", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("generation", "sequence"),
        sa.UniqueConstraint("generation", "position", name="one_sequence_per_event"),
    )
    op.create_table(
        "chains",
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("last_sequence", sa.BigInteger, nullable=False),
        sa.Column("acknowledged_offset", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("generation", "partition"),
    )
    op.create_table(
        "relays",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.String(100), nullable=False),
        sa.Column("token", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.String(27), nullable=False),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.Column("sequenced_position", sa.BigInteger, nullable=False),
        sa.Column("last_sequence", sa.BigInteger, nullable=False),
        sa.Column("closed", sa.Text, nullable=True),
    )
    op.create_table(
        "seen",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("kind", "region", "year"),
    )
    op.create_table(
        "marks",
        sa.Column("topic", sa.String(60), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("recorded_time", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("topic", "generation", "partition"),
    )


def downgrade() -> None:
    for table in ("marks", "seen", "relays", "chains", "sequenced", "streams", "events"):
        op.drop_table(table)
