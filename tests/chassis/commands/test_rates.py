"""Every event of a batch counts against what its caller may post."""

import orjson
import pytest

from services.chassis.auth.local_issuer import LocalIssuer
from services.chassis.commands.service import CommandService
from services.chassis.http.rates import Rate
from tests.chassis.commands.posting import event, new_person
from tests.chassis.commands.running import issuer_key

BATCH = {"Content-Type": "application/cloudevents-batch+json"}
LINES = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def slow(settlements):
    """The settlements service, where a caller may post six events an hour."""
    service = CommandService(
        "settlements", settlements.domain, settlements.service.store, settlements.clock, rate=Rate(6, 3600)
    )
    settlements.app = service.app(LocalIssuer(issuer_key()))
    return settlements


def persons(number):
    return [event("person.settled", subject=new_person()) for _ in range(number)]


def as_lines(events):
    return b"\n".join(map(orjson.dumps, events))


def left(answer):
    return int(answer.headers["RateLimit"].split(";")[1].removeprefix("r="))


def test_a_batch_counts_as_many_as_it_has_events(slow):
    assert left(slow.post(persons(4), "0301", headers=BATCH)) == 2
    assert left(slow.post(None, "0301", body=as_lines(persons(2)), headers=LINES)) == 0


@pytest.mark.parametrize("headers", [BATCH, LINES], ids=["array", "lines"])
@pytest.mark.parametrize("query", ["", "?dryRun=true"])
def test_a_batch_that_is_too_much_is_refused_whole_and_passes_later(slow, headers, query):
    slow.post(persons(4), "0301", headers=BATCH)
    events = persons(3)
    body = as_lines(events) if headers is LINES else orjson.dumps(events)

    answer = slow.post(None, "0301", body=body, headers=headers, query=query)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 1200
    assert len(slow.stored()) == 4


def test_an_empty_batch_counts_as_one_request(slow):
    assert left(slow.post([], "0301", headers=BATCH)) == 5


def test_a_batch_larger_than_the_rate_passes_once_nothing_is_used(slow):
    answer = slow.post(persons(7), "0301", headers=BATCH)

    assert (answer.status_code, left(answer)) == (201, 0)
