"""The query console in a real browser, on the published figures."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from services.opendata.web.console.examples import examples
from tests.acceptance.browser import Visit, browsing
from tests.acceptance.running import RunningSystem


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as one:
        yield one


def visit_console(browser: Browser, seeded: RunningSystem, **options: str) -> Visit:
    visit = Visit(browser, seeded.url, **options)  # type: ignore[arg-type]
    visit.page.goto(f"{seeded.url}/graphql")
    visit.page.wait_for_selector(".graphiql-execute-button")
    return visit


def test_an_example_is_run_and_its_answer_read(seeded: RunningSystem, browser: Browser) -> None:
    visit = visit_console(browser, seeded)

    expect(visit.page.locator("h1")).to_have_text("Bosatt: spør de åpne dataene")
    visit.page.select_option("#examples", label="Bydelene i en by: kvoter og bosatte")
    expect(visit.page.locator(".graphiql-query-editor")).to_contain_text("notPlacedInDistrict")
    visit.page.click(".graphiql-execute-button")

    answer = visit.page.locator(".result-window")
    expect(answer).to_contain_text('"settled": 849')
    expect(answer).to_contain_text("Gamle Oslo")
    if "BOSATT_PICTURES" in os.environ:
        visit.picture(Path(os.environ["BOSATT_PICTURES"]) / "console.png")
    assert visit.hosts == {seeded.url.removeprefix("http://")}
    assert visit.complaints == []
    visit.close()


def test_fields_are_completed_and_documented_from_the_schema(seeded: RunningSystem, browser: Browser) -> None:
    visit = visit_console(browser, seeded, language="en-GB")

    expect(visit.page.locator("h1")).to_have_text("Bosatt: ask the open data")
    visit.page.locator(".graphiql-query-editor .CodeMirror").click()
    visit.page.keyboard.press("Control+A")
    visit.page.keyboard.type("{ region(code: 0) { nam")
    expect(visit.page.locator(".CodeMirror-hints")).to_contain_text("name")
    visit.page.keyboard.press("Escape")
    visit.page.click("button[aria-label*='ocumentation']")

    expect(visit.page.locator(".graphiql-plugin")).to_contain_text("Query")
    visit.close()


def test_on_a_telephone_everything_fits_and_the_answer_stands_below_the_question(
    seeded: RunningSystem, browser: Browser
) -> None:
    visit = visit_console(browser, seeded)
    visit.page.set_viewport_size({"width": 400, "height": 800})

    visit.page.select_option("#examples", label="Hva staten ba om, først og sist")
    visit.page.click(".graphiql-execute-button")
    expect(visit.page.locator(".result-window")).to_contain_text("announcedOriginally")

    question, answer = (
        visit.page.locator(part).bounding_box() for part in (".graphiql-editors", ".graphiql-response")
    )
    assert question
    assert answer
    assert question["y"] + question["height"] <= answer["y"]
    chooser = visit.page.locator("#examples").bounding_box()
    assert chooser
    assert chooser["x"] + chooser["width"] <= 400
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 400
    visit.page.click("button[aria-label*='ocumentation']")
    documentation = visit.page.locator(".graphiql-plugin").bounding_box()
    assert documentation
    assert 300 < documentation["width"] <= 400
    expect(visit.page.locator(".graphiql-editors")).to_be_hidden()
    visit.page.click("button[aria-label*='ocumentation']")
    expect(visit.page.locator(".graphiql-editors")).to_be_visible()
    visit.close()


def test_every_example_is_answered_with_numbers(seeded: RunningSystem) -> None:
    for example in examples():
        found = seeded.ask(example.query)
        assert any(digit in json.dumps(found) for digit in "123456789"), example.name
