"""The docs hang together: what they link to is there."""

import re
from pathlib import Path

import pytest

from tests.documented import DOCS

ROOT = DOCS.parent
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def headings(page: Path) -> set[str]:
    """What a page's headings are called in links to them."""
    told = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in told}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_links_to_what_is_there(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))

    broken = [
        f"{path}#{heading}" if heading else path
        for path, heading in LINK.findall(text)
        if not (there := (page.parent / path if path else page)).exists()
        or (heading and heading not in headings(there))
    ]

    assert broken == []


def test_every_page_is_linked_from_another() -> None:
    linked = {
        (page.parent / path).resolve()
        for page in PAGES
        for path, _ in LINK.findall(page.read_text(encoding="utf-8"))
        if path
    }

    assert [page for page in PAGES[1:] if not {page, page.parent} & linked] == []
