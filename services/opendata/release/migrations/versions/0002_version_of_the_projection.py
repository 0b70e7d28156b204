"""A release says from which version of the projection it was made."""

import sqlalchemy as sa
from alembic import op

revision = "releases_0002"
down_revision = "releases_0001"


def upgrade() -> None:
    op.add_column("releases", sa.Column("version", sa.Integer, nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("releases", "version")
