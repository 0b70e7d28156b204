"""Worked examples of questions: what the console begins with, and what tests and benchmarks ask."""

from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Example:
    """A question and what it is about, in English and Norwegian (bokmål)."""

    name: str
    en: str
    nb: str
    query: str


@cache
def examples() -> tuple[Example, ...]:
    """All of them, in the order in which they are best read.

    Each is a file: its first two lines are comments that say in English and Norwegian what it is about.
    """
    folder = resources.files(__package__).joinpath("examples")
    files = sorted(
        (one for one in folder.iterdir() if one.name.endswith(".graphql")), key=lambda one: one.name
    )
    return tuple(_read(one.name.removesuffix(".graphql"), one.read_text(encoding="utf-8")) for one in files)


def _read(name: str, text: str) -> Example:
    en, nb, query = text.split("\n", 2)
    return Example(name, en.removeprefix("# "), nb.removeprefix("# "), query)
