"""What can't be answered yet is an error on its own field, and its siblings stay."""

from datetime import date

import pytest

from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NumbersInMemory, Person

NUMBERS = NumbersInMemory([Person("0301", 2024, date(2024, 5, 17))])

FIELDS = {
    "totals": ("totals(year: 2024, {}) {{ settled }}", None),
    "history": ("history({}) {{ year }}", []),
    "series": ("series(year: 2024, {}) {{ points {{ period }} undated }}", {"points": [], "undated": None}),
    "breakdown": ("breakdown(year: 2024, by: [SEX], {}) {{ persons }}", []),
}


@pytest.mark.parametrize("argument", ['asOf: "2024-06-21T23:59:59+02:00"', 'until: "2024-06-21"'])
@pytest.mark.parametrize("field", FIELDS)
def test_another_time_is_an_error_that_leaves_siblings_intact(field, argument):
    text, empty = FIELDS[field]

    answer = Asking(NUMBERS)(
        f'{{ region(code: "0301") {{ name {text.format(argument)} after: totals(year: 2024) {{ settled }} }} '
        "release { id } }"
    )

    assert answer["data"] == {
        "region": {"name": "Oslo", field: empty, "after": {"settled": 1}},
        "release": {"id": "2024-06-21.1"},
    }
    [error] = answer["errors"]
    assert error["path"] == ["region", field]
    assert error["extensions"] == {"code": "NOT_YET"}
    assert error["message"].startswith(argument.partition(":")[0])


def test_every_field_that_fails_has_an_error_of_its_own():
    fields = " ".join(text.format('until: "2024-06-21"') for text, _ in FIELDS.values())

    answer = Asking(NUMBERS)(f'{{ region(code: "0301") {{ {fields} name }} }}')

    assert answer["data"]["region"] == {"name": "Oslo"} | {name: empty for name, (_, empty) in FIELDS.items()}
    assert [error["path"][-1] for error in answer["errors"]] == list(FIELDS)


def test_in_a_list_each_region_fails_for_itself():
    answer = Asking(NUMBERS)(
        '{ regions(codes: ["0301", "1103"]) { nodes { name history(until: "2024-06-21") { year } } } }'
    )

    assert [node["name"] for node in answer["data"]["regions"]["nodes"]] == ["Oslo", "Stavanger"]
    assert [error["path"] for error in answer["errors"]] == [
        ["regions", "nodes", 0, "history"],
        ["regions", "nodes", 1, "history"],
    ]


@pytest.mark.parametrize("argument", ["asOf: null", "until: null", "borders: null", "borders: THEN"])
@pytest.mark.parametrize("field", FIELDS)
def test_null_and_the_map_of_the_year_are_answered(field, argument):
    text, _ = FIELDS[field]

    answer = Asking(NUMBERS).data(f'{{ region(code: "0301") {{ {text.format(argument)} }} }}')

    assert answer["region"][field]
