"""The pages: two languages, headers, files in parts, faults before anything is stored, receipts."""

import re

import pytest

from services.contract.labels import Language
from services.upload import files
from services.upload.files import MOST_PART
from services.upload.texts import TEXTS
from services.upload.uploads import MOST_BYTES, Stage, Upload
from tests.chassis.commands.posting import event, new_person
from tests.contract.identity_samples import birth_numbers

SHEET = "Referanse;Kommune;Bosatt dato\n2024/1;301;2024-02-25\n2024/2;0301;i går\n".encode()


def test_faults_are_seen_row_by_row_before_anything_is_stored(visit, settlements):
    person = visit().sign_in()

    page = person.wait(person.submit(SHEET))

    assert settlements.stored() == []
    assert re.search(
        r"Rad </span>3</th><td><span class=\"letter\">C</span> Bosatt dato</td><td>Må være en dato", page
    )
    assert "Lagre radene som er i orden (1)" in page


def test_a_page_is_of_one_moment_though_the_work_ends_while_it_is_made(visit, monkeypatch):
    """Else it told how many rows are faulty, and none of them."""
    person = visit().sign_in()
    path = person.submit(SHEET)
    person.wait(path)
    stages = iter([Stage.CHECKING])
    monkeypatch.setattr(Upload, "stage", property(lambda _: next(stages, Stage.TRIED)), raising=False)

    page = person.get(path).text

    assert 'id="working"' in page or "Må være en dato" in page


def test_good_rows_are_stored_with_receipts_and_bad_ones_come_as_a_file(visit, settlements):
    person = visit().sign_in()
    path = person.submit(SHEET)
    person.wait(path)

    assert person.post(f"{path}/post").status_code == 303
    page = person.wait(path)

    (stored,) = settlements.stored()
    assert stored["subject"] in page
    assert stored["subject"] in person.get(f"{path}/receipts.csv").text
    rejected = person.get(f"{path}/rejected")
    assert "2024/2;0301;i går;Bosatt dato: Må være" in rejected.data.decode("utf-8-sig")
    assert "a-rejected.csv" in rejected.headers["Content-Disposition"]


def test_the_same_file_again_stores_nothing_twice(visit, settlements):
    person = visit().sign_in()
    for _ in range(2):
        path = person.submit(SHEET)
        person.wait(path)
        person.post(f"{path}/post")
        person.wait(path)

    assert len(settlements.stored()) == 1


def test_a_large_file_comes_in_parts_and_only_in_order(visit):
    person = visit().sign_in()
    content = SHEET + b"".join(b"x%d;0301;2024\n" % number for number in range(40_000))
    begun = person.post(f"/upload/files/begin?name=a.csv&size={len(content)}").json["id"]

    assert person.post(f"/upload/files/{begun}/part?at=5", data=b"abc").status_code == 409
    assert person.post(f"/upload/files/{begun}/part?at=0", data=content[: MOST_PART + 1]).status_code == 413
    assert len(content) > MOST_PART


def test_a_file_of_another_session_is_not_there(visit):
    mine, theirs = visit().sign_in(), visit().sign_in("4601")
    path = mine.submit(SHEET)
    mine.wait(path)

    for rest in ("", "/status", "/rejected", "/receipts.csv"):
        assert theirs.get(path + rest).status_code == 404
    assert theirs.post(f"{path}/post").status_code == 404


@pytest.mark.parametrize("size", [0, MOST_BYTES + 1, "x", ""])
def test_a_file_of_a_size_that_is_not_taken_is_told(visit, size):
    assert visit().sign_in().post(f"/upload/files/begin?name=a&size={size}").status_code in (400, 413, 422)


def test_so_many_bytes_are_held_and_no_more(visit, monkeypatch):
    monkeypatch.setattr(files, "MOST_HELD", 10)

    assert visit().sign_in().post("/upload/files/begin?name=a&size=11").status_code == 503


def test_a_form_without_scripts_works_too(visit):
    import io

    person = visit().sign_in()

    answer = person.post(
        "/upload/files",
        data={"csrf": person.csrf, "file": (io.BytesIO(SHEET), "a.csv")},
        content_type="multipart/form-data",
    )

    assert "Bosatt dato" in person.wait(answer.location)


def test_what_is_no_sheet_is_told_in_a_sentence(visit):
    person = visit().sign_in()

    assert "Fant ingen overskriftsrad" in person.wait(person.submit(b"hello"))


def test_an_identity_number_is_neither_stored_nor_shown_nor_logged(visit, settlements, capfd):
    number = next(birth_numbers(1, 9))
    person = visit().sign_in()
    path = person.submit(SHEET + f"{number};0301;2024\n".encode(), name=f"{number}.csv")
    page = person.wait(path)
    person.post(f"{path}/post")
    page += person.wait(path) + person.get(f"{path}/rejected").text

    out, err = capfd.readouterr()
    assert number not in out + err
    assert number.encode() not in settlements.bytes_on_disk()
    assert number not in person.get(f"{path}/rejected").text
    assert page.count(number) <= page.count("<h1") + page.count("<title>")


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("nb", "nb"),
        ("no", "nb"),
        ("nn-NO,nn;q=0.9", "nb"),
        ("en-GB,en;q=0.9", "en"),
        ("de", "nb"),
        ("", "nb"),
    ],
)
def test_the_language_is_the_browsers(visit, accepts, language):
    page = visit().get("/upload", headers={"Accept-Language": accepts}).text

    assert f'<html lang="{language}">' in page


def test_the_language_can_be_chosen_and_stays(visit):
    person = visit()

    answer = person.get("/upload/language/en?back=/upload")

    assert answer.location == "/upload"
    assert '<html lang="en">' in person.get("/upload", headers={"Accept-Language": "nb"}).text


@pytest.mark.parametrize(
    "back", ["https://evil.test/", "//evil.test/upload", "/other", "/upload\\@evil.test", "/upload/../x"]
)
def test_choosing_a_language_leads_nowhere_else(visit, back):
    location = visit().get("/upload/language/en", query_string={"back": back}).location

    assert location.startswith("/upload")


def test_every_text_is_there_in_both_languages():
    for key, one in TEXTS.items():
        assert all(one.in_language(language) for language in Language), key


@pytest.mark.parametrize(
    "path", ["/upload", "/upload/nothing", "/upload/static/upload.css", "/upload/sign-in"]
)
def test_every_answer_allows_nothing_from_elsewhere(visit, path):
    headers = visit().get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/upload", "/upload/reports", "/upload/allocations"])
def test_pages_have_no_script_or_style_within_and_nothing_from_elsewhere(visit, path):
    page = visit().sign_in().get(path).text

    assert not re.search(r"<script(?! src=\"/upload/static/)|<style|\sstyle=|\son\w+=|https?://", page)


def allocated(settlements, municipality="0301"):
    person = new_person()
    answer = settlements.post(
        event(
            "person.allocated",
            subject=person,
            changes={"municipality": municipality, "allocatedOn": "2024-05-01"},
        ),
        "imdi",
    )
    assert answer.status_code == 201
    return person


def form_of(page, action):
    """The hidden fields of the first form with an action."""
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    return {
        name: value.replace("&#34;", '"').replace("&quot;", '"')
        for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    }


def test_an_allocation_is_accepted_and_sending_the_form_twice_counts_once(visit, settlements):
    subject, other = allocated(settlements), allocated(settlements, "4601")
    person = visit().sign_in()
    page = person.get("/upload/allocations").text
    form = form_of(page, f"/upload/allocations/{subject}") | {"plannedWeek": "2024-W35"}

    first = person.post(f"/upload/allocations/{subject}", data=form)
    again = person.post(f"/upload/allocations/{subject}", data=form)

    assert other not in page
    assert (first.status_code, again.status_code) == (303, 303)
    (accepted,) = [one for one in settlements.stored() if one["type"].startswith("no.bosatt.allocation.")]
    assert accepted["data"]["plannedWeek"] == "2024-W35"
    assert subject in person.get(first.location).text


def test_an_allocation_is_declined_with_its_reason(visit, settlements):
    subject = allocated(settlements)
    person = visit().sign_in()
    form = form_of(person.get("/upload/allocations").text, f"/upload/allocations/{subject}")

    person.post(f"/upload/allocations/{subject}", data=form | {"answer": "decline", "reasonCode": "capacity"})

    assert settlements.stored()[-1]["data"]["reasonCode"] == "capacity"


def test_another_municipalitys_allocation_is_not_answered(visit, settlements):
    subject = allocated(settlements, "4601")
    person = visit().sign_in()
    form = {"csrf": person.csrf, "event": new_person(), "version": '"1"', "answer": "accept"}

    assert person.post(f"/upload/allocations/{subject}", data=form).status_code == 403
    assert len(settlements.stored()) == 1


def settled(settlements):
    person = new_person()
    changes = {"municipality": "0301", "settledOn": "2024-02-25", "sex": "female"}
    assert (
        settlements.post(event("person.settled", subject=person, changes=changes), "0301").status_code == 201
    )
    return person


def test_a_report_is_corrected_and_then_withdrawn(visit, settlements):
    subject = settled(settlements)
    person = visit().sign_in()
    path = f"/upload/reports/{subject}"
    assert path in person.get("/upload/reports?year=2024").text

    form = form_of(person.get(path).text, path) | {"settledOn": "26.02.2024", "sex": "male", "do": "correct"}
    corrected = person.post(path, data=form)
    form = form_of(person.get(path).text, path) | {"do": "withdraw", "reasonCode": "error"}
    withdrawn = person.post(path, data=form)

    assert (corrected.status_code, withdrawn.status_code) == (303, 303)
    events = settlements.stored()
    assert events[1]["data"]["settledOn"] == "2024-02-26"
    assert events[2]["type"].startswith("no.bosatt.settlement.withdrawn")
    assert path not in person.get("/upload/reports?year=2024").text


def test_what_was_changed_meanwhile_is_not_written_over(visit, settlements):
    subject = settled(settlements)
    person = visit().sign_in()
    path = f"/upload/reports/{subject}"
    outdated = form_of(person.get(path).text, path) | {"settledOn": "2024-02-26", "do": "correct"}
    settlements.post(
        event(
            "settlement.corrected", subject=subject, changes={"municipality": "0301", "settledOn": "2024-03"}
        ),
        "0301",
    )

    answer = person.post(path, data=outdated)

    assert answer.status_code == 412
    assert len(settlements.stored()) == 2


def test_a_correction_with_a_fault_keeps_what_was_written(visit, settlements):
    subject = settled(settlements)
    person = visit().sign_in()
    path = f"/upload/reports/{subject}"
    form = form_of(person.get(path).text, path) | {"settledOn": "i går", "sex": "male", "do": "correct"}

    answer = person.post(path, data=form)

    assert answer.status_code == 422
    assert 'value="i går"' in answer.text
    assert "Bosatt dato: Må være en dato" in answer.text
    assert '<option value="male" selected>' in answer.text


def test_what_a_service_refuses_is_told_on_the_page(visit, settlements):
    person = visit().sign_in("imdi")

    page = person.wait(person.submit(SHEET))

    assert settlements.stored() == []
    assert "Dette kan ikke din organisasjon melde" in page
