"""Find regions by name, written with or without Norwegian and Sámi letters."""

import unicodedata
from functools import cache, lru_cache
from itertools import product

_WRITTEN_AS = {"å": ("å", "aa", "a"), "ø": ("ø", "oe", "o"), "æ": ("æ", "ae")}
_PLAIN = str.maketrans({"đ": "d", "ŋ": "n", "ŧ": "t"})


def matches(search: str, name: str) -> bool:
    """Whether a name has a text in it.

    Case, accents and what stands between words make no difference. The name's å may be written aa or a,
    its ø oe or o, its æ ae. A letter of the search that is Norwegian stands for itself: å finds Årdal
    and not Arendal. Signs alone, such as ``%``, stand in no name.
    """
    text = _folded(search)
    return text in _spellings(name) if text else not search.strip()


@cache
def _spellings(name: str) -> str:
    """All ways of writing a name, one a line. No search has a line break in it, so none spans two."""
    ways = product(*(_WRITTEN_AS.get(letter, (letter,)) for letter in _folded(name)))
    return "\n".join("".join(way) for way in ways)


@lru_cache(maxsize=256)
def _folded(text: str) -> str:
    """Lower case, one blank for whatever is between words, and no accents on letters but å."""
    words = "".join(letter if letter.isalnum() or _is_accent(letter) else " " for letter in text).split()
    letters = unicodedata.normalize("NFC", " ".join(words)).casefold()
    return "".join(letter if letter in _WRITTEN_AS else _unaccented(letter) for letter in letters)


def _is_accent(letter: str) -> bool:
    return unicodedata.combining(letter) > 0


def _unaccented(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    return "".join(part for part in parts if not unicodedata.combining(part)).translate(_PLAIN)
