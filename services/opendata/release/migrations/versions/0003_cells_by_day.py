"""Released cells are those of the projection, by day. They begin empty; the next release fills them."""

import sqlalchemy as sa
from alembic import op

revision = "releases_0003"
down_revision = "releases_0002"

ANOTHER_VERSION = 0
"""No version of the projection has this number: what is released is compared with the whole."""


def upgrade() -> None:
    op.drop_table("cells")
    op.create_table(
        "cells",
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("categories", sa.String(120), nullable=False),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("release", sa.Integer, nullable=False),
        sa.Column("persons", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("year", "region", "day", "categories", "origin"),
        sqlite_with_rowid=False,
    )
    op.execute(sa.update(sa.table("releases", sa.column("version"))).values(version=ANOTHER_VERSION))


def downgrade() -> None:
    raise NotImplementedError("What was dropped is copied anew by the version before.")
