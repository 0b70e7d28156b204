"""A topic's generations: filled beside the one in force, then in its place."""

import pytest

from services.chassis.relay.generations import (
    CantGrow,
    begin_filling,
    filling,
    in_force,
    put_in_force,
    relayed,
)
from services.chassis.relay.outbox import backlog
from services.chassis.relay.relay import Relay
from services.chassis.relay.relays import Relays
from services.contract.topics import TopicGeneration
from tests.chassis.relay.bench import BERGEN, OSLO, SERVICE, STAVANGER, TOPIC, Bench
from tests.chassis.relay.chains import links_on

SECOND = TopicGeneration(TOPIC.topic, 2, 5)


def relays_of(bench: Bench) -> Relays:
    return Relays(bench.store, TOPIC, lambda topic: bench.relay(topic=topic))


def known(bench: Bench) -> tuple[TopicGeneration, TopicGeneration | None, list[TopicGeneration]]:
    with bench.store.database.read() as connection:
        return in_force(connection, TOPIC), filling(connection, TOPIC), relayed(connection, TOPIC)


def test_before_anything_was_relayed_the_first_is_in_force(bench: Bench) -> None:
    assert known(bench) == (TOPIC, None, [TOPIC])


def test_a_generation_is_filled_with_everything_beside_the_one_in_force(bench: Bench) -> None:
    relays = relays_of(bench)
    bench.append(OSLO, BERGEN, STAVANGER)
    relays.step()
    bench.log.ensure([SECOND])
    begin_filling(bench.store.database, TOPIC, 5)
    relays.look_now()

    bench.append(OSLO)
    relays.step()

    assert known(bench) == (TOPIC, SECOND, [TOPIC, SECOND])
    assert [sequence for _, sequence in links_on(bench.log, TOPIC)] == [1, 2, 3, 4]
    assert [sequence for _, sequence in links_on(bench.log, SECOND)] == [1, 2, 3, 4]
    assert backlog(bench.store.database, 2).events == 0


def test_once_it_is_in_force_the_one_before_is_written_to_no_more(bench: Bench) -> None:
    relays = relays_of(bench)
    bench.append(OSLO)
    relays.step()
    bench.log.ensure([SECOND])
    begin_filling(bench.store.database, TOPIC, 5)
    relays.look_now()
    relays.step()

    put_in_force(bench.store.database, SECOND)
    relays.look_now()
    bench.append(BERGEN)
    relays.step()

    assert known(bench) == (SECOND, None, [SECOND])
    assert len(links_on(bench.log, TOPIC)) == 1
    assert len(links_on(bench.log, SECOND)) == 2
    assert backlog(bench.store.database).events == 0


def test_what_waits_is_told_of_the_generation_in_force(bench: Bench) -> None:
    bench.append(OSLO, BERGEN)
    bench.relay().step()
    begin_filling(bench.store.database, TOPIC, 5)

    assert (backlog(bench.store.database).events, backlog(bench.store.database, 2).events) == (0, 2)


def test_filling_goes_on_where_it_was_begun_and_not_with_other_partitions(bench: Bench) -> None:
    database = bench.store.database
    begun = begin_filling(database, TOPIC, 5)

    assert begin_filling(database, TOPIC, 5) == begun == SECOND
    with pytest.raises(CantGrow, match="--partitions 5"):
        begin_filling(database, TOPIC, 7)


def test_a_store_from_before_its_topic_grew_is_closed(bench: Bench) -> None:
    bench.append(OSLO)
    announced = [TOPIC]
    relay: Relay = bench.relay(announced=lambda: announced[0])
    relay.step()
    relay.close()
    announced[0] = SECOND

    bench.append(BERGEN)
    bench.relay("other", announced=lambda: announced[0]).step()

    assert "bosatt.settlements.2" in (bench.why_closed() or "")
    assert len(links_on(bench.log, TOPIC)) == 1


def test_leases_are_given_back_at_the_end(bench: Bench) -> None:
    relays = relays_of(bench)
    bench.append(OSLO)
    relays.step()

    relays.close()

    bench.append(BERGEN)
    bench.relay("other").step()
    assert len(links_on(bench.log, TOPIC)) == 2, SERVICE
