"""The settings of a broker on this machine. Everything that matters is said, nothing left to defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.running.servers.ports import LOOPBACK


@dataclass(frozen=True, slots=True)
class Node:
    """One broker, a controller too: its number from 1 on, its ports and its directory."""

    number: int
    port: int
    controller_port: int
    directory: Path

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"


def broker_settings(node: Node, nodes: Sequence[Node]) -> dict[str, str]:
    """Settings of one of the ``nodes``: of three or more, any one may be away and nothing is lost."""
    replication = min(3, len(nodes))
    in_sync = max(1, replication - 1)
    return {
        **_addresses(node, nodes),
        # Topics are made by us, with their partitions; a misspelt one is an error.
        "auto.create.topics.enable": "false",
        "delete.topic.enable": "true",
        "default.replication.factor": str(replication),
        "min.insync.replicas": str(in_sync),
        "unclean.leader.election.enable": "false",
        # Events are kept for ever.
        "log.retention.ms": "-1",
        "log.retention.bytes": "-1",
        "message.max.bytes": "1048588",
        # The offsets topic holds no offsets of ours; groups live in it.
        "offsets.topic.replication.factor": str(replication),
        "offsets.topic.num.partitions": "3",
        "transaction.state.log.replication.factor": str(replication),
        "transaction.state.log.min.isr": str(in_sync),
        "transaction.state.log.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": str(replication),
        "share.coordinator.state.topic.min.isr": str(in_sync),
        "share.coordinator.state.topic.num.partitions": "1",
        # A group shares out at once, and may notice early that a member has died.
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "500",
        "group.max.session.timeout.ms": "1800000",
        # Others take over soon from a broker that has died.
        "broker.heartbeat.interval.ms": "300",
        "broker.session.timeout.ms": "1500" if len(nodes) == 1 else "3000",
        "replica.lag.time.max.ms": "5000",
        "controller.quorum.election.timeout.ms": "500",
        "controller.quorum.fetch.timeout.ms": "1000",
        # Small, for a laptop.
        "num.network.threads": "2",
        "num.io.threads": "4",
        "num.recovery.threads.per.data.dir": "1",
        "log.cleaner.threads": "1",
        "log.cleaner.dedupe.buffer.size": "4194304",
        "log.segment.bytes": str(256 << 20),
    }


def as_properties(settings: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _addresses(node: Node, nodes: Sequence[Node]) -> dict[str, str]:
    return {
        "node.id": str(node.number),
        "process.roles": "broker,controller",
        "controller.quorum.voters": ",".join(
            f"{one.number}@{LOOPBACK}:{one.controller_port}" for one in nodes
        ),
        "listeners": f"PLAINTEXT://{node.address},CONTROLLER://{LOOPBACK}:{node.controller_port}",
        "advertised.listeners": f"PLAINTEXT://{node.address}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(node.directory / "log"),
    }
