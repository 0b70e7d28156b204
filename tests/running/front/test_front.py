"""What the front says of the whole."""

import pytest

from services.chassis.settings import read_settings
from services.running.front import watching
from services.running.front.app import BackendMissing, Front
from services.running.seeds import PublishedFigures
from tests.running.front.backends import echoing, nobody, saying

pytestmark = pytest.mark.sockets

SERVICES = ("requests", "decisions", "settlements", "opendata")


@pytest.fixture(autouse=True)
def asked_every_time(monkeypatch):
    monkeypatch.setattr(watching, "ASKED_EVERY", 0.0)


@pytest.fixture
def settings(monkeypatch, tmp_path):
    monkeypatch.setenv("BOSATT_DATA", str(tmp_path))
    monkeypatch.setenv("BOSATT_SEEDS", "0")
    return read_settings


@pytest.fixture
def ready():
    with echoing() as (url, _):
        yield url


def front(settings, backends, watched=None):
    return Front(settings(), backends, watched or {})


def test_it_is_ready_when_all_services_are(settings, ready):
    opened = front(settings, dict.fromkeys(SERVICES, ready))

    assert opened.why_not_ready() is None
    assert opened.waiting() == {}


def test_it_names_a_service_that_is_not_ready_and_why(settings, ready):
    with echoing(status=503, answer=b'{"reason": "starting"}') as (starting, _):
        backends = {**dict.fromkeys(SERVICES, ready), "decisions": starting, "opendata": nobody()}
        opened = front(settings, backends)

        assert opened.why_not_ready() == "decisions: starting; opendata: does not answer"


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\n[]", b"?"])
def test_a_service_that_says_nothing_of_use_is_not_ready(settings, ready, said):
    with saying(said) as odd:
        opened = front(settings, {**dict.fromkeys(SERVICES, ready), "requests": odd})

        assert "requests" in (opened.why_not_ready() or "")


def test_a_relay_that_waits_is_told_of_and_keeps_nobody_from_using_the_system(settings, ready):
    with echoing(status=503, answer=b'{"reason": "waits for the log"}') as (waits, _):
        opened = front(settings, dict.fromkeys(SERVICES, ready), {"relay-requests": waits})

        assert opened.why_not_ready() is None
        assert opened.waiting() == {"relay-requests": "waits for the log"}


def test_it_is_loading_until_the_published_figures_are_there(settings, ready, monkeypatch, tmp_path):
    monkeypatch.setenv("BOSATT_SEEDS", "1")
    opened = front(settings, dict.fromkeys(SERVICES, ready))
    before = opened.why_not_ready()

    figures = PublishedFigures(tmp_path)
    (tmp_path / "published-figures-loaded").write_text(figures.digest)

    assert before == "loading"
    assert opened.why_not_ready() is None


def test_told_to_stop_it_is_not_ready(settings, ready):
    opened = front(settings, dict.fromkeys(SERVICES, ready))

    opened.stopping()

    assert opened.why_not_ready() == "stopping"


def test_a_service_that_it_was_not_told_of_is_named(settings, ready):
    with pytest.raises(BackendMissing, match="decisions"):
        front(settings, {"requests": ready})


def test_not_asked_again_at_once(settings, ready, monkeypatch):
    monkeypatch.setattr(watching, "ASKED_EVERY", 60.0)
    with echoing() as (url, behind):
        opened = front(settings, dict.fromkeys(SERVICES, url))
        for _ in range(5):
            opened.why_not_ready()

        assert len(behind.seen) == len(SERVICES)
