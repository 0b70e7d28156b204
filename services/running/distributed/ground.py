"""What the processes stand on: the broker and the two database servers, or what the settings name."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from services.chassis.settings import Settings
from services.running.distributed.kept import Broker, DatabaseServer, Kept
from services.running.distributed.topology import STORES, TOTALS
from services.running.servers.kafka import KafkaBrokers
from services.running.servers.postgresql import PostgreSQLServer

_SERVERS = {"postgresql-stores": STORES, "postgresql-totals": TOTALS}
KAFKA = "kafka"


@dataclass(slots=True)
class Ground:
    """Servers to be kept, by name, and where everything is once they run."""

    settings: Settings
    kept: dict[str, Kept] = field(default_factory=dict)
    _brokers: KafkaBrokers | None = None
    _servers: dict[str, PostgreSQLServer] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, home: Path, *, embedded: bool) -> "Ground":
        """Everything that the settings do not name already; nothing at all where ``embedded``.

        Raises `CantStart`.
        """
        ground = cls(settings)
        if embedded:
            return ground
        for name, databases in _SERVERS.items():
            wanted = [database for database in databases if database not in settings.databases]
            if wanted:
                server = PostgreSQLServer(home / name)
                ground._servers |= dict.fromkeys(wanted, server)
                ground.kept[name] = DatabaseServer(server, wanted)
        if settings.kafka is None:
            ground._brokers = KafkaBrokers(home / KAFKA)
            ground.kept[KAFKA] = Broker(ground._brokers)
        return ground

    def named(self) -> Settings:
        """The settings with everything named; once the servers run."""
        found = {name: server.url(name) for name, server in self._servers.items()}
        kafka = self._brokers.bootstrap if self._brokers is not None else self.settings.kafka
        return replace(self.settings, databases={**self.settings.databases, **found}, kafka=kafka)


def as_environment(settings: Settings) -> dict[str, str]:
    """The environment variables that say where log and databases are."""
    variables = {f"BOSATT_DATABASE_URL_{name.upper()}": url for name, url in settings.databases.items()}
    return variables if settings.kafka is None else {**variables, "BOSATT_KAFKA": settings.kafka}
