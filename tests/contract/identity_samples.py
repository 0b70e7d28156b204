"""Made-up numbers that have the form of identity numbers, computed apart from the code under test.

Day, month and check digits follow the published rules; the numbers in the middle are random.
"""

import random
from collections.abc import Iterator


def birth_number(day: int, month: int, year: int, number: int) -> str | None:
    """The eleven digits with these first nine, None where a check digit would be ten."""
    digits = [int(character) for character in f"{day:02d}{month:02d}{year % 100:02d}{number:03d}"]
    for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
        check = -sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11
        if check == 10:
            return None
        digits.append(check)
    return "".join(map(str, digits))


def duf_number(year: int, serial: int) -> str:
    """The twelve digits of a registration in a year."""
    first = f"{year:04d}{serial:06d}"
    check = sum(w * int(d) for w, d in zip((4, 6, 3, 2, 4, 6, 3, 2, 7, 5), first, strict=True)) % 11
    return f"{first}{check:02d}"


def birth_numbers(count: int, seed: int, *, day_raised: int = 0, month_raised: int = 0) -> Iterator[str]:
    """Random numbers of existing days, the day and the month raised as asked."""
    chance = random.Random(seed)
    while count:
        made = birth_number(
            chance.randint(1, 28) + day_raised,
            chance.randint(1, 12) + month_raised,
            chance.randint(0, 99),
            chance.randint(0, 999),
        )
        if made is not None:
            count -= 1
            yield made


def duf_numbers(count: int, seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    return (duf_number(chance.randint(1980, 2030), chance.randint(0, 999_999)) for _ in range(count))
