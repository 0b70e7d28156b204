"""Run by Alembic for every migration of the embedded log."""

from services.chassis.database import environment

environment.run()
