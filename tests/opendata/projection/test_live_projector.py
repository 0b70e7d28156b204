"""Projectors of the live version: a switch is noticed without a restart, and old writers do no harm."""

from contextlib import closing

import pytest

from services.chassis.log.port import LogUnreachable
from services.opendata.projection import storage
from services.opendata.projection.live_projector import LiveProjector
from services.opendata.projection.projector import Projector
from services.opendata.projection.versions import Versions
from tests.opendata.projection.worlds import ON_BOTH, contents, lags_told

pytestmark = ON_BOTH


@pytest.fixture
def projector(world):
    """It looks for a switch before every step."""
    with closing(LiveProjector(world.projection, world.log, wait=0.0, look_every=0.0)) as found:
        yield found


def switch(world):
    """Make an empty version live."""
    versions = Versions(world.projection)
    version = versions.begin(versions.live().topics)
    storage.make(world.projection, version)
    versions.switch(version)
    return world.closing(storage.open_version(world.projection, version.number))


def run(world, projector, database):
    while world.waiting(database):
        projector.step()


def test_it_folds_into_the_live_version(world, projector):
    world.journal.settle(1)

    run(world, projector, world.projection)

    assert contents(world.projection)["totals"]


def test_after_a_switch_it_goes_on_with_the_new_version(world, projector):
    world.journal.settle(1)
    run(world, projector, world.projection)
    before = contents(world.projection)
    new = switch(world)
    world.journal.settle(2)

    run(world, projector, new)

    assert contents(world.projection) | {"versions": []} == before
    (country,) = [row for row in contents(new)["totals"] if row[0] == "NO"]
    assert country[-2:] == (2, 2)


def test_it_does_not_look_for_a_switch_at_each_batch(world):
    with closing(LiveProjector(world.projection, world.log, wait=0.0, look_every=3600.0)) as projector:
        projector.step()
        new = switch(world)
        world.journal.settle(1)

        run(world, projector, world.projection)

    assert world.waiting(new) == 1


def test_it_notices_a_switch_within_about_a_second(world):
    with closing(LiveProjector(world.projection, world.log, wait=0.05)) as projector:
        projector.step()
        new = switch(world)
        world.journal.settle(1)

        run(world, projector, new)

    assert world.waiting(new) == 0


def test_a_writer_of_the_old_version_that_goes_on_changes_nothing_of_the_new_one(world, projector):
    with closing(Projector(world.projection, world.log, wait=0.0)) as old:
        old.step()
        new = switch(world)
        world.journal.settle(1)
        run(world, projector, new)
        before = contents(new)

        run(world, old, world.projection)

        assert contents(new) == before


def test_its_listeners_stay_with_it(world, projector):
    heard = []
    projector.on_commit(lambda: heard.append(True))
    projector.step()
    new = switch(world)
    world.journal.settle(1)

    run(world, projector, new)

    assert heard == [True]


def test_it_tells_the_lag_of_the_version_that_it_folds(world, projector):
    projector.measure_lag()
    nothing_yet = lags_told()
    projector.step()
    new = switch(world)
    run(world, projector, new)
    projector.step()

    projector.measure_lag()

    assert (nothing_yet, len(lags_told())) == (set(), 18)
    projector.close()
    assert lags_told() == set()


def test_it_tries_again_to_begin_where_the_log_could_not_be_reached(world, projector, monkeypatch):
    def unreachable(*_):
        raise LogUnreachable

    with monkeypatch.context() as broken:
        broken.setattr(world.log, "consumer", unreachable)
        with pytest.raises(LogUnreachable):
            projector.step()
    world.journal.settle(1)

    run(world, projector, world.projection)

    assert world.waiting() == 0
