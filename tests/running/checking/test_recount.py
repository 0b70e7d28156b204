"""Whatever happens: the recount comes to what the projector comes to, on ways that share no counting."""

from collections import defaultdict
from contextlib import closing

import orjson
from hypothesis import HealthCheck, given, settings

from services.contract.event_types import EVENT_TYPES
from services.contract.topics import topic_of
from services.opendata.projection.live import Opened
from services.opendata.projection.versions import Versions
from services.running.checking.counts import compare
from services.running.checking.outcome import Check, Outcome
from services.running.checking.projected import read_projected
from services.running.checking.recount import Recount
from services.running.checking.stores import Walk
from services.running.checking.streams import Stored
from tests.opendata.projection.worlds import blank_files, fast_folder, make_world, one_world
from tests.opendata.release.histories import histories

__all__ = ["blank_files", "fast_folder", "make_world", "one_world"]


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories())
def test_the_recount_of_any_history_is_what_the_projector_counts(one_world, history):
    one_world.begin_anew()
    one_world.journal.append(history.events)
    with closing(one_world.new_projector(wait=0.0)) as projector:
        one_world.project(projector)
    projected = projection_of(one_world)
    outcome, recount = Outcome(Check.STORES), Recount()

    for service, events in in_streams(history.events).items():
        walk = Walk(service, topic_of(service), projected, recount, outcome)
        for event in events:
            walk.meet(event)
        walk.end()
    compare(outcome, projected.counts, recount.summed_up())

    assert outcome.listed == []


def projection_of(world):
    reading = read_projected(Opened(Versions(world.projection).live(), world.projection))
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return end.value


def in_streams(events):
    """Events as a store gives them: by stream and version, each with a sequence that was passed."""
    found = defaultdict(list)
    for event in events:
        event_type = EVENT_TYPES[event["type"]]
        partition = topic_of(event_type.service).partition_of(event["partitionkey"])
        stored = Stored(
            event_type.kind, event["subject"], event["streamversion"], 0, partition, orjson.dumps(event)
        )
        found[event_type.service].append(stored)
    return {service: sorted(rows, key=lambda row: row[:3]) for service, rows in found.items()}
