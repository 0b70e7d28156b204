"""A store restored from an old back-up gets back from the log what it lacks, or nothing at all."""

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from services.chassis.commands.handler import CommandHandler
from services.chassis.commands.receipts import Outcome
from services.chassis.database import Database
from services.chassis.log.embedded import EmbeddedLog
from services.chassis.log.port import OutgoingRecord
from services.chassis.relay.heartbeat import Heartbeats
from services.chassis.relay.relay import Relay, RelaySettings
from services.chassis.relay.restore import CantRestore, restore
from services.chassis.store import EventStore
from services.chassis.store.order import in_order
from services.chassis.store.tables import chains, events, relays, sequenced, streams
from services.contract.codes import Role
from services.contract.entitlements import Caller
from services.contract.topics import HEARTBEATS, TopicGeneration
from services.requests.service import DOMAIN
from tests.chassis.store.samples import new_event
from tests.servers.backups import Backups
from tests.servers.databases import BOTH, POSTGRESQL, new_url, prepare_store

pytestmark = pytest.mark.usefixtures("patient_sessions")

TOPIC = TopicGeneration("bosatt.requests", 1)
BEATS = TopicGeneration(HEARTBEATS, 1)
IMDI = Caller(Role.DIRECTORATE)


class Service:
    """A requests service, which can be put back to an older state of its store."""

    def __init__(
        self, url: str, log: EmbeddedLog, backups: Backups, opened: list[Database] | None = None
    ) -> None:
        self.log = log
        self.backups = backups
        self.store = EventStore(Database(url))
        self.opened = [] if opened is None else opened
        self.opened.append(self.store.database)
        self.store.migrate()
        self.handler = CommandHandler(TOPIC, DOMAIN, self.store)

    def post(self, event: dict[str, Any]) -> Outcome:
        return self.handler.handle(event, IMDI).status

    def relay(self) -> None:
        relay = Relay(
            "requests",
            self.store,
            self.log,
            TOPIC,
            RelaySettings(holder=uuid.uuid4().hex),
            Heartbeats("requests", BEATS),
        )
        while relay.step():
            pass
        relay.close()

    def back_up(self) -> str:
        return self.backups.take(self.store.database)

    def put_back(self, backup: str) -> "Service":
        self.backups.put_back(self.store.database, backup)
        return Service(self.store.database.url, self.log, self.backups, self.opened)

    def rows(self) -> dict[str, list[Any]]:
        """All that a relay or a later command goes by."""
        with self.store.database.read() as connection:
            return {
                "events": connection.execute(
                    select(
                        events.c.kind, events.c.subject, events.c.version, events.c.digest, events.c.content
                    ).order_by(*in_order(connection))
                ).all(),
                "streams": sorted(connection.execute(select(streams)).all()),
                "sequenced": connection.execute(
                    select(
                        sequenced.c.sequence,
                        sequenced.c.partition,
                        sequenced.c.previous_sequence,
                        events.c.subject,
                        events.c.version,
                    )
                    .join(events, events.c.position == sequenced.c.position)
                    .order_by(sequenced.c.sequence)
                ).all(),
                "chains": sorted(connection.execute(select(chains)).all()),
                "relay": connection.execute(
                    select(relays.c.cursor, relays.c.last_sequence, relays.c.closed)
                ).all(),
            }


@pytest.fixture(params=BOTH)
def service(request: pytest.FixtureRequest, tmp_path: Path, backups: Backups) -> Iterator[Service]:
    log = EmbeddedLog(f"sqlite:///{tmp_path / 'log.db'}")
    log.ensure([TOPIC, BEATS])
    service = Service(new_url(request, request.param, tmp_path / "store.db", prepare_store), log, backups)
    yield service
    for database in service.opened:
        database.close()
    log.close()


def need(year: int, persons: int, status: str = "issued") -> dict[str, Any]:
    data = {"year": year, "persons": persons, "announcedOn": "2023-05", "status": status}
    return event("need.announced", data)


def figure(measure: str, persons: int) -> dict[str, Any]:
    data = {
        "region": "NO",
        "year": 2020,
        "measure": measure,
        "status": "exact",
        "persons": persons,
        "publishedOn": "2021",
        "sourceName": "A page",
    }
    return event("figure.published", data)


def request(municipality: str) -> dict[str, Any]:
    data = {"municipality": municipality, "year": 2024, "persons": 10, "issuedOn": "2023"}
    return event("request.issued", data)


def event(name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "urn:test",
        "type": f"no.bosatt.{name}.v1",
        "data": data,
    }


def test_it_holds_again_what_it_held(service: Service) -> None:
    for early in (need(2020, 5120), figure("settled", 4000), request("0301")):
        service.post(early)
    service.relay()
    backup = service.back_up()
    lost = [
        need(2020, 3600, "revised"),
        figure("spare_capacity", 1300),
        figure("settled", 4001),
        request("4601"),
    ]
    for late in lost:
        service.post(late)
    service.relay()
    before = service.rows()

    restored = service.put_back(backup)
    restored.relay()
    assert restored.rows()["relay"][0].closed is not None
    count = restore(restored.store, restored.log, TOPIC)

    assert count == 4
    assert restored.rows() == before
    assert [restored.post(late) for late in lost] == [Outcome.DUPLICATE] * 4
    restored.post(request("5001"))
    restored.relay()
    assert restored.rows()["relay"][0].last_sequence == 8


@pytest.mark.parametrize(
    "garbage", [b"", b"{", b"[]", b'{"sequence":"two"}', b'{"sequence":9,"previoussequence":8}']
)
def test_what_no_relay_wrote_is_passed_over(service: Service, garbage: bytes) -> None:
    service.post(request("0301"))
    service.relay()
    backup = service.back_up()
    service.post(request("4601"))
    service.relay()
    with service.store.database.read() as connection:
        token = connection.scalar(select(relays.c.token))
    producer = service.log.producer(TOPIC, token or 0)
    producer.send([OutgoingRecord(number, "0301", garbage) for number in range(TOPIC.partitions)])
    restored = service.put_back(backup)
    restored.relay()

    assert restore(restored.store, restored.log, TOPIC) == 1


def test_a_store_that_lacks_nothing_is_only_opened(service: Service) -> None:
    service.post(request("0301"))
    service.relay()
    before = service.rows()

    assert restore(service.store, service.log, TOPIC) == 0
    assert service.rows() == before


def test_what_it_took_before_it_was_closed_comes_after_what_was_lost(service: Service) -> None:
    service.post(request("0301"))
    service.relay()
    backup = service.back_up()
    service.post(request("4601"))
    service.relay()
    restored = service.put_back(backup)
    restored.post(request("5001"))

    restored.relay()
    restore(restored.store, restored.log, TOPIC)
    restored.relay()

    order = [row.subject for row in restored.rows()["events"]]
    assert order == ["0301/2024", "4601/2024", "5001/2024"]
    assert restored.rows()["relay"][0].cursor == 3
    assert sum(restored.log.end_offsets(TOPIC)) == 3


def test_a_stream_that_went_two_ways_is_told_and_nothing_is_changed(service: Service) -> None:
    service.post(need(2020, 5120))
    service.relay()
    backup = service.back_up()
    service.post(need(2020, 3600, "revised"))
    service.relay()
    restored = service.put_back(backup)
    restored.post(need(2020, 3700, "revised"))
    restored.relay()
    before = restored.rows()

    with pytest.raises(CantRestore, match="taken events since"):
        restore(restored.store, restored.log, TOPIC)

    assert restored.rows() == before


def test_a_log_with_a_hole_restores_nothing(service: Service) -> None:
    service.post(request("0301"))
    service.relay()
    backup = service.back_up()
    for municipality in ("4601", "5001", "1103"):
        service.post(request(municipality))
    service.relay()
    with service.log._database.write() as connection:
        from services.chassis.log.embedded.tables import records

        gone = b'"sequence":"00000000000000000003"'
        rows = connection.execute(select(records)).all()
        for row in rows:
            if gone in row.value:
                connection.execute(
                    delete(records).where(
                        records.c.topic_id == row.topic_id,
                        records.c.partition == row.partition,
                        records.c.offset == row.offset,
                    )
                )
    restored = service.put_back(backup)
    restored.relay()
    before = restored.rows()

    with pytest.raises(CantRestore, match="does not hold sequence 3"):
        restore(restored.store, restored.log, TOPIC)

    assert restored.rows() == before


def test_events_that_waited_when_the_backup_was_made_and_were_relayed_since_keep_their_caller(
    service: Service,
) -> None:
    service.post(request("0301"))
    service.relay()
    waited = [need(2020, 5120), request("4601")]
    for one in waited:
        service.post(one)
    backup = service.back_up()
    service.post(need(2020, 3600, "revised"))
    service.relay()
    before = service.rows()

    restored = service.put_back(backup)
    restored.relay()
    count = restore(restored.store, restored.log, TOPIC)

    assert count == 3
    assert restored.rows() == before
    assert [restored.post(one) for one in waited] == [Outcome.DUPLICATE] * 2
    with restored.store.transaction() as tx:
        assert tx.receipt("anybody", waited[0]["source"], waited[0]["id"]) is None


def test_what_is_stored_afterwards_is_recorded_after_what_was_restored(service: Service) -> None:
    service.post(request("0301"))
    service.relay()
    backup = service.back_up()
    service.post(request("4601"))
    service.relay()
    last = recorded(service)[-1]
    restored = service.put_back(backup)
    restored.relay()
    restore(restored.store, restored.log, TOPIC)

    restored.post(request("5001"))

    assert recorded(restored)[-1] > last


def test_a_relay_that_prolongs_its_lease_meanwhile_does_not_undo_it(service: Service) -> None:
    service.post(request("0301"))
    service.relay()
    backup = service.back_up()
    service.post(request("4601"))
    service.relay()
    restored = service.put_back(backup)
    closed = Relay(
        "requests",
        restored.store,
        restored.log,
        TOPIC,
        RelaySettings("closed", lease_seconds=0.0001),
        Heartbeats("requests", BEATS),
    )
    closed.step()

    with ThreadPoolExecutor(1) as pool:
        ended = threading.Event()
        steps = pool.submit(lambda: [closed.step() for _ in iter(ended.is_set, True)])
        count = restore(restored.store, restored.log, TOPIC)
        ended.set()
        steps.result()

    assert count == 1
    assert restored.rows()["relay"][0].closed is None


def test_without_a_relay_that_ever_led_the_text_says_what_to_do(service: Service) -> None:
    with pytest.raises(CantRestore, match="bosatt relay requests"):
        restore(service.store, service.log, TOPIC)


@pytest.mark.parametrize("service", [POSTGRESQL], indirect=True)
def test_what_an_open_transaction_stores_after_the_store_was_filled_is_sequenced_too(
    service: Service,
) -> None:
    service.post(request("0301"))
    service.relay()
    backup = service.back_up()
    service.post(request("4601"))
    service.relay()
    restored = service.put_back(backup)
    restored.relay()

    with restored.store.transaction() as tx:
        # It has its transaction id and its view of the store; the restored events have higher ids.
        tx.look("imdi", "urn:test", "late", "requests", "5001/2024")
        restore(restored.store, restored.log, TOPIC)
        tx.append(new_event("5001/2024", kind="requests", partition_key="5001"))
    restored.relay()

    assert [row.subject for row in restored.rows()["sequenced"]] == ["0301/2024", "4601/2024", "5001/2024"]


def recorded(service: Service) -> list[str]:
    with service.store.database.read() as connection:
        query = select(events.c.recorded_time).order_by(*in_order(connection))
        return list(connection.execute(query).scalars())
