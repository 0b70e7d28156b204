"""A topic grows while the system runs: every total stays, and what is posted afterwards counts."""

import uuid
from typing import Any

from tests.acceptance.running import RunningSystem

MUNICIPALITIES = ("0301", "1103", "4601", "5001", "3301", "1506")
TOTALS = (
    "{ "
    + " ".join(
        f'm{code}: region(code: "{code}") {{ totals(year: 2025) {{ settled quota }} }}'
        for code in MUNICIPALITIES
    )
    + " }"
)


def settle(system: RunningSystem, code: str) -> dict[str, Any]:
    person = str(uuid.uuid4())
    event = {
        "specversion": "1.0",
        "id": person,
        "source": "urn:test:growing",
        "type": "no.bosatt.person.settled.v1",
        "subject": person,
        "data": {"municipality": code, "settledOn": "2025-02-03"},
    }
    answer = system.post("settlements", event, code)
    assert answer.status_code == 201, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


def decide(system: RunningSystem, code: str, persons: int) -> None:
    event = {
        "specversion": "1.0",
        "id": f"decision-{code}",
        "source": "urn:test:growing",
        "type": "no.bosatt.quota.decided.v1",
        "data": {"municipality": code, "year": 2025, "persons": persons, "decidedOn": "2025-01-02"},
    }
    assert system.post("decisions", event, code).status_code == 201


def expected(settled: int) -> dict[str, Any]:
    return {f"m{code}": {"totals": {"settled": settled, "quota": 3}} for code in MUNICIPALITIES}


def test_a_topic_grows_while_the_system_runs_and_no_total_changes(empty: RunningSystem) -> None:
    for code in MUNICIPALITIES:
        decide(empty, code, 3)
        for _ in range(2):
            settle(empty, code)
    empty.wait_for(TOTALS, expected(2))

    grown = empty.command("topics", "grow", "settlements", "--partitions", "9")

    assert grown.returncode == 0, grown.stderr
    assert grown.stdout == "bosatt.settlements.2 is in force, with 9 partitions.\n"
    empty.wait_for(TOTALS, expected(2))
    for code in MUNICIPALITIES:
        settle(empty, code)
    empty.wait_for(TOTALS, expected(3))


def test_what_has_grown_is_still_so_after_a_kill_and_grows_again(empty: RunningSystem) -> None:
    for code in MUNICIPALITIES:
        decide(empty, code, 3)
        settle(empty, code)
    assert empty.command("topics", "grow", "decisions", "--partitions", "2").returncode == 0
    empty.kill()
    empty.start().wait_until_ready()
    for code in MUNICIPALITIES:
        settle(empty, code)

    again = empty.command("topics", "grow", "decisions", "--partitions", "6")

    assert again.stdout == "bosatt.decisions.3 is in force, with 6 partitions.\n", again.stderr
    empty.wait_for(TOTALS, expected(2))
    rebuilt = empty.command("rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    empty.wait_for(TOTALS, expected(2))
