"""A mistake in the text is told with the path of the field that it stands in."""

import pytest
from graphql_server.exceptions import GraphQLValidationError

from services.opendata.graphql.executing.documents import read_document
from services.opendata.graphql.schema.schema import schema


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{ region(code: "0301") { totals(year: "x") { settled } } }', ["region", "totals"]),
        ("{ oslo: region(code: 1.5) { name } }", ["oslo"]),
        ('{ region(code: "0301") { totals(year: 2024) { nobody } } }', ["region", "totals", "nobody"]),
        ('{ region(code: "0301") { ...f } } fragment f on Region { totals(year: "x") { settled } }', None),
    ],
)
def test_the_path_is_that_of_the_field_in_the_answer(text: str, path: list[str] | None) -> None:
    with pytest.raises(GraphQLValidationError) as refused:
        read_document(schema(), text)

    assert [error.path for error in refused.value.errors] == [path]


def test_every_mistake_keeps_its_own_path() -> None:
    text = (
        '{ a: region(code: "0301") { totals(year: "x") { settled } } b: regions(first: "y") { totalCount } }'
    )

    with pytest.raises(GraphQLValidationError) as refused:
        read_document(schema(), text)

    assert [error.path for error in refused.value.errors] == [["a", "totals"], ["b"]]
