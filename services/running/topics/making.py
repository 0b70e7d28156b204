"""Make topics as they are to be, or say in what they differ. Nothing that exists is changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.chassis.settings import Settings
from services.running.resources import open_log
from services.running.topics.found import EmbeddedTopics, FoundTopic, KafkaTopics, Topics
from services.running.topics.wanted import WantedTopic, read_wanted


class Standing(StrEnum):
    MADE = "made"
    FOUND = "found"
    MISSING = "missing"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it stands with a topic, and in what it differs from what it is to be."""

    name: str
    standing: Standing
    differences: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return self.standing in (Standing.MADE, Standing.FOUND)


def open_topics(settings: Settings) -> Topics:
    """The topics of the log that is configured. Raises `LogUnreachable`."""
    if settings.kafka is not None:
        return KafkaTopics(settings.kafka)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return EmbeddedTopics(open_log(settings))


def make_all(settings: Settings) -> list[Outcome]:
    """Make what the services need, with as many copies as are wanted or there are brokers for.

    Raises `LogError`, and `BadFile` where the file of topics can't be used.
    """
    wanted = read_wanted()
    topics = open_topics(settings)
    try:
        brokers = topics.brokers()
        if brokers is not None:
            wanted = [topic.with_replication(min(brokers, topic.replication)) for topic in wanted]
        return create(topics, wanted)
    finally:
        topics.close()


def create(topics: Topics, wanted: Sequence[WantedTopic]) -> list[Outcome]:
    """Make those that are not there. Raises `LogError` where one can't be made."""
    found = topics.found(wanted)
    outcomes = []
    for topic in wanted:
        if topic.name in found:
            outcomes.append(_compare(topic, found[topic.name]))
        else:
            topics.create(topic)
            outcomes.append(Outcome(topic.name, Standing.MADE))
    return outcomes


def check(topics: Topics, wanted: Sequence[WantedTopic]) -> list[Outcome]:
    """Look, and change nothing. Raises `LogError`."""
    found = topics.found(wanted)
    return [
        _compare(topic, found[topic.name]) if topic.name in found else Outcome(topic.name, Standing.MISSING)
        for topic in wanted
    ]


def _compare(wanted: WantedTopic, found: FoundTopic) -> Outcome:
    differences = tuple(_differences(wanted, found))
    standing = Standing.DIFFERENT if differences else Standing.FOUND
    return Outcome(wanted.name, standing, differences)


def _differences(wanted: WantedTopic, found: FoundTopic) -> Iterator[str]:
    if found.partitions != wanted.partitions:
        yield f"{found.partitions} partitions, not {wanted.partitions}"
    if found.replication is None:
        return
    if found.replication != wanted.replication:
        yield f"replication {found.replication}, not {wanted.replication}"
    for name, value in wanted.settings.items():
        if found.settings.get(name) != value:
            yield f"{name} is {found.settings.get(name)}, not {value}"
