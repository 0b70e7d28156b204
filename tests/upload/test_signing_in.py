"""Signing in: what must come back comes back, once, to this browser, from this issuer."""

import time

import pytest

from services.upload import sessions
from tests.upload.visiting import URL, query_of

PAGES = ("/upload/allocations", "/upload/reports", "/upload/files/x", "/upload/template/settlements.xlsx")


def callback(visit, **changes):
    """What the issuer sends the browser back with, some of it changed (None: left out)."""
    asked = query_of(visit.asked())
    form = asked | {"who": "0301"}
    answer = visit._sent("post", "/upload/issuer/authorize", data=form)
    told = query_of(answer.location) | changes
    return visit.get(
        "/upload/callback", query_string={name: value for name, value in told.items() if value is not None}
    )


def test_a_person_signs_in_for_a_municipality_and_out_again(visit):
    person = visit()
    assert "/upload/sign-in" in person.get("/upload").text

    person.sign_in("0301 Oslo")
    inside = person.get("/upload").text
    out = person.post("/upload/sign-out", data={"csrf": person.csrf})

    assert "Oslo (0301)" in inside
    assert out.status_code == 303
    assert "/upload/sign-in" in person.get("/upload").text


@pytest.mark.parametrize(
    ("who", "name"), [("imdi", "IMDi"), ("030101 Gamle Oslo", "Gamle Oslo"), ("4601", "Bergen")]
)
def test_everybody_who_may_post_can_sign_in(visit, who, name):
    assert name in visit().sign_in(who).get("/upload").text


def test_who_is_nobody_is_told(visit):
    person = visit()

    answer = person._sent("post", "/upload/issuer/authorize", data=query_of(person.asked()) | {"who": "9999"})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "other"},
        {"state": None},
        {"code": None},
        {"code": "other"},
        {"iss": "https://elsewhere.test"},
    ],
)
def test_an_answer_that_is_not_to_what_was_asked_lets_nobody_in(visit, changes):
    person = visit()

    answer = callback(person, **changes)

    assert answer.status_code == 400
    assert "/upload/sign-in" in person.get("/upload").text


def test_an_answer_counts_once(visit):
    person = visit()
    asked = query_of(person.asked())
    answer = person._sent("post", "/upload/issuer/authorize", data=asked | {"who": "0301"})
    back = answer.location.removeprefix(URL)

    assert person.get(back).status_code == 303
    assert person.get(back).status_code == 400


def test_an_answer_to_another_browsers_question_lets_nobody_in(visit):
    mine, theirs = visit(), visit()
    mine.asked()
    answer = theirs._sent("post", "/upload/issuer/authorize", data=query_of(theirs.asked()) | {"who": "0301"})

    assert mine.get(answer.location.removeprefix(URL)).status_code == 400


def test_the_session_is_a_new_one_that_no_script_reads(visit):
    person = visit().sign_in()

    cookies = person.landed.headers.getlist("Set-Cookie")

    (session,) = [
        cookie for cookie in cookies if cookie.startswith("bosatt_session=") and "Expires" not in cookie
    ]
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "Path=/upload" in session


@pytest.mark.parametrize("path", PAGES)
def test_without_a_session_there_is_nothing_to_see(visit, path):
    assert visit().get(path).location == "/upload?expired=1"


@pytest.mark.parametrize(
    "path", ["/upload/files", "/upload/files/begin", "/upload/reports/x", "/upload/sign-out"]
)
def test_without_a_session_nothing_is_taken(visit, path):
    assert visit().post(path).status_code == 401


@pytest.mark.parametrize("path", ["/upload/files", "/upload/files/begin?name=a&size=1", "/upload/sign-out"])
def test_a_form_of_another_page_is_not_taken(visit, path):
    person = visit().sign_in()

    assert person.post(path, csrf="none").status_code == 403
    assert person.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_session_ends_when_nobody_uses_it(visit, monkeypatch):
    person = visit().sign_in()
    monkeypatch.setattr(sessions, "IDLE_SECONDS", -1)

    assert person.get("/upload/reports").location == "/upload?expired=1"


def test_sessions_are_bounded_and_end_with_their_token():
    now = [0.0]
    held = sessions.Sessions(lambda: now[0])
    names = [held.open("token", None, 100) for _ in range(sessions.MOST_SESSIONS + 5)]

    assert held.find(names[0]) is None
    assert held.find(names[-1]) is not None
    now[0] = 101.0
    assert held.find(names[-1]) is None
    assert held.find(None) is None


def test_sign_ins_that_are_never_completed_are_bounded_and_grow_old():
    now = [time.monotonic()]
    held = sessions.Sessions(lambda: now[0])
    names = [held.begin()[0] for _ in range(sessions.MOST_BEGUN + 5)]

    assert held.take_begun(names[0]) is None
    assert held.take_begun(names[-1]) is not None
    now[0] += sessions.BEGUN_SECONDS + 1
    assert held.take_begun(names[-2]) is None


@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"HTTP_HOST": "evil.test"},
        {"HTTP_X_FORWARDED_FOR": "10.0.0.7"},
        {"HTTP_VIA": "1.1 x"},
    ],
)
@pytest.mark.parametrize("path", ["/upload", "/upload/issuer/jwks", "/upload/issuer/authorize"])
def test_the_development_issuer_is_for_this_machine_only(visit, environ, path):
    assert visit().get(path, environ=environ).status_code == 403


def test_a_code_is_worth_nothing_without_its_verifier(visit):
    person = visit()
    answer = person._sent("post", "/upload/issuer/authorize", data=query_of(person.asked()) | {"who": "0301"})
    form = {
        "grant_type": "authorization_code",
        "code": query_of(answer.location)["code"],
        "redirect_uri": f"{URL}/upload/callback",
        "code_verifier": "x" * 43,
    }

    assert person._sent("post", "/upload/issuer/token", data=form).status_code == 400


@pytest.mark.parametrize("name", ["redirect_uri", "client_id", "code_challenge_method", "response_type"])
def test_the_issuer_sends_nobody_elsewhere(visit, name):
    person = visit()
    asked = query_of(person.asked()) | {name: "https://elsewhere.test/"}

    assert person.get("/upload/issuer/authorize", query_string=asked).status_code == 400
    assert person._sent("post", "/upload/issuer/authorize", data=asked | {"who": "0301"}).status_code == 400
