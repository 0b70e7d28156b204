"""The examples of the docs, as they stand there: what is shown is what is run."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[1] / "docs"
ADDRESS = "http://127.0.0.1:8000"
"""Of the system that the docs ask."""

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SHOWN = ("text", "json")
_PROGRAMS = {"sh": "bash", "python": sys.executable, "js": "node"}
_NEEDED: dict[str, dict[str, str]] = {
    "sh": {"bash": "bash", "curl": "curl"},
    "python": {},
    "js": {"node": "nodejs (18 or later)"},
}
_ENDINGS = {"sh": "sh", "python": "py", "js": "mjs"}


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block of code with the block of what it prints or answers after it."""

    page: str
    language: str
    code: str
    expected: str

    def __str__(self) -> str:
        return f"{self.page}-{self.language}"


def examples(*pages: Path, languages: tuple[str, ...] = tuple(_PROGRAMS)) -> list[Example]:
    """All examples of pages that are in one of the languages, in order."""
    texts = [(page.stem, page.read_text(encoding="utf-8")) for page in pages]
    return [
        Example(name, code[1], code[2], shown[2])
        for name, text in texts
        for code, shown in pairwise(_BLOCK.finditer(text))
        if code[1] in languages and shown[1] in _SHOWN and not text[code.end() : shown.start()].strip()
    ]


def printed(example: Example, url: str, folder: Path) -> str:
    """What an example prints when the system at ``url`` is asked. It may say nothing beside that."""
    program = _PROGRAMS[example.language]
    for needed, package in _NEEDED[example.language].items():
        if shutil.which(needed) is None:
            missing = f"{needed} is missing: install Debian's package {package} to run this"
            assert not os.environ.get("CI"), missing
            pytest.skip(missing)
    file = folder / f"example.{_ENDINGS[example.language]}"
    file.write_text(example.code.replace(ADDRESS, url), encoding="utf-8")
    ended = subprocess.run(
        [program, file], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended
    return ended.stdout


def same(shown: str, said: str) -> bool:
    """Whether a page shows what was said, be it that JSON is laid out otherwise."""
    return shown.strip() == said.strip() or (shown.startswith("{") and _json(shown) == _json(said))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
