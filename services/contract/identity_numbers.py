"""Recognise national identity, D- and DUF numbers, so that none is ever stored.

Sources: the form of birth numbers and D-numbers as published by the Norwegian Tax
Administration (two modulo-11 check digits, day raised by 40 in a D-number, month raised by 40
or 80 in numbers made for hospitals and tests); the DUF number's twelve digits (year, six-digit
serial, two check digits modulo 11) as described publicly by those who validate it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

# Random by their making, so that digits in them say nothing: trace contexts and UUIDs.
_RANDOM = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"
    r"|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
    r"|[0-9A-Fa-f]{32})"
    r"(?![0-9A-Za-z])"
)
_ELEVEN = re.compile(r"(?<!\d)(\d{6})[ .\-/]?(\d{5})(?!\d)")
_TWELVE = re.compile(r"(?<!\d)\d{12}(?!\d)")
_EITHER = re.compile(r"(?<!\d)\d{6}(?:[ .\-/]?\d{5}|\d{6})(?!\d)")

_SHORTEST = 11
# Digits of other alphabets are left to the closer look; this costs half of it.
_RUN = re.compile(r"[0-9]{6}[ .\-/]?[0-9]{5}")

# Of numbers with fewer digits, zeros put before them, the first six digits are no date.
_LEAST_NUMBER = 10**8

_FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DUF_WEIGHTS = (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)


def _weighted(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def _possible_date(digits: list[int]) -> bool:
    """Whether the first six digits can be a birth date in some century."""
    day = digits[0] * 10 + digits[1]
    month = digits[2] * 10 + digits[3]
    year = digits[4] * 10 + digits[5]
    day -= 40 if day > 40 else 0
    month -= 80 if month > 80 else 40 if month > 40 else 0
    try:
        date(2000 + year, month, day)
    except ValueError:
        # 29 February of a year that was leap in 1900s terms only does not exist: 1900 was none.
        return False
    return True


def is_birth_number(text: str) -> bool:
    """Whether eleven digits are a valid national identity number or D-number."""
    digits = [int(character) for character in text]
    return (
        _weighted(digits, _FIRST_WEIGHTS) % 11 == 0
        and _weighted(digits, _SECOND_WEIGHTS) % 11 == 0
        and _possible_date(digits)
    )


def is_duf_number(text: str) -> bool:
    """Whether twelve digits are a valid DUF number."""
    digits = [int(character) for character in text]
    year = int("".join(str(digit) for digit in digits[:4]))
    check = digits[10] * 10 + digits[11]
    return 1970 <= year < 2100 and _weighted(digits, _DUF_WEIGHTS) % 11 == check


def has_identity_number(text: str) -> bool:
    """Whether a text holds such a number as a whole run of digits, random identifiers left out."""
    if _EITHER.search(text) is None:
        return False  # nearly every text: one look and no more
    rest = _RANDOM.sub(" ", text)
    return any(is_birth_number(m[1] + m[2]) for m in _ELEVEN.finditer(rest)) or any(
        is_duf_number(m[0]) for m in _TWELVE.finditer(rest)
    )


def may_hold_identity_number(document: Mapping[str, Any]) -> bool:
    """Whether a document is worth a closer look: nearly none is, and it costs far less to tell.

    Never False where `pointers_to_identity_numbers` finds one.
    """
    texts: list[str] = []
    objects: list[Any] = [document]
    for found in objects:
        for name, value in found.items():
            if len(name) >= _SHORTEST and not name.isalpha():
                texts.append(name)
            kind = type(value)
            if kind is str:
                if len(value) >= _SHORTEST:
                    texts.append(value)
            elif kind is dict:
                objects.append(value)
            elif kind is list or kind is float or (kind is int and abs(value) >= _LEAST_NUMBER):
                return True
    return may_be_identity_numbers(texts)


def may_be_identity_numbers(texts: Iterable[str]) -> bool:
    """The same for texts. Never False where any of them `has_identity_number`."""
    told = "\n".join(texts)
    if told.isascii() and _RUN.search(told) is None:
        return False
    return _EITHER.search(told) is not None


def pointers_to_identity_numbers(value: Any, pointer: str = "") -> Iterator[str]:
    """JSON Pointers of every string, number or member name in a document that holds one.

    The pointer of a member whose *name* holds such a number ends at its parent, so that the
    number is not repeated to anybody.
    """
    if isinstance(value, Mapping):
        for name, member in value.items():
            if has_identity_number(name):
                yield pointer
            else:
                escaped = name.replace("~", "~0").replace("/", "~1")
                yield from pointers_to_identity_numbers(member, f"{pointer}/{escaped}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from pointers_to_identity_numbers(member, f"{pointer}/{index}")
    elif isinstance(value, str):
        if has_identity_number(value):
            yield pointer
    elif isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0:
        text = str(abs(int(value)))
        if has_identity_number(text) or has_identity_number(text.zfill(11)):
            yield pointer
