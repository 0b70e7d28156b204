"""The account of versions: one is live, one is built at most, numbers never come again."""

import threading

import pytest

from services.contract.topics import TopicGeneration
from services.opendata.projection.folded import topics
from services.opendata.projection.versions import (
    State,
    TakenOver,
    UnderWay,
    Version,
    Versions,
    topics_of_next,
)
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH


@pytest.fixture
def versions(world):
    return Versions(world.projection)


def states(versions):
    return [(one.number, one.state) for one in versions.all()]


def test_at_first_there_is_one_version_of_the_topics_in_force(versions):
    assert versions.all() == [Version(1, State.LIVE, tuple(topics()))]
    assert versions.live().number == 1
    assert versions.building() is None


def test_a_version_is_built_beside_the_live_one(versions):
    begun = versions.begin(topics())

    assert states(versions) == [(1, State.LIVE), (2, State.BUILDING)]
    assert versions.building() == begun
    assert versions.live().number == 1


def test_only_one_is_built_at_a_time(versions):
    first = versions.begin(topics())

    with pytest.raises(UnderWay) as under_way:
        versions.begin(topics())

    assert under_way.value.args[0] == first


def test_of_many_who_begin_at_once_one_does(versions):
    together, begun, refused = threading.Barrier(4), [], []

    def begin():
        together.wait()
        try:
            begun.append(versions.begin(topics()))
        except UnderWay as under_way:
            refused.append(under_way.args[0])

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(begun) == 1
    assert refused == begun * 3


def test_a_switch_makes_the_new_one_live_and_retires_the_old_one(versions):
    begun = versions.begin(topics())

    versions.switch(begun)

    assert states(versions) == [(1, State.RETIRED), (2, State.LIVE)]


def test_a_build_that_somebody_dropped_is_never_switched_to(versions):
    begun = versions.begin(topics())
    versions.drop(begun)

    with pytest.raises(TakenOver):
        versions.switch(begun)

    assert states(versions) == [(1, State.LIVE), (2, State.DROPPED)]


def test_nobody_switches_twice(versions):
    begun = versions.begin(topics())
    versions.switch(begun)

    with pytest.raises(TakenOver):
        versions.switch(begun)

    assert versions.live().number == 2


def test_the_live_one_can_not_be_dropped(versions):
    begun = versions.begin(topics())
    versions.switch(begun)

    with pytest.raises(TakenOver):
        versions.drop(begun)

    assert versions.live().number == 2


def test_a_number_never_comes_again(versions):
    versions.drop(versions.begin(topics()))

    assert versions.begin(topics()).number == 3


def test_who_builds_says_how_far_it_is_and_that_it_is_alive(versions):
    begun = versions.begin(topics())

    versions.note(begun, 10, 30)
    versions.note(begun, 20, 31)

    now = versions.building()
    assert (now.folded, now.records, now.beat) == (20, 31, 2)


def test_who_builds_what_was_dropped_is_told(versions):
    begun = versions.begin(topics())
    versions.drop(begun)

    with pytest.raises(TakenOver):
        versions.note(begun, 10, 30)


def test_each_version_has_a_consumer_group_of_its_own(versions):
    begun = versions.begin(topics())

    assert (versions.live().group, begun.group) == ("projection", "projection-2")


def test_a_version_remembers_which_generations_it_folds(versions):
    grown = [TopicGeneration("bosatt.requests", 2, 12), *topics()[1:]]

    versions.switch(versions.begin(grown))

    assert versions.live().topics == tuple(grown)
    assert len(versions.live().partitions) == 12 + 6 + 6
    assert topics_of_next(versions.live()) == tuple(grown)


def test_the_next_version_folds_topics_that_are_new_too(versions):
    versions.switch(versions.begin(topics()[:2]))

    assert set(topics_of_next(versions.live())) == set(topics())
