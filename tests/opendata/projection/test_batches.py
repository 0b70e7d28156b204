"""Events fall into batches by chance. What is stored depends on the events alone."""

from contextlib import ExitStack, closing
from itertools import cycle

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.opendata.projection.worlds import ON_BOTH, contents
from tests.opendata.release.histories import histories

pytestmark = ON_BOTH

SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=3)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories(), sizes=SIZES, turns=st.lists(st.integers(0, 2), min_size=1, max_size=7))
def test_any_batches_and_any_number_of_projectors_store_the_same_rows(one_world, history, sizes, turns):
    world = one_world
    world.begin_anew()
    world.journal.append(history.events)
    with ExitStack() as stack:
        projectors = [stack.enter_context(closing(world.new_projector(most, wait=0.0))) for most in sizes]
        for turn in cycle(turns):
            if not world.waiting():
                break
            projectors[turn % len(projectors)].step()
            for projector in projectors if turn == turns[-1] else ():
                projector.step()

    at_once = world.projected_anew(most=100_000)

    assert contents(world.projection) == contents(at_once)
