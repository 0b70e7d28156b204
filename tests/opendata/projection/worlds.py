"""A log, a projection and releases in databases of their own, as one process would hold them."""

import os
import shutil
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from services.chassis import metrics
from services.chassis.consuming.marks import Marks
from services.chassis.database import Database
from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.embedded import tables as log_tables
from services.chassis.log.port import Partition
from services.chassis.store import EventStore
from services.contract.regions import registry
from services.opendata.projection import tables
from services.opendata.projection.projector import Projector, migrate_projection, topics
from services.opendata.projection.versions import Versions
from services.opendata.release import tables as released
from services.opendata.release.announcing import Announcer
from services.opendata.release.reader import Published
from services.opendata.release.releaser import Releaser, migrate_releases
from tests.opendata.projection.journal import Journal, ensure_topics
from tests.servers.databases import BOTH


def url(folder, name):
    return f"sqlite:///{folder}/{name}.db"


class Files:
    """SQLite files in one folder, copied from ones that were brought up to date."""

    def __init__(self, blank, folder):
        self._blank = blank
        self._folder = folder

    def new(self, name, kind):
        shutil.copy(self._blank / f"{kind}.db", self._folder / f"{name}.db")
        return url(self._folder, name)


class Schemas:
    """Databases on a PostgreSQL server, gone when the world ends."""

    def __init__(self, databases, stack):
        self._databases = databases
        self._stack = stack

    def new(self, _name, kind):
        found = self._databases.new(PREPARE[kind])
        self._stack.callback(self._databases.drop, found)
        return found


@dataclass
class World:
    """Everything between the log and the public: projection and releases where ``databases`` makes them."""

    folder: Path
    stack: ExitStack
    databases: Files | Schemas

    def __post_init__(self):
        self.log = self.closing(EmbeddedLog(url(self.folder, "log")))
        self.projection = self.closing(Database(self.databases.new("projection", "projection")))
        self.released = self.closing(Database(self.databases.new("releases", "releases")))
        self.own_store = EventStore(self.closing(Database(url(self.folder, "opendata"))))
        self.journal = Journal(self.log)
        self.published = Published(self.released)
        self.releaser = self.new_releaser()
        self._projector = None
        self._another = None

    def begin_anew(self):
        """The same files with nothing in them."""
        empty(self.projection)
        with self.released.write() as connection:
            for table in released.metadata.tables.values():
                connection.execute(table.delete())
        with self.log._database.write() as connection:
            for table in reversed(log_tables.metadata.sorted_tables):
                if table.name not in ("topics", "partitions"):
                    connection.execute(table.delete())
            connection.execute(log_tables.partitions.update().values(next_offset=0))
        self.journal = Journal(self.log)
        self.published = Published(self.released)
        self.releaser = self.new_releaser()

    def closing(self, thing):
        self.stack.callback(thing.close)
        return thing

    def new_releaser(self):
        announcer = Announcer(self.released, self.own_store)
        return self.closing(Releaser(self.projection, self.released, self.log, announcer))

    def new_projector(self, most=5_000, wait=0.5):
        return self.closing(Projector(self.projection, self.log, most=most, wait=wait))

    def projector_of(self, database, **options):
        """A projector of another database than the first version's."""
        return self.closing(Projector(database, self.log, wait=0.0, **options))

    def another_projection(self):
        """A projection database beside the live one, with nothing in it."""
        if self._another is None:
            self._another = self.closing(Database(self.databases.new("another", "projection")))
        empty(self._another)
        return self._another

    def projected_anew(self, most=5_000):
        """All that is on the log, folded from its beginning into a database of its own."""
        database = self.another_projection()
        with closing(Projector(database, self.log, most=most)) as projector:
            self.project(projector)
        return database

    @property
    def projector(self):
        if self._projector is None:
            self._projector = self.new_projector()
        return self._projector

    def project(self, projector=None):
        """Let a projector read until it has everything or gets no further."""
        projector = projector or self.projector
        without_progress = 0
        while self.waiting(projector.database) and without_progress < 2:
            before = self.marks(projector.database)
            projector.step()
            moved = self.marks(projector.database) != before
            without_progress = 0 if moved else without_progress + 1

    def waiting(self, database=None):
        """How many records on the log are not read yet."""
        marks = self.marks(database)
        ends = {
            Partition(topic, n): end
            for topic in topics()
            for n, end in enumerate(self.log.end_offsets(topic))
        }
        return sum(end - marks[partition].offset for partition, end in ends.items())

    def marks(self, database=None):
        """How far every partition that is folded is."""
        return self._marks(database, Versions(self.projection).live().partitions)

    def marks_of_a_release(self, database=None):
        """The same, and how far what operators did is taken in."""
        return self._marks(database, Versions(self.projection).live().guarded)

    def _marks(self, database, partitions):
        return Marks(database or self.projection, tables.marks).read(partitions)

    def publish(self):
        """Project and release everything that is on the log."""
        self.project()
        self.releaser.step()

    def totals(self, code, year=2024):
        with self.published.open() as numbers:
            return numbers.totals(registry().find(code), year)

    def breakdown(self, code, *by, year=2024):
        """Persons by category, or by categories where several dimensions are asked for."""
        with self.published.open() as numbers:
            cells = numbers.breakdown(registry().find(code), year, by)
        return {cell.categories[0] if len(by) == 1 else cell.categories: cell.persons for cell in cells}

    def days(self, code, year=2024):
        with self.published.open() as numbers:
            return numbers.days(registry().find(code), year)

    def years(self, code):
        with self.published.open() as numbers:
            return numbers.years(registry().find(code))

    def figures(self, code, year=2024):
        with self.published.open() as numbers:
            return numbers.published(registry().find(code), year)


def empty(projection):
    with projection.write() as connection:
        for table in tables.metadata.tables.values():
            connection.execute(table.delete())


def contents(projection):
    """Every column of every row of every table of a projection."""
    with projection.read() as connection:
        return {
            name: sorted(tuple(row) for row in connection.execute(select(table)))
            for name, table in tables.metadata.tables.items()
        }


def lags_told():
    """The topics and partitions of which metrics tell the lag."""
    samples = metrics.CONSUMER_LAG.collect()[0].samples
    return {(sample.labels["topic"], int(sample.labels["partition"])) for sample in samples}


def prepare_projection(address):
    database = Database(address)
    migrate_projection(database)
    database.close()


def prepare_releases(address):
    database = Database(address)
    migrate_releases(database)
    database.close()


PREPARE = {"projection": prepare_projection, "releases": prepare_releases}


@pytest.fixture(scope="session")
def blank_files(tmp_path_factory):
    """The files of a new system, brought up to date once and copied for each test."""
    folder = tmp_path_factory.mktemp("blank")
    log = EmbeddedLog(url(folder, "log"))
    ensure_topics(log)
    log.close()
    for kind, prepare in PREPARE.items():
        prepare(url(folder, kind))
    store = EventStore(Database(url(folder, "opendata")))
    store.migrate()
    store.database.close()
    return folder


@pytest.fixture(scope="session")
def fast_folder():
    """A folder where a commit waits for no disk, where the machine has one."""
    with TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        yield Path(folder)


ON_BOTH = pytest.mark.parametrize("make_world", BOTH, indirect=True)
"""Lets tests of a world run with projection and releases on SQLite, and on PostgreSQL."""


@pytest.fixture(scope="session")
def make_world(request, blank_files, fast_folder):
    """Makes a world in a folder of its own; what it opens is closed by a stack."""
    on_postgresql = getattr(request, "param", "SQLite") == "PostgreSQL"
    server = request.getfixturevalue("postgresql_databases") if on_postgresql else None

    def made(stack):
        folder = Path(stack.enter_context(TemporaryDirectory(dir=fast_folder)))
        for file in ("log", "opendata"):
            shutil.copy(blank_files / f"{file}.db", folder)
        return World(folder, stack, Schemas(server, stack) if on_postgresql else Files(blank_files, folder))

    return made


@pytest.fixture(scope="module")
def one_world(make_world):
    """To be emptied for each of many examples: to make a world takes longer than to use it."""
    with ExitStack() as stack:
        yield make_world(stack)


@pytest.fixture
def world(make_world):
    with ExitStack() as stack:
        yield make_world(stack)
