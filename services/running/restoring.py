"""``bosatt restore``: fill one service's store from the log of the same data directory."""

from services.chassis.log.port import LogError
from services.chassis.relay.generations import in_force
from services.chassis.relay.restore import CantRestore, restore
from services.chassis.settings import Settings
from services.chassis.store import EventStore
from services.contract.topics import topic_of
from services.running.resources import open_database, open_log

__all__ = ["CantRestore", "restore_service"]


def restore_service(settings: Settings, service: str) -> int:
    """How many events were restored; raises `CantRestore` where none could be."""
    if service not in settings.databases and not (settings.data / f"{service}.db").exists():
        raise CantRestore(f"There is no store of {service} in {settings.data}.")
    database = open_database(settings, service)
    log = open_log(settings)
    try:
        store = EventStore(database)
        store.migrate()
        with database.read() as connection:
            topic = in_force(connection, topic_of(service))
        return restore(store, log, topic)
    except LogError as error:
        raise CantRestore(f"The log can't be read: {error}") from None
    finally:
        log.close()
        database.close()
