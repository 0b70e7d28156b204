"""The page on a real settlements service, without a socket: visited as a browser does, with cookies and forms."""

import re
import threading
import time
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.chassis.auth.issuers import Issuers
from services.chassis.auth.local_issuer import LocalIssuer
from services.upload.app import upload_app
from services.upload.settings import Login
from services.upload.signing_in import SigningIn
from tests.chassis.commands.running import LOOPBACK, issuer_key

URL = "http://127.0.0.1:8000"
LOGIN = Login(None, "bosatt-upload", None, URL, URL)


class Visit:
    """One browser."""

    def __init__(self, app):
        self.app = app
        self.client = app.test_client()

    def get(self, path, **how):
        return self._sent("get", path, **how)

    def post(self, path, *, csrf=None, **how):
        headers = {"X-CSRF-Token": self.csrf if csrf is None else csrf} | how.pop("headers", {})
        return self._sent("post", path, headers=headers, **how)

    def sign_in(self, who="0301"):
        """Through the development issuer, as a person does."""
        page = self.get(
            urlsplit(self.get("/upload/sign-in").location).path + "?" + urlsplit(self.asked()).query
        )
        form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        answer = self._sent(
            "post",
            "/upload/issuer/authorize",
            data={name: unescape(value) for name, value in form.items()} | {"who": who},
        )
        assert answer.status_code == 303, answer.text
        self.landed = self.get(answer.location.removeprefix(URL))
        return self

    def asked(self):
        """The address at the issuer that signing in leads to."""
        self.began = self.get("/upload/sign-in")
        return self.began.location

    @property
    def csrf(self):
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/upload").text)
        return found[1] if found else "none"

    def submit(self, content, name="a.csv"):
        """Give a file in parts; its page's path."""
        begun = self.post(f"/upload/files/begin?name={name}&size={len(content)}")
        assert begun.status_code == 200, begun.text
        path = f"/upload/files/{begun.json['id']}"
        for at in range(0, len(content), begun.json["part"]):
            part = self.post(f"{path}/part?at={at}", data=content[at : at + begun.json["part"]])
            assert part.status_code == 200, part.text
        return path

    def wait(self, path):
        """Until nothing is at work on a file; its page."""
        deadline = time.monotonic() + 60
        while self.get(f"{path}/status", headers={"Accept": "application/json"}).json["working"]:
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
        return self.get(path).text

    def _sent(self, method, path, **how):
        environ = {**LOOPBACK, **how.pop("environ", {})}
        return getattr(self.client, method)(
            path, base_url=how.pop("base", URL), environ_overrides=environ, **how
        )


def query_of(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


class Later(httpx.BaseTransport):
    """Reaches an app that is made later."""

    app = None

    def handle_request(self, request):
        return httpx.WSGITransport(app=self.app, remote_addr="127.0.0.1").handle_request(request)


@pytest.fixture
def visit(settlements):
    """Visits to a page on the settlements service; what its server asks of itself goes to the app."""
    own = Later()
    services = httpx.WSGITransport(app=settlements.app, remote_addr="127.0.0.1")
    own.app = upload_app(
        LOGIN,
        URL,
        Issuers([LocalIssuer(issuer_key())]),
        issuer_key(),
        settlements.clock,
        services,
        SigningIn(LOGIN, lambda url: httpx.Client(transport=own).get(url).content, own),
    )
    return lambda: Visit(own.app)
