"""Read the figures' files."""

import csv
from functools import cache
from importlib import resources

Row = dict[str, str]


@cache
def _rows(name: str) -> tuple[Row, ...]:
    text = resources.files("services.seeding.figures").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def national_requests() -> tuple[Row, ...]:
    return _rows("national_requests")


def national_settled() -> tuple[Row, ...]:
    return _rows("national_settled")


def oslo_requests() -> tuple[Row, ...]:
    return _rows("oslo_requests")


def oslo_district_quotas() -> tuple[Row, ...]:
    return _rows("oslo_district_quotas")


def oslo_settled() -> tuple[Row, ...]:
    return _rows("oslo_settled_2024-06-21")


def oslo_breakdowns() -> tuple[Row, ...]:
    return _rows("oslo_settled_2024-06-21_breakdowns")


def oslo_unaccompanied_minors() -> tuple[Row, ...]:
    return _rows("oslo_unaccompanied_minors")


def spare_capacity() -> tuple[Row, ...]:
    return _rows("spare_capacity_2020")
