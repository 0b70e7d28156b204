"""National identity, D- and DUF numbers are found wherever they stand, and nothing else is."""

import calendar
import random
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from stdnum.no import fodselsnummer

from services.contract.identity_numbers import (
    has_identity_number,
    is_birth_number,
    is_duf_number,
    pointers_to_identity_numbers,
)
from tests.contract.identity_samples import birth_number, birth_numbers, duf_number, duf_numbers

BIRTH = next(birth_numbers(1, seed=1))
LEADING_ZERO = next(number for number in birth_numbers(100, seed=2) if number.startswith("0"))
D_NUMBER = next(birth_numbers(1, seed=3, day_raised=40))
DUF = next(duf_numbers(1, seed=4))
EVERY_KIND = [BIRTH, LEADING_ZERO, D_NUMBER, DUF]


def found(document):
    return list(pointers_to_identity_numbers(document))


@pytest.mark.parametrize(
    ("day_raised", "month_raised"), [(0, 0), (40, 0), (0, 40), (0, 80), (40, 40), (40, 80)]
)
def test_every_valid_number_of_a_possible_date_is_recognised(day_raised, month_raised):
    numbers = birth_numbers(2000, seed=5, day_raised=day_raised, month_raised=month_raised)

    assert all(has_identity_number(number) for number in numbers)


def test_every_valid_duf_number_is_recognised():
    assert all(has_identity_number(number) for number in duf_numbers(2000, seed=6))


def test_every_number_that_an_independent_library_calls_valid_is_recognised():
    chance = random.Random(7)
    candidates = [
        number
        for _ in range(4000)
        if (number := birth_number(chance.randint(1, 71), chance.randint(1, 12), chance.randint(0, 99), 200))
    ]
    valid = [number for number in candidates if fodselsnummer.is_valid(number)]

    assert len(valid) > 500
    assert all(is_birth_number(number) for number in valid)


@pytest.mark.parametrize("year", [1904, 1996, 2000, 2024])
def test_the_29th_of_february_is_a_birthday_in_leap_years(year):
    numbers = [birth_number(29, 2, year, number) for number in range(50)]

    assert calendar.isleap(year)
    assert all(is_birth_number(number) for number in numbers if number)


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [(29, 2, 2023), (30, 2, 2024), (31, 4, 2024), (0, 5, 1990), (32, 5, 1990), (10, 0, 1990), (10, 13, 1990)],
)
def test_eleven_digits_of_an_impossible_date_are_no_birth_number(day, month, year):
    numbers = [number for number in (birth_number(day, month, year, n) for n in range(50)) if number]

    assert numbers
    assert not any(is_birth_number(number) for number in numbers)


@pytest.mark.parametrize("place", range(11))
def test_a_birth_number_with_one_digit_changed_is_none(place):
    changed = BIRTH[:place] + str((int(BIRTH[place]) + 1) % 10) + BIRTH[place + 1 :]

    assert is_birth_number(BIRTH)
    assert not is_birth_number(changed)


def test_a_duf_number_needs_its_check_digits_and_a_possible_year():
    wrong = DUF[:10] + f"{(int(DUF[10:]) + 1) % 100:02d}"

    assert is_duf_number(DUF)
    assert not is_duf_number(wrong)
    assert not is_duf_number(duf_number(1969, 123456))
    assert not is_duf_number(duf_number(2100, 123456))


@pytest.mark.parametrize("number", EVERY_KIND)
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "fnr. {}.",
        "fnr{}",
        "{}fnr",
        "id:{};",
        "({})",
        "-{}-",
        "Ola, {}, Oslo",
        "x\n{}\ny",
        "{}æ",
        "_{}_",
    ],
)
def test_a_number_is_found_in_any_text(number, text):
    assert has_identity_number(text.format(number))
    assert found({"data": {"reason": text.format(number)}}) == ["/data/reason"]


@pytest.mark.parametrize("separator", [" ", "-", ".", "/"])
def test_a_birth_number_is_found_with_the_separator_that_people_write(separator):
    assert has_identity_number(f"født {BIRTH[:6]}{separator}{BIRTH[6:]}")


def test_a_number_is_found_behind_other_runs_of_digits():
    assert has_identity_number(f"123456 {BIRTH[:6]} {BIRTH[6:]}")
    assert has_identity_number(f"12345678901 {DUF}")


@pytest.mark.parametrize("number", EVERY_KIND)
def test_a_longer_run_of_digits_is_not_searched_for_numbers_inside(number):
    assert not has_identity_number(f"1{number}0")


@pytest.mark.parametrize("number", EVERY_KIND)
def test_a_number_in_a_number_field_is_found_even_where_its_leading_nought_is_lost(number):
    assert found({"data": {"persons": int(number)}}) == ["/data/persons"]


@pytest.mark.parametrize("number", EVERY_KIND)
def test_a_number_in_a_nested_list_is_found_by_its_pointer(number):
    document = {"data": {"districts": [{"code": "030101"}, {"codes": [1, [number]]}]}}

    assert found(document) == ["/data/districts/1/codes/1/0"]


@pytest.mark.parametrize("number", EVERY_KIND)
def test_a_number_in_a_members_name_is_pointed_to_by_its_parent_so_that_nobody_repeats_it(number):
    document = {"data": {"persons": 1, f"fnr {number}": {"deeper": number}}, number: "x"}

    pointers = found(document)

    assert sorted(pointers) == ["", "/data"]
    assert not any(number in pointer for pointer in pointers)


def test_every_number_in_a_document_is_pointed_to():
    document = {"id": BIRTH, "data": {"a": D_NUMBER, "b": [DUF, "fine"], "c": int(BIRTH)}}

    assert found(document) == ["/id", "/data/a", "/data/b/0", "/data/c"]


def test_a_pointer_escapes_what_json_pointer_wants_escaped():
    assert found({"a/b": {"~": BIRTH}}) == ["/a~1b/~0"]


@pytest.mark.parametrize(
    "value", [None, True, False, 0, 1, 2024, -5, 12.5, "", "Oslo", [], {}, "²²²²²²²²²²²"]
)
def test_other_values_hold_none(value):
    assert found({"data": {"value": value}}) == []


def test_dates_and_moments_hold_none():
    chance = random.Random(8)
    start = datetime(1990, 1, 1, tzinfo=UTC)
    for _ in range(3000):
        moment = start + timedelta(
            seconds=chance.randrange(110 * 365 * 86400), microseconds=chance.randrange(10**6)
        )
        forms = (
            moment.isoformat(),
            moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            moment.strftime("%Y-%m-%dT%H:%M:%S.%f+02:00"),
            moment.strftime("%Y-%m-%d"),
            moment.strftime("%Y-%m"),
            moment.strftime("%d.%m.%Y"),
            moment.strftime("%Y%m%dT%H%M%SZ"),
        )
        assert not any(has_identity_number(form) for form in forms), forms


def test_a_number_beside_a_uuid_is_found():
    assert has_identity_number(f"{uuid.UUID(int=9)} {BIRTH}")
    assert has_identity_number(f"{DUF}/{uuid.UUID(int=9)}")


@pytest.mark.parametrize("number", EVERY_KIND)
def test_a_number_written_with_a_fraction_of_nought_is_found(number):
    assert found({"data": {"percent": float(number)}}) == ["/data/percent"]


@pytest.mark.parametrize("number", [BIRTH, LEADING_ZERO, D_NUMBER, DUF])
def test_a_number_below_zero_is_found(number):
    assert found({"data": {"persons": -int(number)}}) == ["/data/persons"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300, 12.5])
def test_a_fraction_and_a_number_without_end_are_none(value):
    assert found({"data": {"percent": value}}) == []


@pytest.mark.parametrize("number", EVERY_KIND)
def test_a_number_in_the_place_of_a_traceparent_is_found(number):
    assert found({"traceparent": number}) == ["/traceparent"]


def test_no_traceparent_holds_a_number_not_even_one_of_digits_alone():
    of_digits = f"00-{BIRTH:0>32}-{BIRTH + 'a':0>16}-01"
    chance = random.Random(9)
    at_random = [f"00-{chance.getrandbits(128):032x}-{chance.getrandbits(64):016x}-01" for _ in range(50_000)]

    assert [text for text in [of_digits, *at_random] if found({"traceparent": text})] == []
    assert not has_identity_number(f"00-{'a' * 32}-aaaaa{BIRTH}-01")


def test_of_a_million_random_uuids_none_holds_a_number_in_any_of_the_forms_they_are_written_in():
    chance = random.Random(10)
    refused = 0
    for _ in range(1_000_000):
        made = uuid.UUID(int=chance.getrandbits(128))
        lower = f"{made}\n{made.hex}"
        refused += has_identity_number(f"{lower}\n{lower.upper()}")

    assert refused == 0


@pytest.mark.parametrize("form", ["{}", "urn:uuid:{}", "/settlements/{}", "<{}>", "{{{}}}"])
def test_a_uuid_whose_last_group_is_a_number_holds_none(form):
    text = f"00000000-0000-4000-8000-0{BIRTH}"

    for written in (text, text.upper(), text.replace("-", "")):
        assert not has_identity_number(form.format(written))


def test_a_number_behind_hexadecimal_digits_that_are_no_uuid_is_found():
    assert has_identity_number(f"{'a' * 20}-{DUF}")
    assert has_identity_number(f"aaaaaaaaaaaa-aaaa-aaaa-{DUF}")
