"""``bosatt relay SERVICE --from``: send again what the log has lost."""

import os
import socket

from sqlalchemy.exc import DBAPIError

from services.chassis.log.port import LogError
from services.chassis.relay.generations import in_force
from services.chassis.relay.lease import LeaseLost
from services.chassis.relay.resend import CantResend, resend
from services.chassis.settings import Settings
from services.chassis.store import EventStore
from services.running.parts.relaying import topic_of_store
from services.running.resources import open_database, open_log

__all__ = ["CantResend", "resend_from"]


def resend_from(settings: Settings, service: str, sequence: int) -> int:
    """How many records were sent again; raises `CantResend` where not all could be."""
    if service not in settings.databases and not (settings.data / f"{service}.db").exists():
        raise CantResend(f"There is no store of {service} in {settings.data}.")
    database = open_database(settings, service)
    try:
        log = open_log(settings)
        try:
            store = EventStore(database)
            store.migrate()
            with database.read() as connection:
                topic = in_force(connection, topic_of_store(service))
            holder = f"resend-{socket.gethostname()}-{os.getpid()}"
            return resend(store, log, topic, sequence, holder)
        finally:
            log.close()
    except LogError as error:
        raise CantResend(
            f"The log does not take the records: {error} What was not sent yet, the relay will send."
        ) from None
    except LeaseLost:
        raise CantResend("Another relay has taken over; it sends what was not sent yet.") from None
    except DBAPIError as error:
        raise CantResend(f"The store of {service} can't be used: {error.orig}") from None
    finally:
        database.close()
