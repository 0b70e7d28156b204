"""Waits of municipalities and districts, which medians on another map are worked out from.

They begin empty; the next release fills them.
"""

import sqlalchemy as sa
from alembic import op

revision = "releases_0004"
down_revision = "releases_0003"

ANOTHER_VERSION = 0
"""No version of the projection has this number: what is released is compared with the whole."""


def upgrade() -> None:
    op.create_table(
        "waits",
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("release", sa.Integer, nullable=False),
        sa.Column("by_days", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("year", "region"),
    )
    op.execute(sa.update(sa.table("releases", sa.column("version"))).values(version=ANOTHER_VERSION))


def downgrade() -> None:
    op.drop_table("waits")
