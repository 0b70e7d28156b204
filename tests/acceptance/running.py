"""The whole system as a user runs it: a process of its own, talked to over HTTP only."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx

from services.running.servers.children import start_child

LONGEST_START = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RunningSystem:
    """One ``bosatt run``, to be started, asked, posted to, killed and started again."""

    words: tuple[str, ...] = ("run",)

    def __init__(self, data: Path, *, seeds: bool = True) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "PORT": str(self.port),
            "BOSATT_DATA": str(data),
            "BOSATT_SEEDS": "1" if seeds else "0",
        }
        self.environment.pop("BOSATT_URL", None)
        self.process: subprocess.Popen[bytes] | None = None
        self._tokens: dict[str, str] = {}

    def start(self) -> Self:
        """Start it; whatever becomes of the test, it ends with the thread that started it."""
        self.data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "services.cli", *self.words]
        self.process = start_child(command, self._output, self.environment)
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Leave nothing running, however the block ended."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    @property
    def _output(self) -> Path:
        return self.data.parent / f"{self.data.name}.out"

    @property
    def output(self) -> str:
        return self._output.read_text()

    def wait_until_ready(self) -> Self:
        deadline = time.monotonic() + LONGEST_START
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.output
            if self.readiness() == 200:
                return self
            time.sleep(0.05)
        raise AssertionError(f"not ready in time: {self.output}")

    def readiness(self) -> int | None:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=10).status_code
        except httpx.TransportError:
            return None

    def why_not_ready(self) -> str | None:
        """The reason that readiness gives, None where there is none or no answer."""
        try:
            reason: str | None = httpx.get(f"{self.url}/health/ready", timeout=10).json().get("reason")
        except httpx.TransportError:
            return None
        return reason

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    def ask(self, query: str) -> dict[str, Any]:
        return self._data_of(self._asked(query))

    def answer_to(self, query: str) -> dict[str, Any]:
        """The whole answer, with errors and what it cost."""
        answer: dict[str, Any] = self._asked(query).json()
        return answer

    def _asked(self, query: str) -> httpx.Response:
        return httpx.post(f"{self.url}/graphql", json={"query": query}, timeout=30)

    def _data_of(self, answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        assert "errors" not in document, document
        data: dict[str, Any] = document["data"]
        return data

    def post(self, service: str, event: dict[str, Any], name: str) -> httpx.Response:
        headers = {
            "Content-Type": "application/cloudevents+json",
            "Authorization": f"Bearer {self.token(name)}",
        }
        return httpx.post(f"{self.url}/{service}/v1/events", json=event, headers=headers, timeout=30)

    def get(self, path: str, name: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token(name)}"}
        return httpx.get(f"{self.url}{path}", headers=headers, timeout=30)

    def token(self, name: str) -> str:
        if name not in self._tokens:
            self._tokens[name] = self.command("token", "--as", name).stdout.strip()
        return self._tokens[name]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "services.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def wait_for(self, query: str, expected: dict[str, Any], seconds: float = 20) -> None:
        """Ask until the answer is as expected: what was posted becomes visible in a moment.

        At the very first nothing is released, which is 503.
        """
        deadline = time.monotonic() + seconds
        while (answer := self._asked(query)).status_code == 503 or self._data_of(answer) != expected:
            assert time.monotonic() < deadline, f"still {answer.text}, not {expected}"
            time.sleep(0.05)
