"""The developers' guide: every example prints, and every question is answered, as its page says."""

import json
from pathlib import Path

import pytest

from tests.acceptance.running import RunningSystem
from tests.documented import DOCS, Example, examples, printed, same

PAGES = [DOCS / f"{name}.md" for name in ("asking", "paging", "limits", "regions")]
FIRST_QUESTION = [
    one for one in examples(DOCS.parent / "README.md") if one.code.startswith("curl") and "0301" in one.code
]


@pytest.mark.parametrize("example", [*FIRST_QUESTION, *examples(*PAGES)], ids=str)
def test_an_example_prints_what_the_page_says(
    seeded: RunningSystem, tmp_path: Path, example: Example
) -> None:
    assert same(example.expected, printed(example, seeded.url, tmp_path))


@pytest.mark.parametrize("example", examples(*PAGES, languages=("graphql",)), ids=str)
def test_a_question_is_answered_as_the_page_says(seeded: RunningSystem, example: Example) -> None:
    answer = seeded.answer_to(example.code)

    told = json.dumps({part: answer[part] for part in ("data", "errors") if part in answer})
    assert same(example.expected, told), told


def test_the_guide_has_examples_of_first_questions_pages_and_changes_in_each_language() -> None:
    found = [(example.page, example.language) for example in examples(*PAGES)]

    assert len(FIRST_QUESTION) == 1
    assert found.count(("asking", "python")) == found.count(("asking", "js")) == 1
    assert found.count(("paging", "python")) == found.count(("paging", "js")) == 2
    assert ("asking", "sh") in found
    assert ("paging", "sh") in found
