"""What the migrations make is what the code reads and writes."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from services.opendata.projection import tables as projected
from services.opendata.release import tables as released
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH


@pytest.mark.parametrize(("name", "tables"), [("projection", projected), ("released", released)])
def test_the_migrated_schema_is_that_of_the_tables(world, name, tables):
    database = getattr(world, name)

    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, tables.metadata)
        keys = {
            table: inspect(connection).get_pk_constraint(table)["constrained_columns"]
            for table in tables.metadata.tables
        }

    assert differences == []
    assert keys == {
        name: [column.name for column in table.primary_key.columns]
        for name, table in tables.metadata.tables.items()
    }
