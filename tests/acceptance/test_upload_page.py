"""The page for caseworkers in a real browser: a sheet in, faults seen, mended, posted, receipts."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser

from tests.acceptance.browser import Visit, browsing
from tests.acceptance.running import RunningSystem

HEADING = ["Referanse", "Handling", "Kommune", "Bosatt dato", "Kjønn"]
SETTLED = '{ region(code: "0301") { totals(year: 2024) { settled } } }'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as one:
        yield one


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADING, *rows):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def pictured(visit: Visit, name: str) -> None:
    """A picture for who wants to look, where BOSATT_PICTURES says."""
    if "BOSATT_PICTURES" in os.environ:
        visit.picture(Path(os.environ["BOSATT_PICTURES"]) / f"{name}.png")


def nothing_amiss(visit: Visit) -> None:
    """No request has left for elsewhere, and no script, style or policy was complained of."""
    assert visit.hosts == {visit.url.removeprefix("http://")}
    assert visit.complaints == []


def test_a_sheet_is_dragged_in_mended_posted_and_answered_with_receipts(
    empty: RunningSystem, browser: Browser
) -> None:
    visit = Visit(browser, empty.url).sign_in("0301 Oslo")
    pictured(visit, "start")

    visit.drag_in(
        "mars.xlsx", workbook(["1", "", 301, "2024-03-01", "Kvinne"], ["2", "", 301, "i går", "Mann"])
    )
    visit.wait_until_done()

    assert "Må være en dato" in visit.text("table.faults")
    assert "Bosatt dato" in visit.text("table.faults")
    assert "Ingenting er lagret ennå" in visit.text()
    pictured(visit, "tried")

    with visit.page.expect_download() as download:
        visit.page.get_by_text("Last ned radene som må rettes").click()
    rejected = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert [cell.value for cell in rejected[2]][:4] == ["2", None, 301, "i går"]

    visit.page.locator("#submit").click()
    visit.page.wait_for_selector("table.receipts")
    pictured(visit, "posted")
    empty.wait_for(SETTLED, {"region": {"totals": {"settled": 1}}})

    visit.page.goto(f"{empty.url}/upload")
    visit.drag_in(
        "mended.xlsx", workbook(["1", "", 301, "2024-03-01", "Kvinne"], ["2", "", 301, "2024-03-02", "Mann"])
    )
    visit.wait_until_done()
    assert "1 var meldt fra før" in visit.text().replace("\n", " ")
    visit.page.locator("#submit").click()
    visit.page.wait_for_selector("table.receipts")
    empty.wait_for(SETTLED, {"region": {"totals": {"settled": 2}}})
    nothing_amiss(visit)
    visit.close()


def test_everything_is_done_with_the_keyboard_alone(
    empty: RunningSystem, browser: Browser, tmp_path: Path
) -> None:
    sheet = tmp_path / "mars.xlsx"
    sheet.write_bytes(workbook(["1", "", 301, "2024-03-01", "Kvinne"]))
    visit = Visit(browser, empty.url, language="en-GB")
    page = visit.page
    page.goto(f"{empty.url}/upload")

    def tab_to(text: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            told = page.evaluate(
                "(() => { const at = document.activeElement; "
                "return (at.labels?.[0] ?? at).innerText || at.getAttribute('aria-label') || ''; })()"
            )
            if text in told:
                outlined = page.evaluate(
                    "(() => { const at = document.activeElement; const seen = at.type === 'file' ? at.labels[0] : at; "
                    "return getComputedStyle(seen).outlineStyle; })()"
                )
                assert outlined != "none", f"nobody sees where {text} is"
                return
        raise AssertionError(f"the keyboard does not reach {text}")

    tab_to("Sign in")
    page.keyboard.press("Enter")
    page.wait_for_url("**/authorize?*")
    tab_to("Sign in as")
    page.keyboard.type("0301")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{empty.url}/upload")
    tab_to("Choose a file")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(sheet)
    visit.wait_until_done()
    assert "All rows are in order" in visit.text()
    tab_to("Store the rows")
    page.keyboard.press("Enter")
    page.wait_for_selector("table.receipts")
    tab_to("Correct reports")
    page.keyboard.press("Enter")
    page.locator("#year").fill("2024")
    page.keyboard.press("Enter")
    page.wait_for_selector("td a")
    tab_to("Correct")
    nothing_amiss(visit)
    visit.close()


def test_an_allocation_is_answered_and_a_report_corrected(empty: RunningSystem, browser: Browser) -> None:
    from tests.acceptance.test_posting import event

    person = "6f1c1c9e-54c5-4f11-bf5b-0f4f7d5a1c11"
    allocated = event(
        "person.allocated", {"municipality": "0301", "allocatedOn": "2024-05-01"}, subject=person
    )
    assert empty.post("settlements", allocated, "imdi").status_code == 201
    visit = Visit(browser, empty.url).sign_in("0301")
    page = visit.page

    page.get_by_role("link", name="Tildelinger").click()
    pictured(visit, "allocations")
    page.get_by_label("Planlagt uke").first.fill("2024-W35")
    page.get_by_role("button", name="Aksepter").click()
    page.wait_for_selector(".box.good")
    assert person in visit.text(".box.good")

    page.goto(f"{empty.url}/upload")
    sheet = ",".join((*HEADING, "Bosettings-ID")) + f"\n7,,0301,2024-06-01,Kvinne,{person}\n"
    visit.drag_in("juni.csv", sheet.encode())
    visit.wait_until_done()
    page.locator("#submit").click()
    page.wait_for_selector("table.receipts")
    assert person in visit.text("table.receipts")

    page.goto(f"{empty.url}/upload/reports?year=2024")
    page.locator("td a").click()
    pictured(visit, "report")
    page.get_by_label("Kjønn").select_option("male")
    page.get_by_role("button", name="Lagre rettingen").click()
    page.wait_for_selector(".box.good")
    page.goto(f"{empty.url}/upload/reports?year=2024")
    assert "Mann" in visit.text("table")
    nothing_amiss(visit)
    visit.close()


@pytest.mark.parametrize("language", ["nb-NO", "en-GB"])
def test_a_phones_width_is_enough(seeded: RunningSystem, browser: Browser, language: str) -> None:
    visit = Visit(browser, seeded.url, language=language, width=360).sign_in("0301")

    visit.drag_in("a.xlsx", workbook(["1", "", "4601", "i går", "X"]))
    visit.wait_until_done()
    pictured(visit, f"phone-{language}")

    for path in ("/upload", "/upload/allocations", "/upload/reports?year=2024"):
        too_wide = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, visit.page.url
        visit.page.goto(f"{seeded.url}{path}")
    nothing_amiss(visit)
    visit.close()


def test_the_language_is_switched_on_the_page(seeded: RunningSystem, browser: Browser) -> None:
    visit = Visit(browser, seeded.url).sign_in("0301")

    visit.page.get_by_role("link", name="English").click()

    assert "Submit a spreadsheet" in visit.text("h1")
    assert visit.page.locator("html").get_attribute("lang") == "en"
    visit.close()
