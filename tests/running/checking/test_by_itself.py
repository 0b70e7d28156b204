"""The system checks itself: when that is due, one process at a time, and never in anybody's way."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from services.chassis.database import Database
from services.chassis.metrics import REGISTRY
from services.opendata.projection import tables as live
from services.running.checking import by_itself, collector, projected
from services.running.checking.by_itself import LONGEST_REST, ChecksByItself
from services.running.checking.collector import watch_checks
from services.running.checking.outcome import Check
from services.running.checking.sources import Sources, sources_of
from services.running.checking.standing import PATIENCE, begin, standing_of
from services.running.parts.checking import CheckingPart

DAY = 86_400.0
LONGEST = 30.0


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture(autouse=True)
def _watched_for_this_test_only(monkeypatch):
    monkeypatch.setattr(collector._CHECKS, "watched", None)


@pytest.fixture
def clock():
    return Clock()


def checks_of(system, clock, *, sources=None, rest=lambda _: None):
    return ChecksByItself(
        system.projection,
        sources or (lambda: sources_of(system.settings, system.opened.database)),
        DAY,
        first_after=0.0,
        clock=clock,
        rest=rest,
    )


def run(checks):
    """How many pieces of work were done until nothing was due."""
    count = 0
    while checks.step():
        count += 1
    return count


def told(check, name="bosatt_check_differences"):
    return REGISTRY.get_sample_value(name, {"check": check})


def test_every_check_is_made_once_and_told_at_a_scrape(system, clock):
    system.tell_a_story()
    watch_checks(system.projection)
    before = told("stores")

    run(checks_of(system, clock))

    assert before is None
    assert {check: told(check) for check in Check} == dict.fromkeys(Check, 0)
    moments = [told(check, "bosatt_check_last_run_timestamp_seconds") for check in Check]
    assert all(abs(moment - clock.now.timestamp()) < 1 for moment in moments)
    assert run(checks_of(system, clock)) == 0


def test_what_does_not_agree_is_told_until_a_later_check_finds_it_mended(system, clock):
    system.tell_a_story()
    watch_checks(system.projection)
    oslo = (live.totals.c.region == "0301") & (live.totals.c.measure == "quota")
    system.execute(system.projection, update(live.totals).where(oslo).values(value=7))
    run(checks_of(system, clock))
    wrong = told("stores"), told("versions")
    system.execute(system.projection, update(live.totals).where(oslo).values(value=95))
    still = told("stores")
    clock.now += timedelta(days=2)
    run(checks_of(system, clock))

    assert (wrong, still, told("stores")) == ((1, 0), 1, 0)


def test_a_check_is_due_again_after_the_interval_whoever_made_it(system, clock):
    run(checks_of(system, clock))
    clock.now += timedelta(seconds=0.8 * DAY)
    early = run(checks_of(system, clock))
    clock.now += timedelta(seconds=0.4 * DAY)

    assert early == 0
    assert run(checks_of(system, clock)) > 0


def test_of_two_who_would_begin_a_check_one_does(system, clock):
    first = begin(system.projection, Check.STORES, None, clock())
    second = begin(system.projection, Check.STORES, None, clock())
    before = standing_of(system.projection)[Check.STORES]
    clock.now += 2 * PATIENCE
    third = begin(system.projection, Check.STORES, before, clock())
    fourth = begin(system.projection, Check.STORES, before, clock())

    assert (first, second, third, fourth) == (True, False, True, False)


def test_a_check_that_failed_is_begun_anew_when_patience_ends_and_the_others_are_made_meanwhile(
    system, clock
):
    system.tell_a_story()
    away = Database("sqlite:////nowhere/at/all.db")
    found = iter([Sources({"requests": away}, None, None)])
    checks = checks_of(system, clock, sources=lambda: next(found, _found(system)))
    with pytest.raises(OperationalError):
        run(checks)
    run(checks)
    meanwhile = standing_of(system.projection)
    clock.now += PATIENCE
    run(checks)

    assert meanwhile[Check.VERSIONS].finished_at is None
    assert meanwhile[Check.SUMS].finished_at is not None
    assert standing_of(system.projection)[Check.VERSIONS].differences == 0


def test_rests_are_bounded_and_no_transaction_is_open_in_them(system, clock, monkeypatch):
    monkeypatch.setattr(projected, "ROWS_AT_ONCE", 2)
    system.tell_a_story()
    rests = []

    def rest(seconds):
        assert [one.engine.pool.checkedout() for one in system.opened.names.values()] == [0] * len(
            system.opened.names
        )
        rests.append(seconds)

    run(checks_of(system, clock, rest=rest))

    assert len(rests) > 10
    assert max(rests) <= LONGEST_REST


def test_one_that_is_stopped_in_the_midst_of_a_transaction_leaves_none_open(system, clock, monkeypatch):
    monkeypatch.setattr(projected, "ROWS_AT_ONCE", 1)
    system.tell_a_story()
    checks = checks_of(system, clock)
    while not system.projection.engine.pool.checkedout():
        assert checks.step()

    checks.close()

    assert system.projection.engine.pool.checkedout() == 0
    assert Check.STORES not in standing_of(system.projection)
    run(checks_of(system, clock))
    assert standing_of(system.projection)[Check.STORES].differences == 0


def test_one_that_is_stopped_leaves_what_was_found_before_and_is_made_anew_at_once(system, clock):
    system.tell_a_story()
    run(checks_of(system, clock))
    clock.now += timedelta(days=2)
    stopped = checks_of(system, clock)
    stopped.step()
    before = standing_of(system.projection)
    stopped.close()

    after = standing_of(system.projection)

    assert before[Check.VERSIONS].begun_at > after[Check.VERSIONS].begun_at
    assert after[Check.VERSIONS].differences == 0
    assert after[Check.VERSIONS].is_due(clock.now, timedelta(days=1))


def test_what_cannot_be_compared_from_here_is_told_by_absence_and_not_tried_all_the_time(system, clock):
    watch_checks(system.projection)

    run(checks_of(system, clock, sources=lambda: Sources({}, system.projection, None)))

    assert told("stores") is None
    assert told("sums") is None
    assert run(checks_of(system, clock)) == 0


def test_a_process_that_has_just_begun_waits_with_it(system, clock, monkeypatch):
    monkeypatch.setattr(by_itself, "_spread", lambda seconds, *_: seconds)

    checks = ChecksByItself(system.projection, lambda: _found(system), DAY, clock=clock)

    assert run(checks) == 0


def test_the_part_checks_in_a_loop_of_its_own_and_stops_when_told_to(system, monkeypatch):
    monkeypatch.setattr(by_itself, "_spread", lambda _seconds, *_: 0.0)
    system.tell_a_story()
    part = CheckingPart(system.opened)
    part.prepare()
    (loop,) = part.loops()
    loop.start()

    deadline = time.monotonic() + LONGEST
    while told("published") is None and time.monotonic() < deadline:
        time.sleep(0.01)
    loop.stop()

    assert told("published") == 0
    assert not loop.is_alive


def test_with_an_interval_of_nought_nothing_is_checked(system):
    system.opened.settings = replace(system.settings, check_interval=0)

    assert CheckingPart(system.opened).loops() == []


def _found(system):
    return sources_of(system.settings, system.opened.database)
