"""``/graphql/limits``: what it says, what holds and what is documented are one."""

import re

from services.opendata.graphql.http.limits_document import ESTIMATED, LIMITS
from services.opendata.graphql.limits.allowance import (
    FROM_MEMORY,
    NAMED_TIMES,
    ON_LOOPBACK,
    REFUSED,
    USUAL,
    Allowance,
)
from tests.documented import DOCS
from tests.opendata.graphql.asking import Asking

PAGE = DOCS / "limits.md"


def documented(columns):
    """The rows of tables in the docs with so many columns, by their first."""
    rows = re.findall(r"^\| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    cells = [row.split(" | ") for row in rows]
    return {row[0].strip("`"): row[1:] for row in cells if len(row) == columns}


def test_all_limits_are_told_with_value_unit_and_meaning():
    response = Asking().client.get("/graphql/limits")

    told = response.get_json()["limits"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert {limit["name"]: limit["value"] for limit in told} == {limit.name: limit.value for limit in LIMITS}
    assert all(limit["unit"] and limit["meaning"].endswith(".") for limit in told)


def test_what_each_client_may_ask_for_is_told_as_it_is_set():
    rate = Asking(allowance=Allowance(7, 3)).client.get("/graphql/limits").get_json()["rate"]

    assert (rate["unnamed"], rate["named"], rate["seconds"]) == (7, 28, 3)


def test_the_docs_show_the_same_limits():
    rows = documented(5)

    shown = {
        name: [cell.strip("`") for cell in rows[name]]
        for name in rows
        if name in {one.name for one in LIMITS}
    }
    assert shown == {
        limit.name: [f"{limit.value:,}", limit.unit, limit.code or "", limit.meaning] for limit in LIMITS
    }


def test_the_docs_show_the_same_estimates_and_rates():
    text = PAGE.read_text(encoding="utf-8")
    rows = documented(2)

    shown = {name: rows[name] for name in rows if name in ESTIMATED}
    assert shown == {name: [f"{number:,}"] for name, number in ESTIMATED.items()}
    for number in (USUAL.objects, ON_LOOPBACK.objects, NAMED_TIMES, FROM_MEMORY, REFUSED):
        assert f"{number:,}" in text
