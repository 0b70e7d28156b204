"""The topics that Bosatt needs: what they are to be, what a log has, and making them so."""

from services.contract.event_types import COMMAND_SERVICES
from services.contract.topics import TopicGeneration, topic_of


def needed_topics() -> list[TopicGeneration]:
    """Every topic, in the generation in force."""
    return [topic_of(name) for name in (*COMMAND_SERVICES, "releases", "operations", "heartbeats")]
