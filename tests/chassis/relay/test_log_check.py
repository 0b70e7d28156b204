"""A store that was restored from an old back-up stays closed; nothing is sequenced unchecked."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from services.chassis.commands.handler import CommandHandler
from services.chassis.database import Database
from services.chassis.log.port import Fenced, LogUnreachable, OutgoingRecord
from services.chassis.problems import Problem
from services.chassis.relay import Relay
from services.chassis.store import EventStore
from services.contract.codes import Role
from services.contract.entitlements import Caller
from services.settlements.service import DOMAIN
from tests.chassis.relay.bench import BERGEN, OSLO, TOPIC, Bench, failing
from tests.chassis.store.samples import Clock
from tests.flow.faulty_log import FaultyLog
from tests.servers.backups import Backups

Restore = Callable[[str], Bench]


@pytest.fixture
def restored(store: EventStore, log: FaultyLog, clock: Clock, backups: Backups) -> Iterator[Restore]:
    opened = []

    def put_back(taken: str) -> Bench:
        backups.put_back(store.database, taken)
        opened.append(Database(store.database.url))
        return Bench(EventStore(opened[-1], clock), log, clock)

    yield put_back
    for database in opened:
        database.close()


def relayed(bench: Bench, *keys: str, holder: str = "one") -> Relay:
    bench.append(*keys)
    relay = bench.relay(holder)
    relay.step()
    return relay


def handle(bench: Bench) -> None:
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/tests",
        "type": "no.bosatt.person.settled.v1",
        "subject": str(uuid4()),
        "data": {"municipality": OSLO, "settledOn": "2024-02-29"},
    }
    handler = CommandHandler(TOPIC, DOMAIN, bench.store, bench.clock)
    handler.handle(event, Caller(Role.IMPORTER))


def test_where_the_log_holds_more_than_the_store_nothing_is_sequenced_or_sent(
    bench: Bench, restored: Restore, backups: Backups
) -> None:
    relay = relayed(bench, OSLO, BERGEN)
    backup = backups.take(bench.store.database)
    bench.append(OSLO, OSLO)
    relay.step()
    relay.close()

    late = restored(backup)
    late.append(BERGEN)
    late.clock.move(11)  # the back-up holds the old relay's lease
    sends = len(late.log.sends)
    stepped = [late.relay("two").step() for _ in range(2)]

    assert stepped == [False, False]
    assert late.closed() == "The log holds events up to sequence 4, the store only up to 2."
    assert late.sequences() == [1, 2]
    assert len(late.log.sends) == sends


def test_a_closed_service_refuses_commands(bench: Bench, restored: Restore, backups: Backups) -> None:
    relayed(bench, OSLO).close()
    backup = backups.take(bench.store.database)
    relayed(bench, OSLO, holder="two").close()
    late = restored(backup)
    handle(late)
    late.relay("three").step()

    with pytest.raises(Problem) as refused:
        handle(late)

    assert (refused.value.status, refused.value.kind) == (503, "closed")
    assert "bosatt restore" in refused.value.detail


def test_a_relay_whose_tokens_were_restored_too_closes_at_its_first_step(
    bench: Bench, restored: Restore, backups: Backups
) -> None:
    relayed(bench, OSLO).close()
    backup = backups.take(bench.store.database)
    for number in range(4):
        relayed(bench, OSLO, holder=f"later-{number}").close()

    late = restored(backup)

    assert isinstance(failing(late.relay("restored")), Fenced)
    assert late.closed() is not None


def test_a_relay_whose_tokens_are_behind_leads_once_they_have_caught_up(bench: Bench, log: FaultyLog) -> None:
    log.producer(TOPIC, 3)
    relay = bench.relay()
    bench.append(OSLO)

    for _ in range(2):
        assert isinstance(failing(relay), Fenced)
    relay.step()

    assert bench.closed() is None
    assert bench.cursor() == 1


def test_a_closed_leader_keeps_the_lease_and_goes_on_once_the_store_is_filled(bench: Bench) -> None:
    relayed(bench, OSLO).close()
    with bench.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE relays SET last_sequence = 0, cursor = 0")
        connection.exec_driver_sql("UPDATE chains SET acknowledged_offset = -1, last_sequence = 0")
    relay = bench.relay("two", lease_seconds=0.0001)
    relay.step()
    closed = bench.closed()
    still = [relay.step() for _ in range(2)]

    with bench.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE relays SET last_sequence = 1, cursor = 1")
        connection.exec_driver_sql(
            "UPDATE chains SET acknowledged_offset = 0, last_sequence = 1"
            f" WHERE partition = {TOPIC.partition_of(OSLO)}"
        )
    bench.append(OSLO)
    relay.step()

    assert closed is not None
    assert still == [False, False]
    assert bench.closed() is None
    assert bench.on_log()[TOPIC.partition_of(OSLO)] == [(0, 1), (1, 2)]


def test_a_closed_leader_does_not_look_at_the_log_at_every_step(bench: Bench) -> None:
    relayed(bench, OSLO).close()
    with bench.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE relays SET last_sequence = 0")
        connection.exec_driver_sql("UPDATE chains SET acknowledged_offset = -1")
    relay = bench.relay("two")
    relay.step()
    bench.log.down = True

    assert relay.step() is False


def test_while_the_log_is_out_of_reach_at_start_events_are_accepted_and_not_sequenced(bench: Bench) -> None:
    bench.log.down = True
    relay = bench.relay()
    bench.append(OSLO)
    handle(bench)

    assert isinstance(failing(relay), LogUnreachable)
    unchecked = bench.sequences()
    bench.log.down = False
    relay.step()

    assert unchecked == []
    assert bench.cursor() == 2


def test_a_relay_that_can_not_read_the_log_lets_another_try(bench: Bench) -> None:
    bench.append(OSLO)
    unlucky = bench.relay("unlucky")

    class Deaf(FaultyLog):
        def read(self, *_args):
            raise LogUnreachable("deaf")

    unlucky._log = Deaf(bench.log._log)
    failing(unlucky)

    bench.relay("lucky").step()

    assert bench.cursor() == 1


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b'{"sequence": null}', b'{"id": "a"}'])
def test_what_no_relay_wrote_says_nothing_about_the_store(bench: Bench, value: bytes) -> None:
    bench.log._log.producer(TOPIC, 0).send([OutgoingRecord(0, OSLO, value)])

    bench.relay().step()

    assert bench.closed() is None


def test_reading_goes_on_to_the_very_end_of_each_partition(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.relay.log_check.READ_AT_ONCE", 2)
    relayed(bench, *[OSLO] * 5).close()
    with bench.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE relays SET last_sequence = 4")
        connection.exec_driver_sql("UPDATE chains SET acknowledged_offset = -1")

    bench.relay("two").step()

    assert bench.closed() == "The log holds events up to sequence 5, the store only up to 4."
