"""Settings, from the environment only."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from environs import Env, EnvError, validate

from services.chassis.auth.settings import Trust, read_trust

BACKLOG_EVENTS = 500_000
BACKLOG_BYTES = 1024**3
"""How much a service stores, if nothing else is set, before the log has taken what waits."""

RATE_EVENTS, RATE_SECONDS = 1_200_000, 60
"""How many events a caller may post in how many seconds, if nothing else is set."""

CHECK_INTERVAL = 86_400
ANSWERS_KEPT = 2_000
"""Seconds between two checks of everything, if nothing else is set."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be set. ``data`` is the directory of databases and the local issuer's key.

    ``kafka`` names brokers as ``host:port,…``; without it the log is the embedded one. ``databases``
    holds the addresses of databases that are not SQLite files in ``data``, by name. ``ops_port`` is
    where metrics and health are, if not on ``port``. ``drain_seconds`` is how long requests are still
    taken after SIGTERM. ``backlog_events`` and ``backlog_bytes`` are how much may wait for the log.
    ``trust`` is whose tokens are believed. ``token`` is one for commands that post, where the local
    issuer makes none. A caller may post or ask for ``rate_events`` in ``rate_seconds``. Whoever asks the
    open data gets ``query_objects`` a minute, where that is set; ``answers_kept`` of the newest release
    are kept in memory; ``trusted_proxies`` is through how many
    proxies of ours requests come. Everything is checked against itself every ``check_interval`` seconds,
    never where that is 0. ``public_url`` is where readers find the open data, if not where they ask;
    ``publisher``, ``publisher_uri`` and ``contact`` are what downloads say of who answers for them.
    """

    data: Path
    host: str
    port: int
    seeds: bool
    threads: int
    log_level: str
    url: str
    kafka: str | None = None
    databases: Mapping[str, str] = field(default_factory=dict)
    ops_port: int | None = None
    drain_seconds: float = 1.0
    backlog_events: int = BACKLOG_EVENTS
    backlog_bytes: int = BACKLOG_BYTES
    trust: Trust = field(default_factory=Trust)
    token: str | None = field(default=None, repr=False)
    rate_events: int = RATE_EVENTS
    rate_seconds: int = RATE_SECONDS
    query_objects: int | None = None
    answers_kept: int = ANSWERS_KEPT
    trusted_proxies: int = 0
    check_interval: int = CHECK_INTERVAL
    public_url: str | None = None
    publisher: str | None = None
    publisher_uri: str | None = None
    contact: str | None = None

    def database_url(self, name: str) -> str:
        """Where a store, the embedded log, the projection or the releases are kept."""
        return self.databases.get(name, f"sqlite:///{self.data / name}.db")

    @property
    def uses_servers(self) -> bool:
        """Whether anything lies on a server that may be away, rather than in files here."""
        return self.kafka is not None or any(not url.startswith("sqlite:") for url in self.databases.values())

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the services."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_settings() -> Settings:
    """Read and check the environment; raises ``environs.EnvError`` naming what is wrong."""
    env = Env()
    port = env.int("PORT", 8000, validate=validate.Range(1, 65535))
    trust = read_trust(env)
    return Settings(
        data=Path(env.str("BOSATT_DATA", "data")).resolve(),
        host=env.str("BOSATT_HOST", "127.0.0.1"),
        port=port,
        seeds=env.bool("BOSATT_SEEDS", True),
        threads=env.int("BOSATT_THREADS", 32, validate=validate.Range(1, 256)),
        # Who called and who acted for them is to be found in the logs where real organisations do.
        log_level=env.str(
            "BOSATT_LOG_LEVEL", "warning" if trust.is_local else "info", validate=validate.OneOf(_LOG_LEVELS)
        ),
        url=env.str("BOSATT_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        kafka=env.str("BOSATT_KAFKA", "") or None,
        databases=_databases(env),
        ops_port=env.int("BOSATT_OPS_PORT", None, validate=validate.Range(1, 65535)),
        drain_seconds=env.float("BOSATT_DRAIN_SECONDS", 1.0, validate=validate.Range(0, 60)),
        backlog_events=env.int("BOSATT_BACKLOG_EVENTS", BACKLOG_EVENTS, validate=validate.Range(1)),
        backlog_bytes=env.int("BOSATT_BACKLOG_BYTES", BACKLOG_BYTES, validate=validate.Range(1)),
        trust=trust,
        token=env.str("BOSATT_TOKEN", "") or None,
        rate_events=env.int("BOSATT_RATE_EVENTS", RATE_EVENTS, validate=validate.Range(1)),
        rate_seconds=env.int("BOSATT_RATE_SECONDS", RATE_SECONDS, validate=validate.Range(1, 86_400)),
        answers_kept=env.int("BOSATT_ANSWERS_KEPT", ANSWERS_KEPT, validate=validate.Range(0)),
        query_objects=env.int("BOSATT_QUERY_OBJECTS", None, validate=validate.Range(1)),
        trusted_proxies=env.int("BOSATT_TRUSTED_PROXIES", 0, validate=validate.Range(0, 10)),
        check_interval=env.int("BOSATT_CHECK_INTERVAL", CHECK_INTERVAL, validate=validate.Range(0)),
        public_url=_address(env, "BOSATT_PUBLIC_URL"),
        publisher=env.str("BOSATT_PUBLISHER", "") or None,
        publisher_uri=_address(env, "BOSATT_PUBLISHER_URI"),
        contact=_address(env, "BOSATT_CONTACT"),
    )


def _address(env: Env, name: str) -> str | None:
    """The address of a page, or ``mailto:``, None where it is not set."""
    given = env.str(name, "")
    if given and not _ADDRESS.fullmatch(given):
        raise EnvError(f"{name} must be an address such as https://… or mailto:….")
    return given or None


def _databases(env: Env) -> dict[str, str]:
    """Addresses of PostgreSQL databases, as anybody writes them, with the driver that is used."""
    given = {name: env.str(f"BOSATT_DATABASE_URL_{name.upper()}", "") for name in DATABASES}
    return {name: _POSTGRESQL.sub("postgresql+psycopg://", url) for name, url in given.items() if url}


DATABASES = ("requests", "decisions", "settlements", "opendata", "operations", "projection", "releases")
"""What may lie on a server: the event stores, the running totals, the releases."""

_ADDRESS = re.compile(r"(https?://|mailto:)[^\s<>\"{}|\\^`]+")
_POSTGRESQL = re.compile(r"^postgres(ql)?://")
_LOG_LEVELS = ("debug", "info", "warning", "error")
