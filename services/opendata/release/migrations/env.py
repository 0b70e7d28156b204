"""Alembic's entry for the releases' migrations."""

from services.chassis.database import environment

environment.run()
