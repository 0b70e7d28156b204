"""What may follow what in the streams of the decisions service."""

import pytest

from tests.chassis.commands.posting import event
from tests.chassis.commands.states import brought_to, each_pair, expect

DECISIONS = {
    "none": ["answer.delayed", "quota.decided"],
    "delayed": ["answer.delayed", "quota.decided"],
    "decided": ["quota.revised", "quota.withdrawn"],
    "revised": ["quota.revised", "quota.withdrawn"],
    "withdrawn": ["quota.decided"],
}


@pytest.mark.parametrize(("state", "name", "allowed"), each_pair("decisions", DECISIONS))
def test_a_decision_takes_what_its_state_allows(decisions, state, name, allowed):
    version = brought_to(decisions, "decisions", state)

    answer = decisions.post(event(name))

    expect(answer, state, name, allowed=allowed, version=version + 1, instead=DECISIONS[state])
    assert len(decisions.stored()) == version + allowed


def test_a_decision_may_flip_for_ever(decisions):
    names = ["answer.delayed", "answer.delayed", "quota.decided", "quota.revised", "quota.revised"]
    names += ["quota.withdrawn", "quota.decided", "quota.withdrawn", "quota.decided"]

    answers = [decisions.post(event(name)) for name in names]

    assert [answer.json["version"] for answer in answers] == list(range(1, 10))
