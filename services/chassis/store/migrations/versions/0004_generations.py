"""Each generation of a topic says how many partitions it has and whether it is in force."""

import sqlalchemy as sa
from alembic import op

revision = "store_0004"
down_revision = "store_0003"


def upgrade() -> None:
    op.add_column("relays", sa.Column("partitions", sa.Integer, nullable=True))
    op.add_column("relays", sa.Column("standing", sa.String(10), nullable=False, server_default="in force"))


def downgrade() -> None:
    op.drop_column("relays", "standing")
    op.drop_column("relays", "partitions")
