"""A heartbeat never claims a moment before which something was recorded that is not on the log."""

import pytest

from services.chassis.log.port import LogUnreachable
from services.chassis.relay import heartbeat
from tests.chassis.relay.bench import BEATS, BERGEN, OSLO, SERVICE, TOPIC, Bench, failing
from tests.flow.faulty_log import Fault, Trouble

NOON = "2024-06-01T12:00:00.000000Z"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "SHORTEST_INTERVAL", 0.0)


def test_after_relaying_it_says_up_to_when_and_to_which_sequences(bench: Bench) -> None:
    *_, last = bench.append(OSLO, OSLO, BERGEN)

    bench.relay().step()

    expected = [0, 0, 0]
    expected[TOPIC.partition_of(OSLO)] = 2
    expected[TOPIC.partition_of(BERGEN)] = 3
    (beat,) = bench.beats
    assert (beat["service"], beat["generation"], beat["sequences"]) == (SERVICE, 1, expected)
    assert beat["recordedThrough"] == last


def test_it_stands_on_a_topic_of_its_own_and_off_the_events(bench: Bench) -> None:
    bench.append(OSLO)

    bench.relay().step()

    assert bench.log.end_offsets(BEATS) == [1]
    assert sum(bench.log.end_offsets(TOPIC)) == 1


def test_nothing_is_claimed_while_an_event_is_not_acknowledged(bench: Bench) -> None:
    relay = bench.relay(batch=2)
    for count in (2, 2, 1):
        bench.append(*[OSLO] * count)
        bench.log.faults.append(Fault(Trouble.UNREACHABLE))
        failing(relay)

    claims = []
    for _ in range(3):
        relay.step()
        claims.append((bench.cursor(), len(bench.beats)))

    assert claims == [(2, 0), (4, 0), (5, 1)]


def test_nothing_is_claimed_while_more_events_wait_than_a_round_takes(bench: Bench) -> None:
    bench.append(*[OSLO] * 4)
    relay = bench.relay(batch=2)

    relay.step()

    assert bench.beats == []


def test_an_event_stored_after_a_claim_is_recorded_after_it_though_the_clock_went_back(
    bench: Bench,
) -> None:
    bench.append(OSLO)
    bench.clock.move(300)
    bench.relay().step()
    bench.clock.move(-200)

    (recorded,) = bench.append(BERGEN)

    assert recorded > bench.beats[-1]["recordedThrough"]


def test_everything_on_the_log_is_claimed_though_it_is_recorded_later_than_the_clock_says(
    bench: Bench,
) -> None:
    (first,) = bench.append(OSLO)
    relay = bench.relay()
    relay.step()
    bench.clock.move(-60)
    (second,) = bench.append(OSLO)

    relay.step()

    assert [beat["recordedThrough"] for beat in bench.beats] == [first, second]


def test_news_waits_for_the_shortest_interval_and_no_news_for_the_longest(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = bench.relay(lease_seconds=0.0001)
    bench.append(OSLO)
    relay.step()
    relay.step()
    no_news = len(bench.beats)
    monkeypatch.setattr(heartbeat, "SHORTEST_INTERVAL", 60.0)
    bench.append(OSLO)
    relay.step()
    too_soon = len(bench.beats)
    monkeypatch.setattr(heartbeat, "SHORTEST_INTERVAL", 0.0)
    relay.step()
    news = len(bench.beats)
    monkeypatch.setattr(heartbeat, "LONGEST_INTERVAL", 0.0)
    relay.step()

    assert (no_news, too_soon, news, len(bench.beats)) == (1, 1, 2, 3)


def test_a_service_without_events_is_heard_of_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "LONGEST_INTERVAL", 0.0)
    relay = bench.relay(lease_seconds=0.0001)
    relay.step()
    bench.clock.move(5)
    relay.step()

    assert bench.beats[-1]["recordedThrough"] > NOON
    assert [beat["sequences"] for beat in bench.beats] == [[0, 0, 0]] * len(bench.beats)


def test_a_heartbeat_that_can_not_be_sent_is_sent_later(bench: Bench) -> None:
    bench.append(OSLO)
    relay = bench.relay()

    def fail(_value: bytes) -> None:
        raise LogUnreachable("for a test")

    heard, bench.log.on_heartbeat = bench.log.on_heartbeat, fail
    failing(relay)
    bench.log.on_heartbeat = heard
    relay.step()
    relay.close()

    assert len(bench.beats) == 1
    assert bench.cursor() == 1
