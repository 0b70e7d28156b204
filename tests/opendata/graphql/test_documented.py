"""The docs of measures: the words of the schema, and examples as they are answered."""

import json
import re

import pytest
from graphql import get_named_type, is_leaf_type, parse, validate

from services.opendata.graphql.describing import (
    DAYS,
    MUNICIPALITIES,
    PER_CENT,
    PER_THOUSAND,
    PERSONS,
    RATIO,
    read_description,
)
from services.opendata.graphql.schema.schema import schema
from tests.documented import DOCS, examples, same
from tests.opendata.exports.downloading import Downloading
from tests.opendata.exports.told import tell

MEASURES = DOCS / "measures.md"
MEASURED = {PERSONS, MUNICIPALITIES, RATIO, PER_THOUSAND, DAYS, PER_CENT}
QUERIES = [
    (page.stem, query)
    for page in sorted(DOCS.glob("*.md"))
    for query in re.findall(r"```graphql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
]


def table(head):
    """The rows of the page's tables whose first column has that name, by their first."""
    tables = re.findall(
        rf"^\| {head} \|.*\n\|[-|]+\n((?:\|.*\n)+)", MEASURES.read_text("utf-8"), re.MULTILINE
    )
    rows = [row.removeprefix("| ").removesuffix(" |").split(" | ") for row in "".join(tables).splitlines()]
    return {row[0].strip("`"): row[1:] for row in rows}


def told():
    """What the schema says of every value of totals, and of every other number that counts something."""
    for name, type_ in schema().type_map.items():
        for field, found in getattr(type_, "fields", {}).items():
            said = read_description(found.description or "")
            if is_leaf_type(get_named_type(found.type)) and (name == "Totals" or said.unit in MEASURED):
                label = field if name == "Totals" else f"{name}.{field}"
                yield label, [said.meaning, said.unit or "", f"`{said.example}`"]


def test_every_measure_is_documented_in_the_words_of_the_schema():
    assert table("field") == dict(told())


def test_every_reason_for_withholding_is_documented_in_the_words_of_the_schema():
    values = schema().type_map["WithheldReason"].values

    assert table("`reason`") == {name: [value.description] for name, value in values.items()}


@pytest.mark.parametrize(("page", "query"), QUERIES, ids=[page for page, _ in QUERIES])
def test_every_query_in_the_docs_can_be_asked(page, query):
    assert validate(schema(), parse(query)) == []


@pytest.mark.parametrize("example", examples(MEASURES, languages=("graphql",)), ids=str)
def test_a_query_is_answered_as_the_page_says(world, example):
    tell(world)

    answer = Downloading(world.published.open).data(example.code)

    assert same(example.expected, json.dumps({"data": answer})), json.dumps(answer, ensure_ascii=False)
