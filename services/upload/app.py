"""The page for caseworkers as an app: its pages, its own static files, its errors as pages."""

import hashlib
import io
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from flask import Blueprint, Flask, Request, Response, request
from werkzeug.exceptions import HTTPException

from services.chassis.auth.port import Authenticator
from services.chassis.clock import Clock, utc_now
from services.chassis.http.app_factory import create_app
from services.chassis.http.callers import open_to_all
from services.chassis.problems import Problem
from services.upload.answers import answers
from services.upload.development_issuer import development_issuer
from services.upload.entrance import entrance
from services.upload.files import MOST_FORM, Desk, files
from services.upload.frame import Frame, PageProblem, language, secured, shown
from services.upload.sessions import Sessions
from services.upload.settings import Login
from services.upload.signing_in import SigningIn
from services.upload.texts import TEXTS

STATIC = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class InMemoryRequest(Request):
    """A request whose files are read into memory, never into a file of ours."""

    max_form_memory_size = MOST_FORM

    def _get_file_stream(self, *_: Any, **__: Any) -> Any:
        return io.BytesIO()


def upload_app(
    login: Login,
    url: str,
    authenticator: Authenticator,
    key: RSAPrivateKey | None,
    clock: Clock = utc_now,
    transport: httpx.BaseTransport | None = None,
    signing_in: SigningIn | None = None,
) -> Flask:
    """The app; ``url`` is where the command services are, ``key`` the local issuer's where it is believed."""
    frame = Frame(login, Sessions())
    client = httpx.Client(base_url=url, follow_redirects=False, transport=transport)
    desk = Desk(frame, client, clock)
    blueprints = [
        _static(),
        entrance(frame, signing_in or SigningIn(login), authenticator),
        files(desk, clock),
        answers(client, clock),
    ]
    if login.is_for_development and key is not None:
        blueprints.append(development_issuer(login, key, frame.check_here, shown))
    app = create_app("upload", blueprints, authenticator)
    app.request_class = InMemoryRequest
    app.template_folder = "templates"
    app.jinja_loader = Blueprint("pages", __name__, template_folder="templates").jinja_loader
    app.before_request(frame.look)
    app.before_request(frame.check_here)
    app.before_request(_check_size)
    app.before_request(frame.to_public)
    app.after_request(secured)
    _answer_pages(app)
    return app


def _static() -> Blueprint:
    blueprint = Blueprint("own_static", __name__)
    content = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in _TYPES}

    @blueprint.get("/upload/static/<name>")
    @open_to_all
    def own_static(name: str) -> Response:
        if name not in content:
            raise PageProblem(404, TEXTS["no_such_page"])
        response = Response(content[name], content_type=_TYPES[Path(name).suffix])
        response.headers["Cache-Control"] = "public, max-age=3600"
        response.set_etag(hashlib.sha256(content[name]).hexdigest()[:20])
        response.make_conditional(request)
        return response

    return blueprint


def _check_size() -> None:
    """What would be put on disk on its way is refused."""
    if (request.content_length or 0) > MOST_FORM:
        raise PageProblem(413, TEXTS["too_large"])


def _answer_pages(app: Flask) -> None:
    """Errors as pages for people, as JSON for the page's own script."""

    def answer(error: PageProblem) -> Response:
        if request.path.startswith("/upload/files/") and "text/html" not in request.headers.get("Accept", ""):
            problem = Problem(error.status, "page", "Page", error.texts[0].in_language(language()))
            return problem.as_response()
        return shown("message.html", error.status, texts=error.texts)

    def not_found(error: HTTPException) -> Response:
        if error.code in (404, 405):
            return shown("message.html", error.code, texts=[TEXTS["no_such_page"]])
        return Problem(error.code or 500, "http", error.name, error.description or error.name).as_response()

    app.register_error_handler(PageProblem, answer)
    app.register_error_handler(HTTPException, not_found)
