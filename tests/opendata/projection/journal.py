"""Composes events as a service would and puts them on a log, each with the facts before it."""

import uuid
from collections import defaultdict
from datetime import timedelta

import orjson

from services.chassis.log.port import OutgoingRecord
from services.contract.envelope import log_value, read_time, time_text
from services.contract.event_types import COMMAND_SERVICES, EVENT_TYPES, PREFIX, VERSION
from services.contract.facts import facts_after, previous_of
from services.contract.topics import HEARTBEATS, RELEASES, TopicGeneration, topic_of

BEGINNING = read_time("2024-06-21T12:00:00Z")


def person(number):
    """The settlement id of a person of a test."""
    return str(uuid.UUID(int=number + 1, version=4))


def ensure_topics(log):
    names = [f"bosatt.{service}" for service in COMMAND_SERVICES]
    log.ensure([TopicGeneration(name, 1) for name in (*names, HEARTBEATS, RELEASES)])
    log.ensure([topic_of("operations")])


class Composer:
    """Gives events their place in their stream: subject, version, previous, recorded time."""

    def __init__(self):
        self._streams = {}
        self._now = BEGINNING

    def compose(self, name, data, *, origin="reported", subject=None):
        """An event as it stands in a store, ready to be relayed."""
        event_type = EVENT_TYPES[f"{PREFIX}{name}.{VERSION}"]
        region = "NO" if event_type.region_field is None else data.get(event_type.region_field)
        subject = subject or f"{region}/{data.get('year')}"
        key, version, facts = self._streams.get((event_type.kind, subject), (region or "9999", 0, None))
        carried = {} if facts is None else {"previous": previous_of(name, facts, data)}
        recorded = self.next_moment()
        after = facts_after(name, facts, data, origin, recorded)
        self._streams[event_type.kind, subject] = key, version + 1, after
        return {
            "specversion": "1.0",
            "id": f"{event_type.kind}/{subject}/{version + 1}",
            "source": "urn:test",
            "type": event_type.full_name,
            "subject": subject,
            "datacontenttype": "application/json",
            "origin": origin,
            "partitionkey": key,
            "streamversion": version + 1,
            "recordedtime": recorded,
            "data": data | carried,
        }

    def state(self, kind, subject):
        """The state of a stream, None where it does not exist."""
        _, _, facts = self._streams.get((kind, subject), (None, 0, None))
        return None if facts is None else facts["state"]

    def next_moment(self):
        self._now += timedelta(seconds=1)
        return time_text(self._now)


class Journal:
    """A log with the events of all services on it, relayed without fault."""

    def __init__(self, log):
        self._log = log
        self._composer = Composer()
        self._producers = {}
        self._sequences = defaultdict(int)
        self._chains = defaultdict(int)
        self.last_recorded = ""

    def compose(self, name, data, *, origin="reported", subject=None):
        """An event that is recorded and not relayed yet."""
        return self._composer.compose(name, data, origin=origin, subject=subject)

    def next_moment(self):
        return self._composer.next_moment()

    def post(self, name, data, *, origin="reported", subject=None):
        """Compose one event and put it on the log at once."""
        event = self.compose(name, data, origin=origin, subject=subject)
        self.append([event])
        return event

    def settle(self, number, municipality="0301", settled_on="2024-05-17", origin="reported", **facts):
        data = {"municipality": municipality, "settledOn": settled_on, **facts}
        return self.post("person.settled", data, origin=origin, subject=person(number))

    def allocate(self, number, municipality="0301", allocated_on="2024-01-10", **facts):
        data = {"municipality": municipality, "allocatedOn": allocated_on, **facts}
        return self.post("person.allocated", data, subject=person(number))

    def accept(self, number, municipality="0301"):
        return self.post("allocation.accepted", {"municipality": municipality}, subject=person(number))

    def append(self, events):
        """Put composed events on the log, those of one topic in one send."""
        records = defaultdict(list)
        for event in events:
            topic = topic_of(EVENT_TYPES[event["type"]].service)
            records[topic].append(self._record(topic, event))
            self.last_recorded = max(self.last_recorded, event["recordedtime"])
        for topic, found in records.items():
            self._producer(topic).send(found)

    def append_value(self, topic_name, key, event):
        """Put on the log what no service would send, but in its place in the chain."""
        topic = topic_of(topic_name.removeprefix("bosatt."))
        self._producer(topic).send([self._record(topic, event, key)])

    def append_bytes(self, topic_name, key, value):
        """Put on the log what is in no chain."""
        topic = topic_of(topic_name.removeprefix("bosatt."))
        self._producer(topic).send([OutgoingRecord(topic.partition_of(key), key, value)])

    def repeat(self, record):
        """Put a record on the log once more, as a relay does after a send error."""
        topic = topic_of(EVENT_TYPES[orjson.loads(record.value)["type"]].service)
        key = record.key.decode()
        self._producer(topic).send([OutgoingRecord(topic.partition_of(key), key, record.value)])

    def heartbeat(self, service, through, **more):
        """Say what a relay says once all that its service has recorded is on the log."""
        topic = TopicGeneration(f"bosatt.{service}", 1)
        sequences = [self._chains[topic, number] for number in range(topic.partitions)]
        data = {
            "service": service,
            "generation": 1,
            "sequences": sequences,
            "recordedThrough": through,
            **more,
        }
        self.heartbeat_value(service, orjson.dumps({"data": data}))

    def heartbeat_value(self, service, value):
        beats = TopicGeneration(HEARTBEATS, 1)
        self._producer(beats).send([OutgoingRecord(beats.partition_of(service), service, value)])

    def heartbeats(self, through, **more):
        for service in COMMAND_SERVICES:
            self.heartbeat(service, through, **more)

    def _record(self, topic, event, key=None):
        key = key or event["partitionkey"]
        partition = topic.partition_of(key)
        self._sequences[topic] += 1
        sequence, previous = self._sequences[topic], self._chains[topic, partition]
        self._chains[topic, partition] = sequence
        return OutgoingRecord(partition, key, log_value(event, sequence, previous))

    def _producer(self, topic):
        if topic not in self._producers:
            self._producers[topic] = self._log.producer(topic, 1)
        return self._producers[topic]


def later(moment, seconds):
    """A recorded time some seconds after another."""
    return time_text(read_time(moment) + timedelta(seconds=seconds))
