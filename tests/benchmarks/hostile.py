"""How long hostile queries take, each over HTTP without a socket: python -m tests.benchmarks.hostile

Prints the first time and the median of several after it, in milliseconds of processor time.
"""

import statistics
import sys
import time

from services.chassis.memory import collect_rarely
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.limits.hostile import HOSTILE

TIMES = 7


def main() -> None:
    """Print a line a kind, the slowest first."""
    ask = Asking()
    ask("{ release { id } }")
    # As every process does once it has begun.
    collect_rarely()
    found = []
    for kind, hostile in HOSTILE.items():
        took = []
        for _ in range(TIMES):
            began = time.process_time()
            ask.post(hostile.query, **hostile.variables)
            took.append((time.process_time() - began) * 1_000)
        found.append((took[0], statistics.median(took[1:]), kind, hostile.code))
    for first, median, kind, code in sorted(found, reverse=True):
        sys.stdout.write(f"{first:7.1f} {median:7.1f}  {kind}: {code}\n")


if __name__ == "__main__":
    main()
