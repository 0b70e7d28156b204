"""What the open data's face says while there is nothing to read, or nobody to read it from."""

from contextlib import contextmanager

import pytest
from sqlalchemy.exc import OperationalError

from services.opendata.release.reader import NothingReleased
from services.opendata.web.app import opendata_app

QUERY = {"query": "{ release { id } }"}


class Away:
    """Released numbers that can't be opened."""

    def __init__(self, error):
        self._error = error

    waits = False

    def newest(self):
        raise self._error

    @contextmanager
    def open(self):
        raise self._error
        yield


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NothingReleased(), "nothing-released"),
        (OperationalError("SELECT secret", {}, Exception("secret")), "busy"),
    ],
)
@pytest.mark.parametrize(
    "ask", [lambda client: client.post("/graphql", json=QUERY), lambda client: client.get("/")]
)
def test_it_is_503_and_says_to_ask_again(error, kind, ask):
    answer = ask(opendata_app(Away(error), None).test_client())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == f"urn:bosatt:problem:{kind}"
    assert "secret" not in answer.text
