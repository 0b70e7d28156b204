"""The event log in one SQLite file, for a laptop, for tests and for a house without Kafka."""

from services.chassis.log.embedded.log import EmbeddedLog

__all__ = ["EmbeddedLog"]
