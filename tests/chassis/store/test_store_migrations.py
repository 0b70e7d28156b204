"""The tables that migrations make are the tables that the code reads and writes."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select

from services.chassis.commands import seen
from services.chassis.database import Database
from services.chassis.store import EventStore
from services.chassis.store.event_store import MIGRATIONS
from services.chassis.store.tables import events, metadata
from tests.chassis.store.samples import new_event


def test_the_migrated_schema_is_the_metadata_with_the_advisory_view(store: EventStore) -> None:
    assert {seen.seen.name, seen.marks.name} <= metadata.tables.keys()

    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_keeps_what_is_there(store: EventStore) -> None:
    with store.transaction() as tx:
        tx.append(new_event())

    store.migrate()

    with store.database.read() as connection:
        assert len(connection.execute(select(events)).all()) == 1


def test_migrations_can_be_undone_and_done_again(store: EventStore) -> None:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)

    with store.database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        left = inspect(connection).get_table_names()
        command.upgrade(config, "head")

    assert left == ["alembic_version"]
    with store.transaction() as tx:
        tx.append(new_event())


def test_a_store_of_an_earlier_version_is_brought_up_to_date(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "store_0001")

    store = EventStore(database)
    store.migrate()

    with store.transaction() as tx:
        tx.append(new_event())
