"""Settings, from the environment only."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from environs import Env, validate


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be set. ``data`` is the directory of databases and the local issuer's key."""

    data: Path
    host: str
    port: int
    seeds: bool
    threads: int
    log_level: str
    url: str

    def database_url(self, name: str) -> str:
        """Where a store, the log, the projection or the releases are kept."""
        return f"sqlite:///{self.data / name}.db"

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
    return Settings(
        data=Path(env.str("BOSATT_DATA", "data")).resolve(),
        host=env.str("BOSATT_HOST", "127.0.0.1"),
        port=port,
        seeds=env.bool("BOSATT_SEEDS", True),
        threads=env.int("BOSATT_THREADS", 32, validate=validate.Range(1, 256)),
        log_level=env.str("BOSATT_LOG_LEVEL", "warning", validate=validate.OneOf(_LOG_LEVELS)),
        url=env.str("BOSATT_URL", f"http://127.0.0.1:{port}").rstrip("/"),
    )


_LOG_LEVELS = ("debug", "info", "warning", "error")
