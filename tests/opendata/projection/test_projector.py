"""The projector on real files: whatever the batches and however many projectors, the same totals."""

import threading
from contextlib import closing

from services.chassis import metrics
from services.contract.topics import TopicGeneration
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import ON_BOTH, contents, lags_told

pytestmark = ON_BOTH

MUNICIPALITIES = ["0301", "4601", "1103", "3401", "3403", "5001", "1505", "5501"]


def many_events(journal):
    for number, code in enumerate(MUNICIPALITIES * 3):
        journal.allocate(number, code, allocated_on="2024-01-10")
        journal.accept(number, code)
        journal.settle(number, code, settled_on=f"2024-05-{1 + number % 4:02d}", sex="female")
    for number, code in enumerate(MUNICIPALITIES):
        place = {"municipality": code, "year": 2024}
        journal.post("request.issued", place | {"persons": 10, "issuedOn": "2024"})
        journal.post("quota.decided", place | {"persons": 8 + number, "decidedOn": "2024"})
        corrected = {"municipality": code, "settledOn": "2023-12", "countryOfOrigin": "SYR"}
        journal.post("settlement.corrected", corrected, subject=person(number))
        journal.post("settlement.withdrawn", {}, subject=person(number + 8))
        journal.post("settlement.attributes-erased", {}, subject=person(number + 16))
    need = {"year": 2024, "persons": 90, "announcedOn": "2023", "status": "issued"}
    journal.post("need.announced", need, subject="NO/2024")


def test_a_projection_made_anew_from_the_log_s_beginning_is_the_live_one(world):
    many_events(world.journal)
    with closing(world.new_projector(most=7)) as projector:
        world.project(projector)

    fresh = world.projected_anew()

    assert contents(fresh) == contents(world.projection)


def test_two_projectors_that_share_the_partitions_make_the_totals_of_one(world):
    many_events(world.journal)
    with closing(world.new_projector(most=2)) as first, closing(world.new_projector(most=3)) as second:
        while world.waiting():
            first.step()
            second.step()
        shared = [len(projector._loop.assignment()) for projector in (first, second)]

    alone = world.projected_anew()

    assert shared == [9, 9]
    assert contents(world.projection) == contents(alone)


def test_projectors_that_do_not_know_of_each_other_count_nothing_twice(world):
    """As one that was paused for so long that it lost its partitions, and wakes up with a batch in hand."""
    many_events(world.journal)
    projectors = [world.projector_of(world.projection, group=group, most=9) for group in ("one", "other")]
    together, failed = threading.Barrier(2), []

    def run(projector):
        try:
            together.wait()
            while world.waiting():
                projector.step()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(projector,)) for projector in projectors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert contents(world.projection) == contents(world.projected_anew())


def test_a_projector_that_starts_again_goes_on_where_the_last_one_stopped(world):
    many_events(world.journal)
    with closing(world.new_projector(most=10)) as first:
        for _ in range(4):
            first.step()
    left = world.waiting()

    with closing(world.new_projector()) as second:
        world.project(second)

    assert (left > 0, world.waiting()) == (True, 0)
    alone = world.projected_anew()
    assert contents(world.projection) == contents(alone)


def test_a_field_of_a_later_version_is_folded_away(world):
    later = {"favouriteColour": "blue"}

    world.journal.settle(1, **later)
    world.journal.post("settlement.withdrawn", later, subject=person(1))
    world.journal.settle(2, **later)
    world.publish()

    assert world.totals("0301").settled == 1


def test_listeners_hear_of_each_batch_that_was_committed(world):
    heard = []
    world.projector.on_commit(lambda: heard.append(world.waiting()))
    world.projector.step()
    world.journal.settle(1)

    world.projector.step()

    assert heard == [0]


def test_a_batch_that_brings_no_event_is_not_told_of(world):
    heard = []
    world.journal.settle(1)
    world.project()
    world.projector.on_commit(lambda: heard.append(True))
    topic = TopicGeneration("bosatt.settlements", 1)
    record = world.log.read(topic, topic.partition_of("0301"), 0, 1)[0]
    world.journal.repeat(record)

    world.project()

    assert (heard, world.waiting()) == ([], 0)


def test_the_lag_is_what_is_on_the_log_and_not_read(world):
    world.projector.step()
    for number in range(3):
        world.journal.settle(number, "0301")

    world.projector.measure_lag()

    assert lag("0301") == 3
    world.project()
    world.projector.measure_lag()
    assert lag("0301") == 0


def test_a_projector_says_nothing_of_the_lag_of_partitions_it_has_given_up(world):
    many_events(world.journal)
    first = world.new_projector(most=1)
    first.step()
    first.measure_lag()
    before = lags_told()
    with closing(world.new_projector(most=1)) as second:
        for _ in range(3):
            second.step()
            first.step()

        first.measure_lag()

        kept = {(one.topic.topic, one.number) for one in first._loop.assignment()}
    assert (len(before), len(kept)) == (18, 9)
    assert lags_told() == kept


def lag(key):
    topic = TopicGeneration("bosatt.settlements", 1)
    return metrics.CONSUMER_LAG.labels(topic.topic, topic.partition_of(key))._value.get()
