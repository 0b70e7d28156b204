"""Where versions lie: databases that see nothing of each other."""

from sqlalchemy import inspect, make_url, select

from services.opendata.projection import storage, tables
from services.opendata.projection.folded import topics
from services.opendata.projection.versions import State, Version, Versions
from tests.opendata.projection.worlds import ON_BOTH, contents

SECOND = Version(2, State.BUILDING, tuple(topics()))
THIRD = Version(3, State.BUILDING, tuple(topics()))
FIRST = Version(1, State.RETIRED, tuple(topics()))


def opened(world, version):
    return world.closing(storage.open_version(world.projection, version.number))


def touch(database, region):
    with database.write() as connection:
        row = {"region": region, "year": 2024, "owner": "settlements/1/0", "sequence": 1}
        connection.execute(tables.changes.insert(), row)


def touched(database):
    with database.read() as connection:
        return connection.scalars(select(tables.changes.c.region)).all()


def test_on_sqlite_a_version_is_a_file_beside_the_first_one():
    assert storage.address("sqlite:////data/projection.db", 2) == "sqlite:////data/projection-2.db"
    assert storage.address("sqlite:////data/projection.db", 1) == "sqlite:////data/projection.db"


def test_on_postgresql_a_version_is_a_schema_chosen_when_a_connection_begins():
    base = "postgresql+psycopg://bosatt:s%40cret@host/projection?options=-cgeqo%3Doff&sslmode=require"

    url = make_url(storage.address(base, 2))

    assert url.query == {"options": "-cgeqo=off -csearch_path=projection_2", "sslmode": "require"}
    assert (url.password, url.database) == ("s@cret", "projection")
    assert storage.address(base, 1) == base


@ON_BOTH
def test_the_first_version_is_the_base_itself(world):
    assert storage.open_version(world.projection, 1) is world.projection


@ON_BOTH
def test_versions_see_nothing_of_each_other(world):
    storage.make(world.projection, SECOND)
    storage.make(world.projection, THIRD)
    databases = [world.projection, opened(world, SECOND), opened(world, THIRD)]

    for database, region in zip(databases, ("0301", "4601", "1103"), strict=True):
        touch(database, region)

    assert [touched(database) for database in databases] == [["0301"], ["4601"], ["1103"]]


@ON_BOTH
def test_a_version_is_made_with_nothing_in_it_whatever_was_left_there(world):
    storage.make(world.projection, SECOND)
    touch(opened(world, SECOND), "0301")

    storage.make(world.projection, SECOND)

    assert not any(contents(opened(world, SECOND)).values())


@ON_BOTH
def test_what_is_removed_is_gone_and_may_be_removed_again(world):
    storage.make(world.projection, SECOND)
    touch(world.projection, "0301")

    storage.remove(world.projection, SECOND)
    storage.remove(world.projection, SECOND)

    assert inspect(opened(world, SECOND).engine).get_table_names() == []
    assert touched(world.projection) == ["0301"]


@ON_BOTH
def test_of_the_first_version_only_the_account_is_left(world):
    versions = Versions(world.projection)
    versions.switch(versions.begin(topics()))
    touch(world.projection, "0301")

    storage.remove(world.projection, FIRST)

    assert not any(rows for name, rows in contents(world.projection).items() if name != "versions")
    assert versions.live().number == 2


@ON_BOTH
def test_the_live_version_is_brought_up_to_date_with_the_base(world):
    versions = Versions(world.projection)
    begun = versions.begin(topics())
    if world.projection.dialect != "sqlite":
        with world.projection.write() as connection:
            connection.exec_driver_sql("CREATE SCHEMA projection_2")
    versions.switch(begun)

    storage.migrate_projection(world.projection)

    assert touched(opened(world, begun)) == []
