"""How checks of the whole system went, so that every process tells the same of them."""

import sqlalchemy as sa
from alembic import op

revision = "projection_0007"
down_revision = "projection_0006"


def upgrade() -> None:
    op.create_table(
        "checks",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("begun_at", sa.String(27), nullable=False),
        sa.Column("finished_at", sa.String(27), nullable=True),
        sa.Column("compared", sa.BigInteger, nullable=True),
        sa.Column("differences", sa.BigInteger, nullable=True),
    )


def downgrade() -> None:
    op.drop_table("checks")
