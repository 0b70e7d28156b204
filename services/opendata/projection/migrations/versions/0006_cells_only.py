"""Cells know the last event that touched them; margins are kept where they are released only.

Of cells from before that can't be told. All tables begin anew, marks with them: the projector folds
the log from its beginning, and what is released stays until it has.
"""

import sqlalchemy as sa
from alembic import op

revision = "projection_0006"
down_revision = "projection_0005"

FROM_THE_LOG = ("totals", "waits", "facts", "figures", "changes", "marks", "dead_letters", "operations")


def upgrade() -> None:
    for name in ("categories", "days", "cells"):
        op.drop_table(name)
    op.create_table(
        "cells",
        sa.Column("region", sa.String(6), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("categories", sa.String(120), nullable=False),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("persons", sa.BigInteger, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("year", "region", "day", "categories", "origin", "owner"),
        sqlite_with_rowid=False,
    )
    for name in FROM_THE_LOG:
        op.execute(sa.delete(sa.table(name)))


def downgrade() -> None:
    raise NotImplementedError("What was dropped is made anew by folding the log with the version before.")
