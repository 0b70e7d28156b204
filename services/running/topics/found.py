"""What a log has of topics, asked of Kafka or of the embedded log."""
# mypy: allow-untyped-calls

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.chassis.log.port import EventLog, LogError, LogUnreachable
from services.contract.topics import TopicGeneration
from services.running.topics.wanted import WantedTopic

PREFIX = "bosatt."


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A topic as it is. A log that has no copies or settings says None and nothing of them."""

    name: str
    partitions: int
    replication: int | None
    settings: Mapping[str, str]


class Topics(Protocol):
    """The topics of a log. All raise `LogError`."""

    def found(self, wanted: Sequence[WantedTopic]) -> dict[str, FoundTopic]:
        """Those that are there, by name: the wanted ones and others of ours."""

    def create(self, topic: WantedTopic) -> None:
        """Make one that is not there."""

    def brokers(self) -> int | None:
        """How many brokers there are, None of a log that has none."""

    def close(self) -> None: ...


class EmbeddedTopics:
    """Of the embedded log, which keeps one copy and has no settings."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def found(self, wanted: Sequence[WantedTopic]) -> dict[str, FoundTopic]:
        known = {}
        for topic in wanted:
            try:
                ends = self._log.end_offsets(_generation(topic))
            except LogUnreachable:
                raise
            except LogError:
                # Not there, or with other partitions, which making it will say.
                continue
            known[topic.name] = FoundTopic(topic.name, len(ends), None, {})
        return known

    def create(self, topic: WantedTopic) -> None:
        self._log.ensure([_generation(topic)])

    def brokers(self) -> None:
        """The embedded log has none."""

    def close(self) -> None:
        self._log.close()


def _generation(topic: WantedTopic) -> TopicGeneration:
    return TopicGeneration(topic.name, 1, topic.partitions)


class KafkaTopics:
    """Of Kafka's brokers."""

    def __init__(self, bootstrap: str) -> None:
        # Only who uses Kafka waits for its client to be imported.
        import kafka  # noqa: PLC0415

        from services.chassis.log.kafka.client import open_client  # noqa: PLC0415
        from services.chassis.log.kafka.faults import log_faults  # noqa: PLC0415

        self._faults = log_faults
        self._admin: Any = open_client(kafka.KafkaAdminClient, {"bootstrap_servers": bootstrap})

    def found(self, wanted: Sequence[WantedTopic]) -> dict[str, FoundTopic]:
        from kafka.admin import ConfigResource, ConfigResourceType  # noqa: PLC0415

        with self._faults():
            present = {
                topic["name"]: topic["partitions"]
                for topic in self._admin.describe_topics()
                if topic["name"].startswith(PREFIX)
            }
            if not present:
                return {}
            resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in present]
            settings = self._admin.describe_configs(resources, config_filter="all")["topic"]
        return {
            name: FoundTopic(
                name,
                len(partitions),
                min(len(one["replica_nodes"]) for one in partitions),
                {key: str(value["value"]) for key, value in settings[name].items()},
            )
            for name, partitions in present.items()
        }

    def create(self, topic: WantedTopic) -> None:
        options = {
            "num_partitions": topic.partitions,
            "replication_factor": topic.replication,
            "configs": dict(topic.settings),
        }
        brokers = self.brokers()
        if brokers < topic.replication:
            raise LogError(
                f"{topic.name} is to have {topic.replication} copies, and the cluster has "
                f"{brokers} brokers. Start more, or say --replication {brokers}."
            )
        with self._faults():
            self._admin.create_topics({topic.name: options}, wait_for_metadata=True)

    def brokers(self) -> int:
        """How many brokers there are."""
        with self._faults():
            return len(self._admin.describe_cluster()["brokers"])

    def close(self) -> None:
        self._admin.close()
