"""Many at once, and a database that comes and goes: everybody gets an answer, nothing is stored twice."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.event import listens_for
from sqlalchemy.exc import OperationalError

from services.running.servers.postgresql import PostgreSQLServer
from tests.chassis.commands.fixtures import DOMAINS
from tests.chassis.commands.posting import event, new_person
from tests.chassis.commands.running import RunningService
from tests.servers.databases import POSTGRESQL, prepare_store

THREADS = 32


def test_a_thousand_retries_of_two_hundred_events_store_two_hundred(settlements):
    events = [event("person.settled", subject=new_person()) for _ in range(200)]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(settlements.post, events * 5))

    assert Counter(answer.status_code for answer in answers) == {201: 200, 200: 800}
    receipts = {(answer.json["id"], answer.json["recordedTime"]) for answer in answers}
    assert len(receipts) == 200
    assert sorted(one["id"] for one in settlements.stored()) == sorted(one["id"] for one in events)


def test_retries_that_arrive_together_store_each_event_once(settlements):
    events = [event("person.settled", subject=new_person()) for _ in range(20)]
    together = threading.Barrier(10)

    def post_all(_):
        answers = []
        for one in events:
            together.wait(60)
            answers.append(settlements.post(one).status_code)
        return answers

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(post_all, range(10)))

    for codes in zip(*answers, strict=True):
        assert sorted(codes) == [200] * 9 + [201]
    assert len(settlements.stored()) == 20


def test_many_changes_of_one_stream_at_once_are_all_accepted(requests):
    announced = [event("need.announced", changes={"persons": n}) for n in range(150)]

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(requests.post, announced))

    assert Counter(answer.status_code for answer in answers) == {201: 150}
    assert [one["streamversion"] for one in requests.stored()] == list(range(1, 151))


@pytest.mark.parametrize("backend", [POSTGRESQL], indirect=True)
def test_while_the_server_is_away_posts_are_503_and_afterwards_they_are_accepted(
    backend, tmp_path, log_lines
):
    with PostgreSQLServer(tmp_path / "server", durable=False) as server:
        server.create_database("decisions")
        prepare_store(server.url("decisions"))
        service = RunningService("decisions", DOMAINS["decisions"], server.url("decisions"))
        decided, revised = event("quota.decided"), event("quota.revised")
        before = service.post(decided)

        server.kill()
        away = [service.post(revised) for _ in range(5)]
        server.start()
        again = [service.post(one) for one in (decided, revised)]

        assert before.status_code == 201
        assert {answer.status_code for answer in away} == {503}
        assert {answer.json["type"] for answer in away} == {"urn:bosatt:problem:busy"}
        assert {answer.headers["Retry-After"] for answer in away} == {"1"}
        assert [answer.status_code for answer in again] == [200, 201]
        assert log_lines().count("store.unavailable") == 1
        service.close()


@pytest.mark.parametrize("backend", [POSTGRESQL], indirect=True)
def test_an_event_whose_commit_was_never_acknowledged_is_stored_once(decisions):
    """Nobody knows then whether it was stored; whoever sends it again finds out."""
    decided = event("quota.decided")
    lost = []

    @listens_for(decisions.database.engine, "commit")
    def lose_the_connection(connection):
        if connection.get_execution_options()["bosatt_begin"] == "write" and not lost:
            lost.append(connection)
            connection.connection.driver_connection.commit()
            raise OperationalError("COMMIT", {}, Exception("server closed the connection unexpectedly"))

    answers = [decisions.post(decided) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [503, 200]
    assert len(decisions.stored()) == 1
