"""Alembic's entry for the projection's migrations."""

from services.chassis.database import environment

environment.run()
