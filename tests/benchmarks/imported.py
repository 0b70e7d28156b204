"""IMDi's file imported: how long it takes, and whether queries are as fast after it as before.

    python -m tests.benchmarks.imported [FILE] [--rounds 100] [--runs 1]

Two systems with the published figures, each in a process of its own, one of them imported into; each query
is asked of both in turn, and the ratio of the medians is that of the one with the import to the one without.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.acceptance.running import RunningSystem
from tests.benchmarks.by_turns import compare, say
from tests.importing.files import REAL

TOTALS = "announced requested decided quota settled remaining fulfilment coverage { complete reporting }"
QUERIES = {
    "Oslo 2024": '{ region(code: "0301") { name totals(year: 2024) { settled quota remaining } } }',
    "country 2020": '{ region(code: "NO") { totals(year: 2020) { announced announcedOriginally } '
    "published(year: 2016) { measure persons sourceName } } }",
    "country 2016": f'{{ region(code: "NO") {{ totals(year: 2016) {{ {TOTALS} }} }} }}',
    "Oslo's history": f'{{ region(code: "0301") {{ history(from: 2012, to: 2024) {{ year {TOTALS} }} }} }}',
    "today's map": f'{{ region(code: "0301") {{ history(from: 2012, borders: NOW) {{ year {TOTALS} }} }} }}',
    "Oslo by sex": '{ region(code: "0301") { breakdown(year: 2024, by: [SEX]) { persons share } } }',
    "Oslo by sex and age": '{ region(code: "0301") { breakdown(year: 2024, by: [SEX, AGE_GROUP]) '
    "{ persons } } }",
    "Oslo by month": '{ region(code: "0301") { series(year: 2024) { undated points { period settled } } } }',
    "districts": '{ regions(within: "0301", level: DISTRICT, on: "2024-06-01", first: 50) { nodes { name '
    "totals(year: 2024) { settled quota } } } }",
    "municipalities": '{ regions(level: MUNICIPALITY, on: "2016-06-01", first: 500) { nodes { code name '
    f"totals(year: 2016) {{ {TOTALS} }} }} }} }}",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=REAL)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--runs", type=int, default=1, help="imports, each into a system without seeds")
    said = parser.parse_args()
    for _ in range(said.runs):
        with (
            tempfile.TemporaryDirectory() as directory,
            RunningSystem(Path(directory) / "empty", seeds=False) as empty,
        ):
            say(f"into an empty system: {imported(empty.wait_until_ready(), said.file):.1f} s in all")
    with (
        tempfile.TemporaryDirectory() as directory,
        RunningSystem(Path(directory) / "before") as before,
        RunningSystem(Path(directory) / "after") as after,
    ):
        before.wait_until_ready()
        imported(after.wait_until_ready(), said.file)
        compare(before, after, QUERIES.items(), said.rounds)
    return 0


def imported(system: RunningSystem, file: Path) -> float:
    """Seconds from the beginning of the command to its end, when all is released."""
    began = time.monotonic()
    words = ("import", "imdi", str(file), "--map-retired", "--language", "en")
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", *words],
        env=system.environment, capture_output=True, text=True, timeout=600, check=True,
    )  # fmt: skip
    seconds = time.monotonic() - began
    for line in done.stdout.splitlines():
        if line.startswith(("Stored", "Released")):
            say(f"  {line}")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
