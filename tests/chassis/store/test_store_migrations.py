"""The tables that migrations make are the tables that the code reads and writes."""

from collections.abc import Callable

import orjson
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from services.chassis.commands import released, seen
from services.chassis.database import Database
from services.chassis.relay.outbox import sequenced_up_to
from services.chassis.store import EventStore, VersionConflict
from services.chassis.store.event_store import MIGRATIONS
from services.chassis.store.order import behind, in_order
from services.chassis.store.tables import events, metadata, store_epoch, streams
from tests.chassis.store.samples import new_event


def is_made_here(connection: Connection) -> Callable[..., bool]:
    """Alembic looks at all indexes, also at those that are made on another kind of database only."""

    def wanted(_object: object, name: str, kind: str, *_: object) -> bool:
        return kind != "index" or name != "events_in_order" or connection.dialect.name == "postgresql"

    return wanted


def test_the_migrated_schema_is_the_metadata_with_the_advisory_view(store: EventStore) -> None:
    assert {seen.seen.name, seen.marks.name, released.released.name} <= metadata.tables.keys()

    with store.database.read() as connection:
        options = {"compare_server_default": True, "include_object": is_made_here(connection)}
        context = MigrationContext.configure(connection, opts=options)
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


OLD_EVENT = """
INSERT INTO events (caller, source, event_id, digest, kind, subject, version, partition_key, recorded_time,
                    content, warnings)
VALUES ('imdi', '/tests', :id, '', 'settlements', :id, 1, '0301', '2024-06-01T12:00:00.000000Z', :json, :json)
"""
OLD_RELAY = """
INSERT INTO relays (generation, holder, token, expires, cursor, sequenced_position, last_sequence)
VALUES (1, 'one', 3, '', 1, 1, 1)
"""


@pytest.mark.parametrize("version", ["store_0001", "store_0002"])
def test_a_store_of_an_earlier_version_keeps_its_events_and_how_far_they_were_sequenced(
    database: Database, version: str
) -> None:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for name in ("a", "b"):
            connection.execute(text(OLD_EVENT), {"id": name, "json": b"{}"})
        connection.execute(text(OLD_RELAY))

    store = EventStore(database)
    store.migrate()

    with store.transaction() as tx:
        tx.append(new_event("c"))
    with database.read() as connection:
        reached = sequenced_up_to(connection, 1)
        waiting = connection.execute(
            select(events.c.subject)
            .where(behind(connection, reached), store.order.readable())
            .order_by(*in_order(connection))
        ).scalars()
        assert list(waiting) == ["b", "c"]


OLD_STREAM = """
INSERT INTO streams (kind, subject, version, partition_key, recorded_time, facts)
VALUES (:kind, :subject, :version, '0301', '2024-06-02T12:00:00.000000Z', :facts)
"""


def test_streams_of_an_earlier_version_are_found_by_what_their_facts_tell(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    declined = orjson.dumps({"data": {"previous": {"allocation": {"allocatedOn": "2023-05"}}}})
    old = [
        ("requests", "4601/2024", 1, {"state": "issued", "municipality": "4601", "year": 2024}),
        ("settlements", "a", 1, {"state": "declined"}),
        (
            "settlements",
            "c",
            2,
            {
                "state": "settled",
                "settlement": {"municipality": "0301", "district": "030101", "settledOn": "2022"},
            },
        ),
    ]
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "store_0004")
        connection.execute(text(OLD_EVENT), {"id": "a", "json": declined})
        for kind, subject, version, facts in old:
            connection.execute(
                text(OLD_STREAM),
                {"kind": kind, "subject": subject, "version": version, "facts": orjson.dumps(facts)},
            )

    EventStore(database).migrate()

    with database.read() as connection:
        listed = ("subject", "municipality", "district", "year", "state", "begun")
        rows = connection.execute(select(*(streams.c[name] for name in listed))).all()
    assert sorted(tuple(row) for row in rows) == [
        ("4601/2024", "4601", None, 2024, "issued", "2024-06-02T12:00:00.000000Z"),
        ("a", "0301", None, 2023, "declined", "2024-06-01T12:00:00.000000Z"),
        ("c", "0301", "030101", 2022, "settled", "2024-06-02T12:00:00.000000Z"),
    ]


def test_the_same_event_is_stored_once_after_a_migration_too(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "store_0004")
        connection.execute(text(OLD_EVENT), {"id": "a", "json": b"{}"})

    store = EventStore(database)
    store.migrate()

    with pytest.raises(VersionConflict), store.transaction() as tx:
        tx.append(new_event("other", event_id="a"))
    with store.transaction() as tx:
        tx.append(new_event("other"))
    with database.read() as connection:
        positions = connection.execute(select(events.c.position).order_by(events.c.position))
        assert positions.scalars().first() == 1


def test_a_store_begins_in_its_first_epoch(store: EventStore) -> None:
    with store.database.read() as connection:
        row = connection.execute(select(store_epoch)).one()

    assert (row.one, row.epoch) == (1, 1)
    assert (row.server == "") is (store.database.dialect == "sqlite")
