"""Persons' own regions keep cells by day; margins are kept of the regions above them only.

The new cells can't be made from the old ones, which had no day. All tables begin anew, marks with
them: the projector folds the log from its beginning, and what is released stays until it has.
"""

import sqlalchemy as sa
from alembic import op

revision = "projection_0005"
down_revision = "projection_0004"

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


def _place() -> list[sa.Column[str] | sa.Column[int]]:
    return [_text("region", 6), sa.Column("year", sa.Integer, nullable=False)]


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _content(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


_OWNER = ("owner", 40)
FROM_THE_LOG = ("marks", "dead_letters", "operations")


def upgrade() -> None:
    _make_anew(
        "cells",
        *_place(),
        _text("day", 10),
        _text("categories", 120),
        _text("origin", 10),
        _text(*_OWNER),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", "day", "categories", "origin", "owner"),
    )
    _all_but_cells()
    _begin_anew()


def downgrade() -> None:
    _make_anew(
        "cells",
        *_place(),
        *(_text(name, 20) for name in _DIMENSIONS),
        _text("origin", 10),
        _text(*_OWNER),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", *_DIMENSIONS, "origin", "owner"),
    )
    _begin_anew()


def _all_but_cells() -> None:
    """The same columns as before, each row in its key's own place."""
    _make_anew(
        "totals",
        *_place(),
        _text("measure", 30),
        _text("origin", 10),
        _text(*_OWNER),
        _count("value"),
        _count("reports"),
        sa.PrimaryKeyConstraint("year", "region", "measure", "origin", "owner"),
    )
    _make_anew(
        "categories",
        *_place(),
        _text("dimension", 30),
        _text("category", 20),
        _text("origin", 10),
        _text(*_OWNER),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", "dimension", "category", "origin", "owner"),
    )
    _make_anew(
        "days",
        *_place(),
        _text("day", 10),
        _text(*_OWNER),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", "day", "owner"),
    )
    _make_anew(
        "waits",
        *_place(),
        sa.Column("days", sa.Integer, nullable=False),
        _text(*_OWNER),
        _count("persons"),
        sa.PrimaryKeyConstraint("year", "region", "days", "owner"),
    )
    _make_anew(
        "facts",
        _text("kind", 20),
        *_place(),
        _text(*_OWNER),
        _content("facts"),
        sa.PrimaryKeyConstraint("year", "region", "kind"),
    )
    _make_anew(
        "figures",
        *_place(),
        _text("key", 100),
        _text(*_OWNER),
        _content("figure"),
        sa.PrimaryKeyConstraint("year", "region", "key"),
    )
    _make_anew(
        "changes",
        *_place(),
        _text(*_OWNER),
        _count("sequence"),
        sa.PrimaryKeyConstraint("owner", "year", "region"),
    )


def _make_anew(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.drop_table(name)
    op.create_table(name, *parts, sqlite_with_rowid=False)


def _begin_anew() -> None:
    """Nothing is folded yet: whatever else came from the log goes with the marks."""
    for name in FROM_THE_LOG:
        op.execute(sa.delete(sa.table(name)))
