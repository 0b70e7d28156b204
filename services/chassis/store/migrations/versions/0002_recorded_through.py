"""The moment up to which everything recorded has been sequenced, kept with the relay's order."""

import sqlalchemy as sa
from alembic import op

revision = "store_0002"
down_revision = "store_0001"


def upgrade() -> None:
    op.add_column("relays", sa.Column("recorded_through", sa.String(27), nullable=True))


def downgrade() -> None:
    op.drop_column("relays", "recorded_through")
