"""Field kinds: strict JSON values, kept as they are."""

import pytest
from marshmallow import ValidationError

from services.contract.schemas import fields as kind


def refused(field, value):
    try:
        field.deserialize(value)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize("value", [0, 1, 1_000_000])
def test_a_count_of_persons_is_a_whole_number_up_to_a_million(value):
    assert kind.persons().deserialize(value) == value


@pytest.mark.parametrize("value", [True, False, "12", "", 12.0, 1.0, 12.5, [], {}, [12]])
def test_what_merely_resembles_a_whole_number_is_refused(value):
    assert refused(kind.persons(), value) == ["Must be a whole number."]


@pytest.mark.parametrize("value", [-1, 1_000_001, 10**30])
def test_a_count_out_of_reach_is_refused(value):
    assert refused(kind.persons(), value) == ["Must be between 0 and 1000000."]


@pytest.mark.parametrize(("value", "fine"), [(1994, False), (1995, True), (2100, True), (2101, False)])
def test_a_year_is_one_from_1995_to_2100(value, fine):
    assert (refused(kind.year(), value) == []) is fine


@pytest.mark.parametrize("value", [True, False])
def test_true_and_false_are_kept(value):
    assert kind.Truth().deserialize(value) is value


@pytest.mark.parametrize("value", [1, 0, "true", "yes", "false", "", 1.0, []])
def test_what_merely_resembles_true_or_false_is_refused(value):
    assert refused(kind.Truth(), value) != []


@pytest.mark.parametrize("value", ["NO", "03", "0301", "030101", "9999", "99"])
def test_a_regions_code_is_two_four_or_six_digits_or_the_country(value):
    assert kind.region_code().deserialize(value) == value


@pytest.mark.parametrize("value", [301, "301", "3", "03010", "0301\n", " 0301", "no", "Oslo", "٠٣٠١", True])
def test_what_has_not_the_form_of_a_code_is_refused(value):
    assert refused(kind.region_code(), value) != []


@pytest.mark.parametrize("value", ["1990", "2016-05", "2016-05-17", "2024-02-29", "2100"])
def test_a_partial_date_is_kept_as_written(value):
    assert kind.partial_date().deserialize(value) == value


@pytest.mark.parametrize(
    "value", ["1989", "2101", "2023-02-29", "2016-5", "16", "", 2016, True, "2016-05-17T00:00:00Z"]
)
def test_what_is_no_partial_date_of_our_time_is_refused(value):
    assert refused(kind.partial_date(), value) != []


@pytest.mark.parametrize("value", ["2024-02-25", "2024-02-29", "1990-01-01"])
def test_a_full_date_is_kept_as_written(value):
    assert kind.full_date().deserialize(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "2024",
        "2024-02",
        "2024-02-30",
        "20240225",
        "2024-W25-5",
        "0204-02-25",
        "1989-12-31",
        "2024-2-25",
        "25.02.2024",
        20240225,
        "2024-02-25\n",
    ],
)
def test_what_is_no_full_date_is_refused(value):
    assert refused(kind.full_date(), value) != []


@pytest.mark.parametrize("value", ["UKR", "XXX"])
def test_a_country_is_kept(value):
    assert kind.country().deserialize(value) == value


@pytest.mark.parametrize("value", ["ukr", "UA", "Ukraine", "", "unknown", 804])
def test_what_is_no_country_is_refused(value):
    assert refused(kind.country(), value) != []


def test_a_list_of_codes_names_them_all_when_another_is_given():
    assert refused(kind.one_of(["a", "b"]), "c") == ["Must be one of: a, b."]


@pytest.mark.parametrize(("length", "fine"), [(0, False), (1, True), (500, True), (501, False)])
def test_a_short_text_has_one_to_five_hundred_characters(length, fine):
    assert (refused(kind.reason(), "x" * length) == []) is fine


@pytest.mark.parametrize(
    "make",
    [
        kind.persons,
        kind.region_code,
        kind.partial_date,
        kind.full_date,
        kind.country,
        kind.short_text,
        kind.Truth,
    ],
)
def test_null_stands_only_where_it_is_allowed(make):
    assert refused(make(), None) == ["Field may not be null."]
    assert make(allow_none=True).deserialize(None) is None


def test_an_undeclared_field_is_refused_with_the_reason_for_the_rule():
    messages = kind.StrictSchema().validate({"name": "Ola"})

    assert list(messages) == ["name"]
    assert "nothing about a person is stored that nobody has a use for" in messages["name"][0]


@pytest.mark.parametrize("document", [[], "x", 1, None, True])
def test_what_is_no_object_is_refused(document):
    assert kind.StrictSchema().validate(document) == {"_schema": ["Must be a JSON object."]}
