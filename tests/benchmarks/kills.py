"""kill -9 of each process in turn, again and again, while many events are posted: none lost, none doubled.

    python -m tests.benchmarks.kills [--events 20000] [--embedded] [--data DIRECTORY]

Starts the whole topology on this machine, posts from four threads through the front, kills one
process after the other until so many events have a receipt, and compares the client's own ledger
with what GraphQL answers and what the stores hold.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.acceptance.distributed import EVERYTHING, OURS, SERVICES, DistributedSystem
from tests.acceptance.ledger import Ledger

LONGEST_WAIT = 300.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--embedded", action="store_true", help="without Kafka and PostgreSQL")
    parser.add_argument("--data", type=Path, help="keep everything there")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        data = said.data or Path(directory) / "data"
        system = DistributedSystem(data, seeds=False, embedded=said.embedded)
        began = time.monotonic()
        system.start().wait_until_ready()
        say(f"ready after {time.monotonic() - began:.1f} s")
        try:
            return kill_and_compare(system, said.events, OURS if said.embedded else EVERYTHING)
        finally:
            system.interrupt()


def kill_and_compare(system: DistributedSystem, events: int, names: tuple[str, ...]) -> int:
    before = {service: system.stored(service)[0] for service in SERVICES}
    ledger = Ledger(system)
    kills, began = 0, time.monotonic()
    with ledger.posting():
        while ledger.total() < events or kills < len(names):
            name = names[kills % len(names)]
            at = time.monotonic()
            system.kill_one(name)
            kills += 1
            back = time.monotonic() - at
            say(f"{name:<18} there again after {back:4.1f} s; {ledger.total()} events")
    took = time.monotonic() - began
    rate = ledger.total() / took
    say(f"{ledger.total()} events with a receipt in {took:.0f} s ({rate:.0f}/s)")
    say(f"{kills} kills, {ledger.retries} tries in vain")
    at = time.monotonic()
    system.wait_for(ledger.query(), ledger.expected(), seconds=LONGEST_WAIT)
    say(f"GraphQL answers as the ledger has it, {time.monotonic() - at:.1f} s after the last receipt")
    equal = True
    for service in SERVICES:
        every, different = system.stored(service)
        expected = before[service] + ledger.posted[service]
        equal &= every == different == expected
        say(f"{service}: {every} stored, {different} different, {expected} in the ledger")
    say("None lost, none doubled." if equal else "NOT EQUAL.")
    return 0 if equal else 1


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
