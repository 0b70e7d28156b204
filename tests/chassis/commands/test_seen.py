"""What a service has seen of others' facts."""

from services.chassis.commands.seen import Seen, observing
from services.chassis.consuming.consumer_loop import Applied
from services.chassis.log.port import Partition, PlainRecord
from services.contract.topics import TopicGeneration

PARTITION = Partition(TopicGeneration("bosatt.requests", 1), 0)


def test_what_was_not_seen_is_none(decisions):
    with decisions.database.read() as connection:
        assert Seen(decisions.database, connection).get("request", "0301", 2024) is None


def test_the_latest_that_was_put_is_got(decisions):
    with decisions.database.write() as connection:
        seen = Seen(decisions.database, connection)
        seen.put("request", "0301", 2024, {"inForce": True})
        seen.put("request", "0301", 2024, {"inForce": False})
        seen.put("request", "0301", 2023, {"inForce": True})

        assert seen.get("request", "0301", 2024) == {"inForce": False}
        assert seen.get("decision", "0301", 2024) is None


def test_what_was_put_is_kept_at_the_end_and_read_by_others(decisions):
    for persons in (1, 2):
        with decisions.database.write() as connection:
            seen = Seen(decisions.database, connection)
            seen.put("decision", "0301", 2024, {"persons": 0})
            seen.put("decision", "0301", 2024, {"persons": persons})
            seen.put("decision", "4601", 2024, {"persons": persons})
            seen.keep()

    with decisions.database.read() as connection:
        seen = Seen(decisions.database, connection)
        assert seen.get("decision", "0301", 2024) == {"persons": 2}
        assert seen.get("decision", "4601", 2024) == {"persons": 2}


def test_every_event_of_a_batch_is_observed_in_order(decisions):
    found = []
    records = [PlainRecord(n, b"0301", b'{"id":%d}' % n) for n in (1, 2, 3)]
    events = [Applied(PARTITION, record.offset, "", None, record) for record in records]

    with decisions.database.write() as connection:
        observing(decisions.database, lambda _seen, event: found.append(event["id"]))(connection, events)

    assert found == [1, 2, 3]
