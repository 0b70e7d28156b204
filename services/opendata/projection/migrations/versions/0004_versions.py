"""An account of versions of the projection: which is live, being built, retired."""

import sqlalchemy as sa
from alembic import op

revision = "projection_0004"
down_revision = "projection_0003"


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("topics", sa.LargeBinary, nullable=False),
        sa.Column("folded", sa.BigInteger, nullable=False),
        sa.Column("records", sa.BigInteger, nullable=False),
        sa.Column("beat", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("versions")
