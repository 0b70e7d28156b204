"""The running totals and the marks that guard them."""

import sqlalchemy as sa
from alembic import op

revision = "projection_0001"
down_revision = None

_DIMENSIONS = (
    "sex",
    "age_group",
    "country_of_origin",
    "unaccompanied_minor",
    "care",
    "arrival",
    "housing",
    "month",
)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _content(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def upgrade() -> None:
    op.create_table(
        "marks",
        _text("topic", 60),
        _number("generation"),
        _number("partition"),
        _count("sequence"),
        _count("offset"),
        _text("recorded_time", 27),
        sa.PrimaryKeyConstraint("topic", "generation", "partition"),
    )
    op.create_table(
        "totals",
        _text("region", 6),
        _number("year"),
        _text("measure", 30),
        _text("origin", 10),
        _text("owner", 40),
        _count("sequence"),
        _count("value"),
        _count("reports"),
        sa.PrimaryKeyConstraint("year", "region", "measure", "origin", "owner"),
    )
    op.create_table(
        "categories",
        _text("region", 6),
        _number("year"),
        _text("dimension", 30),
        _text("category", 20),
        _text("origin", 10),
        _text("owner", 40),
        _count("sequence"),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", "dimension", "category", "origin", "owner"),
    )
    op.create_table(
        "cells",
        _text("region", 6),
        _number("year"),
        *(_text(name, 20) for name in _DIMENSIONS),
        _text("origin", 10),
        _text("owner", 40),
        _count("sequence"),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", *_DIMENSIONS, "origin", "owner"),
    )
    op.create_table(
        "days",
        _text("region", 6),
        _number("year"),
        _text("day", 10),
        _text("owner", 40),
        _count("sequence"),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", "day", "owner"),
    )
    op.create_table(
        "waits",
        _text("region", 6),
        _number("year"),
        _number("days"),
        _text("owner", 40),
        _count("sequence"),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", "days", "owner"),
    )
    op.create_table(
        "facts",
        _text("kind", 20),
        _text("region", 6),
        _number("year"),
        _text("owner", 40),
        _count("sequence"),
        _content("facts"),
        sa.PrimaryKeyConstraint("year", "region", "kind"),
    )
    op.create_table(
        "figures",
        _text("region", 6),
        _number("year"),
        _text("key", 100),
        _text("owner", 40),
        _count("sequence"),
        _content("figure"),
        sa.PrimaryKeyConstraint("year", "region", "key"),
    )
    op.create_table(
        "changes",
        _text("region", 6),
        _number("year"),
        _text("owner", 40),
        _count("sequence"),
        sa.PrimaryKeyConstraint("owner", "year", "region"),
    )


def downgrade() -> None:
    for table in (
        "changes",
        "figures",
        "facts",
        "waits",
        "days",
        "cells",
        "categories",
        "totals",
        "marks",
    ):
        op.drop_table(table)
