"""Releases and what has been released."""

import sqlalchemy as sa
from alembic import op

revision = "releases_0001"
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


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _content(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        _text("published_at", 27),
        _text("data_through", 27, nullable=True),
        _text("recorded_through", 27),
        _text("policy", 20),
        _content("marks"),
    )
    op.create_table(
        "totals",
        _text("region", 6),
        _number("year"),
        _text("measure", 30),
        _text("origin", 10),
        _number("release"),
        _count("value"),
        _count("reports"),
        sa.PrimaryKeyConstraint("year", "region", "measure", "origin"),
    )
    op.create_table(
        "categories",
        _text("region", 6),
        _number("year"),
        _text("dimension", 30),
        _text("category", 20),
        _text("origin", 10),
        _number("release"),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", "dimension", "category", "origin"),
    )
    op.create_table(
        "cells",
        _text("region", 6),
        _number("year"),
        *(_text(name, 20) for name in _DIMENSIONS),
        _text("origin", 10),
        _number("release"),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", *_DIMENSIONS, "origin"),
    )
    op.create_table(
        "days",
        _text("region", 6),
        _number("year"),
        _text("day", 10),
        _number("release"),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", "day"),
    )
    op.create_table(
        "facts",
        _text("kind", 20),
        _text("region", 6),
        _number("year"),
        _number("release"),
        _content("facts"),
        sa.PrimaryKeyConstraint("year", "region", "kind"),
    )
    op.create_table(
        "figures",
        _text("region", 6),
        _number("year"),
        _text("key", 100),
        _number("release"),
        _content("figure"),
        sa.PrimaryKeyConstraint("year", "region", "key"),
    )
    op.create_table(
        "places",
        _text("region", 6),
        _number("year"),
        _number("release"),
        sa.PrimaryKeyConstraint("region", "year"),
    )
    op.create_table(
        "years",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        _number("release"),
    )


def downgrade() -> None:
    for table in (
        "years",
        "places",
        "figures",
        "facts",
        "days",
        "cells",
        "categories",
        "totals",
        "releases",
    ):
        op.drop_table(table)
