"""Which generation of each topic is in force, as the log itself tells everybody."""

import threading

import orjson
from marshmallow import EXCLUDE, ValidationError

from services.chassis.log.port import EventLog
from services.contract.event_types import EVENT_TYPES, PREFIX, VERSION
from services.contract.topics import TopicGeneration, topic_of

OPERATIONS = topic_of("operations")
SWITCHED = f"{PREFIX}generation.switched.{VERSION}"
READ_AT_ONCE = 500


class Switches:
    """Follows the announcements on the topic of operations. For several threads."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._offset = 0
        self._known: dict[str, TopicGeneration] = {}
        self._lock = threading.Lock()

    def in_force(self, service: str) -> TopicGeneration:
        """The generation of a service's topic that is in force; raises `LogError`."""
        first = topic_of(service)
        with self._lock:
            self._read_on()
            return self._known.get(first.topic, first)

    def _read_on(self) -> None:
        while records := self._log.read(OPERATIONS, 0, self._offset, READ_AT_ONCE):
            for record in records:
                self._note(record.value)
            self._offset = records[-1].offset + 1

    def _note(self, value: bytes) -> None:
        try:
            event = orjson.loads(value)
            if event["type"] != SWITCHED:
                return
            data = EVENT_TYPES[SWITCHED].loader.load(event["data"], unknown=EXCLUDE)
        except (ValueError, KeyError, TypeError, ValidationError):
            # Not one of ours: nothing is concluded from it.
            return
        topic = TopicGeneration(data["topic"], data["generation"], data["partitions"])
        if topic.generation > self._known.get(topic.topic, TopicGeneration(topic.topic, 1)).generation:
            self._known[topic.topic] = topic
