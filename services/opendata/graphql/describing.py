"""What a part of the schema means, its unit and an example: written in one form, and read from it.

People meet descriptions in the console and by introspection; downloads and the docs take the same words.
"""

from dataclasses import dataclass

PERSONS = "persons"
MUNICIPALITIES = "municipalities"
RATIO = "ratio, 1.0 = 100 %"
PER_THOUSAND = "persons per 1,000 inhabitants"
DAYS = "days"
PER_CENT = "per cent, 100 = all"
ITEMS = "items"
YEAR = "calendar year in Norway"
DAY = "date in Norway"
MOMENT = "moment in UTC"
MOMENT_WITH_OFFSET = "moment with its offset from UTC"

_UNIT, _EXAMPLE = "Unit: ", "Example: "


@dataclass(frozen=True, slots=True)
class Described:
    """A description in its parts; ``unit`` is None where there is none, ``example`` for what is no value."""

    meaning: str
    unit: str | None = None
    example: str | None = None

    def __str__(self) -> str:
        """As it stands in the schema: Markdown, unit and example on lines of their own."""
        unit = [] if self.unit is None else [f"{_UNIT}{self.unit}."]
        example = [] if self.example is None else [f"{_EXAMPLE}`{self.example}`"]
        return "\n".join([self.meaning, *([""] if unit or example else []), *unit, *example])


def described(meaning: str, example: str, unit: str | None = None) -> str:
    """The description of a value: a field, an argument or an input."""
    return str(Described(meaning, unit, example))


def read_description(text: str) -> Described:
    """The parts of a description that stands in the schema."""
    meaning, unit, example = [], None, None
    for line in text.splitlines():
        if line.startswith(_UNIT):
            unit = line.removeprefix(_UNIT).removesuffix(".")
        elif line.startswith(_EXAMPLE):
            example = line.removeprefix(_EXAMPLE).strip("`")
        else:
            meaning.append(line)
    return Described("\n".join(meaning).strip(), unit, example)
