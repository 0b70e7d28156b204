"""A single process of the system: a service, a relay, a projector, or everything with other settings."""

import os
import signal
from pathlib import Path

import httpx

from services.running.servers.ports import free_ports
from tests.acceptance.running import RunningSystem


class OneProcess(RunningSystem):
    """``bosatt WORDS`` with metrics and health on a port of their own."""

    def __init__(self, data: Path, *words: str, **settings: str) -> None:
        super().__init__(data, seeds=False)
        self.port, self.ops_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.ops_url = f"http://127.0.0.1:{self.ops_port}"
        self.words = words
        for name in [name for name in os.environ if name.startswith("BOSATT_")]:
            self.environment.pop(name, None)
        self.environment |= {
            "PORT": str(self.port),
            "BOSATT_OPS_PORT": str(self.ops_port),
            "BOSATT_DATA": str(data),
            "BOSATT_SEEDS": "0",
            **settings,
        }

    @property
    def _output(self) -> Path:
        return self.data.parent / f"{'-'.join(self.words)}.out"

    def readiness(self) -> int | None:
        try:
            return httpx.get(f"{self.ops_url}/health/ready", timeout=10).status_code
        except httpx.TransportError:
            return None

    def why_not_ready(self) -> str | None:
        try:
            reason: str | None = httpx.get(f"{self.ops_url}/health/ready", timeout=10).json().get("reason")
        except httpx.TransportError:
            return None
        return reason

    def terminate(self) -> None:
        """SIGTERM, as an orchestrator does it; does not wait."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        """Wait for its end; the exit code."""
        assert self.process is not None
        return self.process.wait(30)
