"""The order in which events are safe to read, where several transactions write at once."""

import sqlalchemy as sa
from alembic import op

revision = "store_0003"
down_revision = "store_0002"

_SERVER = "SELECT system_identifier::text FROM pg_control_system()"


def upgrade() -> None:
    op.add_column("events", sa.Column("transaction", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("relays", sa.Column("sequenced_epoch", sa.Integer, nullable=False, server_default="0"))
    op.add_column(
        "relays", sa.Column("sequenced_transaction", sa.BigInteger, nullable=False, server_default="0")
    )
    # All that is stored and sequenced so far is of the first epoch.
    op.execute("UPDATE relays SET sequenced_epoch = 1 WHERE sequenced_position > 0")
    store_epoch = op.create_table(
        "store_epoch",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("server", sa.String(40), nullable=False),
    )
    server = ""
    if op.get_bind().dialect.name == "postgresql":
        server = op.get_bind().exec_driver_sql(_SERVER).scalar_one()
        op.create_index("events_in_order", "events", ["epoch", "transaction", "position"])
        # A number that all transactions see at once, committed or not: a sequence is one.
        op.execute("CREATE SEQUENCE recorded_floor")
    op.bulk_insert(store_epoch, [{"one": 1, "epoch": 1, "server": server}])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE recorded_floor")
        op.drop_index("events_in_order", "events")
    op.drop_table("store_epoch")
    op.drop_column("relays", "sequenced_transaction")
    op.drop_column("relays", "sequenced_epoch")
    op.drop_column("events", "transaction")
