"""What every page stands in: who is signed in, its language, its headers, and that a form is ours."""

import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from services.chassis.http.callers import by_session
from services.chassis.problems import Problem
from services.contract.codes import Role
from services.contract.entitlements import Caller
from services.contract.envelope import read_time
from services.contract.labels import Language, Text
from services.contract.partial_date import OSLO
from services.contract.regions import registry
from services.upload.sessions import Session, Sessions
from services.upload.settings import ISSUER_PATH, Login
from services.upload.texts import text

LANGUAGE_COOKIE = "bosatt_language"
_PROXIES = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Frame:
    """What the pages of one process share."""

    login: Login
    sessions: Sessions

    @property
    def cookie(self) -> str:
        """The session's cookie; browsers take such a name from encrypted pages only."""
        return "__Secure-bosatt_session" if self.login.is_secure else "bosatt_session"

    @property
    def begun_cookie(self) -> str:
        return f"{self.cookie}_begun"

    def set_cookie(self, response: AnyResponse, name: str, value: str, seconds: int | None = None) -> None:
        """A cookie that no script reads and that no other site's form brings along."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/upload",
            httponly=True,
            samesite="Lax",
            secure=self.login.is_secure,
        )

    def look(self) -> None:
        """Before each request: the language, and the session where there is one."""
        g.language = language()
        g.session = self.sessions.find(request.cookies.get(self.cookie))

    def check_here(self) -> None:
        """Where the development issuer stands in: only this machine, by a name of its own."""
        if not self.login.is_for_development:
            return
        try:
            local = ipaddress.ip_address(request.remote_addr or "").is_loopback
        except ValueError:
            local = False
        host = urlsplit(f"//{request.host}").hostname or ""
        named = host == "localhost" or _is_loopback(host)
        if not (local and named) or any(name in request.headers for name in _PROXIES):
            raise Problem(403, "forbidden", "Not allowed", "This page works from this machine only.")

    def to_public(self) -> AnyResponse | None:
        """To the one address at which cookies and sign-in work, where this one is asked for by another."""
        elsewhere = request.host != urlsplit(self.login.public).netloc
        own = request.method == "GET" and not request.path.startswith(ISSUER_PATH)
        if self.login.is_for_development and elsewhere and own:
            return redirect(f"{self.login.public}{request.full_path.rstrip('?')}", 307)
        return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def language() -> Language:
    """The language chosen, else the browser's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in list(Language):
        return Language(chosen)
    best = request.accept_languages.best_match(("nb", "no", "nn", "en"), default="nb")
    return Language.EN if best == "en" else Language.NB


def signed_in(view: View) -> View:
    """Marks a page for those signed in; others are sent to the start. Forms must be the session's own."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        session: Session | None = g.session
        if session is None:
            if request.method == "GET" and "application/json" not in request.headers.get("Accept", ""):
                return redirect("/upload?expired=1", 303)
            raise PageProblem(401, Text(text("expired", Language.NB), text("expired", Language.EN)))
        if request.method == "POST":
            check_form(session)
        return view(*args, **kwargs)

    return cast("View", by_session(checked))


def check_form(session: Session) -> None:
    """Raises `PageProblem` for a form that was not made in this session."""
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
    if elsewhere or not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise PageProblem(403, Text(text("bad_form", Language.NB), text("bad_form", Language.EN)))


class PageProblem(Exception):
    """Something that a person is told on a page of its own."""

    def __init__(self, status: int, *texts: Text) -> None:
        super().__init__(texts[0].en)
        self.status = status
        self.texts = texts


def shown(template: str, status: int = 200, **values: Any) -> Response:
    """A page."""
    spoken: Language = g.get("language", Language.NB)
    session: Session | None = g.get("session")
    page = render_template(
        template,
        t=lambda key: text(key, spoken),
        say=lambda one: one.in_language(spoken),
        when=local_time,
        language=spoken,
        session=session,
        who=None if session is None else name_of(session.caller, spoken),
        here=request.path,
        **values,
    )
    return Response(page, status, content_type="text/html; charset=utf-8")


def local_time(moment: str) -> str:
    """A moment of a receipt as clocks in Norway show it; nothing where it is none."""
    try:
        return read_time(moment).astimezone(OSLO).strftime("%d.%m.%Y %H:%M:%S")
    except ValueError:
        return ""


def secured(response: Response) -> Response:
    """The headers of every answer."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def name_of(caller: Caller, spoken: Language) -> str:
    """What an organisation is called."""
    region = registry().find(caller.code or "")
    if region is not None:
        return f"{region.name} ({region.code})"
    return text("directorate" if caller.role is Role.DIRECTORATE else "importer", spoken)
