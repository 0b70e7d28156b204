"""Which processes there are, on which ports, with which environment."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.chassis.http.serving import CannotListen, check_address
from services.chassis.settings import Settings
from services.contract.event_types import COMMAND_SERVICES
from services.running.distributed.kept import Program
from services.running.processes import SERVICES, UPLOAD
from services.running.servers import CantStart
from services.running.servers.ports import LOOPBACK, free_ports

FRONT = "front"
PROJECTORS = 2

STORES = (*COMMAND_SERVICES, "opendata", "operations")
TOTALS = ("projection", "releases")
"""Which databases lie on which of the two servers."""

_OURS = ("PORT", "BOSATT_OPS_PORT", "BOSATT_URL", "BOSATT_HOST")


@dataclass(frozen=True, slots=True)
class Plan:
    """Processes by name: those before all others stand behind, and the front that is started last."""

    behind: Mapping[str, Program]
    front: Program


def home_of(settings: Settings) -> Path:
    """Where everything of the distributed system lies."""
    return settings.data / "distributed"


def plan(settings: Settings, addresses: Mapping[str, str]) -> Plan:
    """The processes, given the addresses of log and databases as environment variables.

    Ports follow the front's; where one is taken another is found. Raises `CantStart`.
    """
    home = home_of(settings)
    words: dict[str, Sequence[str]] = {name: ("serve", name) for name in SERVICES}
    words |= {f"relay-{name}": ("relay", name) for name in COMMAND_SERVICES}
    words |= {f"projector-{number}": ("project",) for number in range(1, PROJECTORS + 1)}
    ports = dict(zip(words, _ports(settings.port, len(words)), strict=True))
    common = {
        **{name: value for name, value in os.environ.items() if name not in _OURS},
        **addresses,
        "BOSATT_DATA": str(home),
        "BOSATT_HOST": LOOPBACK,
        # Who stops all of it stops the front first: nobody sends anything any more.
        "BOSATT_DRAIN_SECONDS": "0",
    }
    if not settings.on_loopback:
        # The front tells those behind it by whom it was asked.
        common["BOSATT_TRUSTED_PROXIES"] = str(settings.trusted_proxies + 1)

    # The page for caseworkers posts as any client does: through the front.
    outside = {UPLOAD: {"BOSATT_URL": f"http://{LOOPBACK}:{settings.port}"}}

    def program(name: str, what: Sequence[str], port: int) -> Program:
        environment = {**common, "PORT": str(port), **outside.get(name, {})}
        return Program(what, port, environment, home / "logs" / f"{name}.log")

    behind = {name: program(name, what, ports[name]) for name, what in words.items()}
    options = [
        option
        for name, port in ports.items()
        for option in ("--backend" if name in SERVICES else "--watch", f"{name}=http://{LOOPBACK}:{port}")
    ]
    return Plan(behind, program(FRONT, ("front", *options), settings.port))


def _ports(front: int, count: int) -> list[int]:
    ports = []
    for port in range(front + 1, front + 1 + count):
        try:
            check_address(LOOPBACK, port)
            ports.append(port)
        except (CannotListen, OverflowError):
            try:
                ports += free_ports(1)
            except OSError as error:
                raise CantStart(str(error)) from None
    return ports
