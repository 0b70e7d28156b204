"""Alembic's entry for an event store's migrations."""

from services.chassis.database import environment

environment.run()
