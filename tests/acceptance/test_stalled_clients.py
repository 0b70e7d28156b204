"""Clients that stop in the middle of a body keep nobody else waiting, and do not keep it running."""

import socket
import time

import httpx

from tests.acceptance.running import RunningSystem

HEAD = "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {type}\r\nContent-Length: 1000\r\n\r\n{{"

ENVELOPE = {"specversion": "1.0", "id": "one", "source": "urn:test", "type": "no.bosatt.quota.decided.v1"}


def stall(system: RunningSystem, path: str, media_type: str) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", system.port))
    client.sendall(HEAD.format(path=path, type=media_type).encode())
    return client


def test_health_answers_while_many_clients_stall(empty: RunningSystem) -> None:
    stalled = [stall(empty, "/decisions/v1/events", "application/cloudevents+json") for _ in range(12)]
    stalled += [stall(empty, "/graphql", "application/json") for _ in range(12)]
    time.sleep(0.5)

    live = httpx.get(f"{empty.url}/health/live", timeout=5)

    decision = {"municipality": "0301", "year": 2024, "persons": 1, "decidedOn": "2024"}
    posted = empty.post("decisions", {**ENVELOPE, "data": decision}, "0301")
    for client in stalled:
        client.close()
    assert (live.status_code, posted.status_code) == (200, 201)


def test_a_stalled_client_does_not_keep_it_from_stopping(empty: RunningSystem) -> None:
    stalled = [stall(empty, "/graphql", "application/json") for _ in range(3)]
    time.sleep(0.3)

    assert empty.interrupt() == 0
    for client in stalled:
        client.close()
