"""Bring a database's tables up to date with Alembic."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from services.chassis.database.database import Database


def migrate(database: Database, location: str) -> None:
    """Run every migration that a database lacks.

    ``location`` names the package that holds them, as ``package:folder``. Several processes may
    call this at once: one at a time looks and works.
    """
    with database.migrating() as connection:
        command.upgrade(_config(connection, location), "head")


def _config(connection: Connection, location: str) -> Config:
    config = Config()
    config.set_main_option("script_location", location)
    config.attributes["connection"] = connection
    return config
