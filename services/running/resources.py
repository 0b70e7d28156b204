"""What a process opens, as the settings say: databases and the event log."""

from services.chassis.database import Database
from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import EventLog
from services.chassis.settings import Settings


def open_database(settings: Settings, name: str) -> Database:
    """A database by its name: SQLite in the data directory, or where the settings say it is."""
    return Database(settings.database_url(name))


def open_log(settings: Settings) -> EventLog:
    """The log that is configured. A broker that can't be reached is never replaced by another log."""
    if settings.kafka is not None:
        # Only who uses Kafka waits for its client to be imported.
        from services.chassis.log.kafka import KafkaLog  # noqa: PLC0415

        return KafkaLog(settings.kafka)
    return EmbeddedLog(settings.database_url("log"))
