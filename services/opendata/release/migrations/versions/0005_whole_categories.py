"""Room for every category: on PostgreSQL the longest, of agreed self-settlement, was cut off.

What was released by the name cut off is of those persons and of no others, and gets its whole name.
On SQLite a text is as long as it is, and the table is made anew for the sake of its description.
"""

import sqlalchemy as sa
from alembic import op

revision = "releases_0005"
down_revision = "releases_0004"

WHOLE = "agreed_self_settlement"
FORMER_LENGTH = 20


def upgrade() -> None:
    with op.batch_alter_table("categories") as columns:
        columns.alter_column("category", type_=sa.String(40), existing_nullable=False)
    categories = sa.table("categories", sa.column("category", sa.String))
    cut_off = categories.c.category == WHOLE[:FORMER_LENGTH]
    op.execute(sa.update(categories).where(cut_off).values(category=WHOLE))


def downgrade() -> None:
    raise NotImplementedError("There is no room for whole names in the version before.")
