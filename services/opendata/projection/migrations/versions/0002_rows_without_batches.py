"""Rows no longer say at the end of which batch they last changed: only the places do.

Totals that were stored before keep their values. Rows that netted to nothing within a batch were
not stored then; a rebuild adds them.
"""

import sqlalchemy as sa
from alembic import op

revision = "projection_0002"
down_revision = "projection_0001"

_TABLES = ("totals", "categories", "cells", "days", "waits", "facts", "figures")


def upgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "sequence")


def downgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("sequence", sa.BigInteger, nullable=False, server_default="0"))
