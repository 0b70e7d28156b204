"""What topics are to be, as a file says."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import services
from services.contract.topics import TopicGeneration
from services.running.topics import needed_topics

DEFAULT_FILE = Path(services.__file__).parents[1] / "deploy" / "kafka" / "topics.toml"

IN_SYNC = "min.insync.replicas"

_KEYS = {"name", "partitions", "replication", "settings"}


class BadFile(Exception):
    """The file of topics can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class WantedTopic:
    """A topic as it is to be; settings bear Kafka's names, and their values are as Kafka writes them."""

    name: str
    partitions: int
    replication: int
    settings: Mapping[str, str]

    def as_generation(self, topic: TopicGeneration) -> "WantedTopic":
        """The same as another generation, with that one's partitions."""
        return replace(self, name=topic.name, partitions=topic.partitions)

    def with_replication(self, replication: int) -> "WantedTopic":
        """The same with another number of copies, and as many in step as one away leaves."""
        in_sync = min(int(self.settings.get(IN_SYNC, "1")), max(1, replication - 1))
        return replace(self, replication=replication, settings={**self.settings, IN_SYNC: str(in_sync)})


def read_wanted(file: Path = DEFAULT_FILE) -> list[WantedTopic]:
    """The topics of a file. Raises `BadFile` where they are not all that the services need."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(f"{file} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise BadFile(f"{file} is not TOML: {error}.") from None
    wanted = [_topic(file, entry) for entry in document.get("topic", [])]
    _check(file, {topic.name: topic.partitions for topic in wanted})
    return wanted


def _topic(file: Path, entry: Mapping[str, Any]) -> WantedTopic:
    unknown = sorted(entry.keys() - _KEYS)
    if unknown:
        raise BadFile(f"{file}: a topic has no {', '.join(unknown)}.")
    match entry:
        case {"name": str(name), "partitions": int(partitions), "replication": int(replication)} if (
            partitions > 0 and replication > 0
        ):
            settings = {key: _as_kafka(value) for key, value in entry.get("settings", {}).items()}
            return WantedTopic(name, partitions, replication, settings)
        case _:
            raise BadFile(f"{file}: each topic needs a name, partitions and replication above 0.")


def _as_kafka(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check(file: Path, partitions: Mapping[str, int]) -> None:
    for topic in needed_topics():
        found = partitions.get(topic.name)
        if found is None:
            raise BadFile(f"{file} lacks {topic.name}, which the services need.")
        if found != topic.partitions:
            raise BadFile(
                f"{file} says {found} partitions for {topic.name}, but the services compute with "
                f"{topic.partitions}. To change that is: bosatt topics grow."
            )
