"""A command service on a real store, posted to through Flask's test client."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import select, update

from services.chassis.auth.local_issuer import LocalIssuer, issue
from services.chassis.commands.seen import Seen
from services.chassis.commands.service import CommandService
from services.chassis.database import Database
from services.chassis.relay.lease import Leases
from services.chassis.store import EventStore
from services.chassis.store.order import in_order
from services.chassis.store.tables import events, metadata, relays
from services.contract.media_types import STRUCTURED

LOOPBACK = {"REMOTE_ADDR": "127.0.0.1"}


@cache
def issuer_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def token(name):
    return issue(issuer_key(), name)


class Clock:
    """Stands still until it is set."""

    def __init__(self):
        self.now = datetime(2024, 7, 1, 10, tzinfo=UTC)

    def __call__(self):
        return self.now

    def advance(self, **length):
        self.now += timedelta(**length)


class RunningService:
    """One service on a store of its own."""

    def __init__(self, name, domain, url):
        self.name = name
        self.clock = Clock()
        self.database = Database(url)
        self.domain = domain
        self.service = CommandService(name, domain, EventStore(self.database, self.clock), self.clock)
        self.app = self.service.app(LocalIssuer(issuer_key()))

    def post(self, document, caller="importer", *, body=None, headers=None, query="", environ=None):
        """Post an event, or any ``body``, as a caller (None: without a token)."""
        authorization = {} if caller is None else {"Authorization": f"Bearer {token(caller)}"}
        return self.app.test_client().post(
            f"/{self.name}/v1/events{query}",
            data=orjson.dumps(document) if body is None else body,
            headers={"Content-Type": STRUCTURED, **authorization, **(headers or {})},
            environ_overrides={**LOOPBACK, **(environ or {})},
        )

    def get(self, path, caller="importer", *, headers=None):
        """Read something under the service's path as a caller (None: without a token)."""
        authorization = {} if caller is None else {"Authorization": f"Bearer {token(caller)}"}
        return self.app.test_client().get(
            path if path.startswith("/") else f"/{self.name}/v1/{path}",
            headers={**authorization, **(headers or {})},
            environ_overrides=LOOPBACK,
        )

    def stored(self):
        """The events in the store, in order, as they will stand on the log."""
        with self.database.read() as connection:
            rows = connection.execute(select(events.c.content).order_by(*in_order(connection))).scalars()
            return [orjson.loads(row) for row in rows]

    def bytes_on_disk(self):
        """Everything in the store's files, the write-ahead log included; on a server, in its tables."""
        if self.database.dialect == "sqlite":
            path = Path(self.database.url.removeprefix("sqlite:///"))
            return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
        with self.database.read() as connection:
            rows = [row for table in metadata.sorted_tables for row in connection.execute(select(table))]
        values = (value for row in rows for value in row)
        return b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in values)

    def facts(self, kind, subject):
        """The facts in force in a stream."""
        with self.service.store.rehearsal() as tx:
            return tx.head(kind, subject).facts

    def observe(self, *seen_events):
        """Let the service take note of events, as its view's loop does."""
        with self.database.write() as connection:
            seen = Seen(self.database, connection)
            for one in seen_events:
                self.domain.observe(seen, one)
            seen.keep()

    def shut(self, reason):
        """Close the service, as a relay does that finds the log ahead of the store."""
        Leases(self.database, self.service.topic, "test", 10.0, self.clock).take()
        with self.database.write() as connection:
            connection.execute(update(relays).values(closed=reason))

    def close(self):
        self.database.close()
