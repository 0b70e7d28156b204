"""Events that can't be counted are set aside, and what operators do about them is kept."""

import sqlalchemy as sa
from alembic import op

revision = "projection_0003"
down_revision = "projection_0002"


def _place() -> list[sa.Column[str] | sa.Column[int]]:
    return [
        sa.Column("topic", sa.String(60), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "dead_letters",
        *_place(),
        sa.Column("sequence", sa.BigInteger, nullable=True),
        sa.Column("previous_sequence", sa.BigInteger, nullable=True),
        sa.Column("subject", sa.String(100), nullable=True),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("last_applied", sa.BigInteger, nullable=True),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("set_aside_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("topic", "generation", "partition", "offset"),
    )
    op.create_index(
        "dead_letters_open", "dead_letters", ["open", "topic", "generation", "partition", "subject"]
    )
    op.create_index(
        "dead_letters_by_stream", "dead_letters", ["topic", "generation", "partition", "subject", "offset"]
    )
    op.create_index(
        "dead_letters_by_key", "dead_letters", ["topic", "generation", "partition", "key", "offset"]
    )
    op.create_table(
        "operations",
        *_place(),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("event_id", sa.String(200), nullable=False),
        sa.Column("operation", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("last_applied", sa.BigInteger, nullable=True),
        sa.Column("fault", sa.String(100), nullable=True),
        sa.Column("cause", sa.String(20), nullable=True),
        sa.Column("note", sa.String(200), nullable=True),
        sa.Column("recorded_time", sa.String(27), nullable=False),
        sa.Column("waits", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("topic", "generation", "partition", "offset", "sequence"),
    )
    op.create_index(
        "operations_waiting", "operations", ["waits", "topic", "generation", "partition", "offset"]
    )


def downgrade() -> None:
    op.drop_table("operations")
    op.drop_table("dead_letters")
