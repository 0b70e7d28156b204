"""What may follow what in the streams of the requests service."""

import pytest

from tests.chassis.commands.posting import event
from tests.chassis.commands.states import WAYS, brought_to, each_pair, expect

REQUESTS = {
    "none": ["request.issued"],
    "issued": ["request.revised", "request.withdrawn"],
    "revised": ["request.revised", "request.withdrawn"],
    "withdrawn": ["request.issued"],
}


@pytest.mark.parametrize(("state", "name", "allowed"), each_pair("requests", REQUESTS))
def test_a_request_takes_what_its_state_allows(requests, state, name, allowed):
    version = brought_to(requests, "requests", state)

    answer = requests.post(event(name))

    expect(answer, state, name, allowed=allowed, version=version + 1, instead=REQUESTS[state])
    assert len(requests.stored()) == version + allowed


@pytest.mark.parametrize(("kind", "name"), [("needs", "need.announced"), ("figures", "figure.published")])
def test_a_need_and_a_figure_may_be_told_again_and_again(requests, kind, name):
    for version, _ in enumerate([*WAYS[kind], "once more"], start=1):
        expect(requests.post(event(name)), "", name, allowed=True, version=version)


def test_a_request_issued_again_can_be_revised_again(requests):
    names = ["request.issued", "request.withdrawn", "request.issued", "request.revised"]

    answers = [requests.post(event(name)) for name in names]

    assert [answer.json["version"] for answer in answers] == [1, 2, 3, 4]


def test_needs_figures_and_requests_are_streams_of_their_own(requests):
    requests.post(event("request.issued", changes={"municipality": "0301"}))
    requests.post(event("figure.published", changes={"region": "0301"}))
    requests.post(event("figure.published", changes={"region": "NO", "year": 2024}))
    requests.post(event("need.announced"))

    assert [one["subject"] for one in requests.stored()] == [
        "0301/2024",
        "figure/0301/2024",
        "figure/NO/2024",
        "NO/2024",
    ]
    assert {one["streamversion"] for one in requests.stored()} == {1}
