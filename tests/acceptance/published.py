"""The published figures as the files have them, read independently of the code that loads them."""

import csv
from pathlib import Path

FIGURES = Path(__file__).parents[2] / "services" / "seeding" / "figures"


def rows(name: str) -> list[dict[str, str]]:
    with (FIGURES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
