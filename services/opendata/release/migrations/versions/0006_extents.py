"""How much each release changed, for whoever follows them. Not known of those there are already."""

import sqlalchemy as sa
from alembic import op

revision = "releases_0006"
down_revision = "releases_0005"

ADDED = ("changed_regions", "changed_years", "first_changed_year", "last_changed_year")


def upgrade() -> None:
    for name in ADDED:
        op.add_column("releases", sa.Column(name, sa.Integer, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("releases") as columns:
        for name in ADDED:
            columns.drop_column(name)
