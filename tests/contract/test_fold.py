"""Folding a stream: with `previous` carried in each event it comes to the same as from the start."""

from collections import Counter

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.facts import facts_after, previous_of
from services.contract.states import State
from tests.contract.sequences import streams

KINDS = ["needs", "figures", "requests", "decisions", "settlements"]
any_stream = st.sampled_from(KINDS).flatmap(streams)


def as_published(events):
    """The events as the service puts them on the log: each with the facts in force before it."""
    facts = None
    for name, data, origin, known in events:
        carried = {} if facts is None else {"previous": previous_of(name, facts, data)}
        yield orjson.loads(orjson.dumps([name, data | carried, origin, known]))
        facts = facts_after(name, facts, data, origin, known)


def from_the_start(events):
    facts = None
    for name, data, origin, known in events:
        facts = facts_after(name, facts, data, origin, known)
    return facts


def flattened(facts):
    """What a projector counts: a figure each on its own, all other facts of a stream as one."""
    if facts is None:
        return Counter()
    parts = facts["figures"].items() if "figures" in facts else [("", facts)]
    return Counter((name, orjson.dumps(part, option=orjson.OPT_SORT_KEYS)) for name, part in parts)


@settings(deadline=None)
@given(any_stream)
def test_taking_the_previous_facts_out_and_the_new_in_leaves_those_from_the_start(events):
    totals = Counter()
    for name, data, origin, known in as_published(events):
        previous = data.get("previous")
        totals.subtract(flattened(previous))
        totals.update(flattened(facts_after(name, previous, data, origin, known)))

    assert +totals == flattened(from_the_start(events))
    assert all(count in (0, 1) for count in totals.values())


@settings(deadline=None)
@given(any_stream)
def test_facts_hold_json_only_and_a_state_but_no_null_and_no_passing_remark(events):
    facts = from_the_start(events)

    assert orjson.loads(orjson.dumps(facts)) == facts
    assert facts["state"] in set(State)
    for part in (facts, facts.get("settlement", {}), facts.get("allocation", {})):
        assert None not in part.values()
        assert not {"reason", "reasonCode", "previous", "age"} & set(part)


@settings(deadline=None)
@given(any_stream)
def test_folding_the_events_as_published_gives_the_same_facts(events):
    assert from_the_start(as_published(events)) == from_the_start(events)


@settings(deadline=None)
@given(streams("settlements"))
def test_a_settlement_stands_exactly_in_the_states_from_settled_to_erased(events):
    facts = from_the_start(events)

    assert ("settlement" in facts) == (facts["state"] in ("settled", "corrected", "attributes-erased"))
    if facts["state"] in ("allocated", "accepted"):
        assert "allocation" in facts


@pytest.mark.parametrize("kind", KINDS)
def test_the_strategy_can_make_streams_of_every_kind(kind):
    assert streams(kind).validate() is None
