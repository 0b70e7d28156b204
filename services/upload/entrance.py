"""The way in and out: the start, signing in, signing out, the language."""

import time
from urllib.parse import urlsplit

import jwt
import structlog
from flask import Blueprint, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from services.chassis.auth.port import Authenticator, KeysAway, NotAuthenticated, NotRegistered
from services.chassis.http.callers import open_to_all
from services.contract.labels import Language, Text
from services.submitting.columns import Kind
from services.upload.frame import LANGUAGE_COOKIE, Frame, PageProblem, shown, signed_in
from services.upload.sessions import BEGUN_SECONDS, LONGEST_SECONDS
from services.upload.signing_in import NotSignedIn, SigningIn
from services.upload.texts import TEXTS

log = structlog.get_logger()


def entrance(frame: Frame, signing_in: SigningIn, authenticator: Authenticator) -> Blueprint:
    """``/upload`` itself, and signing in and out."""
    blueprint = Blueprint("entrance", __name__)

    @blueprint.get("/upload")
    @open_to_all
    def start() -> Response:
        if g.session is None:
            return shown("welcome.html", expired="expired" in request.args, can=frame.login.is_set_up)
        return shown("start.html", kinds=list(Kind))

    @blueprint.get("/upload/")
    @open_to_all
    def start_with_slash() -> AnyResponse:
        return redirect("/upload", 308)

    @blueprint.get("/upload/sign-in")
    @open_to_all
    def sign_in() -> AnyResponse:
        if not frame.login.is_set_up:
            raise PageProblem(503, TEXTS["not_set_up"])
        name, begun = frame.sessions.begin()
        try:
            response = redirect(signing_in.where_to(begun), 303)
        except NotSignedIn as error:
            raise _not_signed_in(error) from None
        frame.set_cookie(response, frame.begun_cookie, name, int(BEGUN_SECONDS))
        return response

    @blueprint.get("/upload/callback")
    @open_to_all
    def callback() -> AnyResponse:
        begun = frame.sessions.take_begun(request.cookies.get(frame.begun_cookie))
        try:
            if begun is None:
                raise NotSignedIn("the sign-in was not begun in this browser, or too long ago")  # noqa: TRY301
            token = signing_in.token_for(begun, request.args)
            caller = authenticator.authenticate(token, request.remote_addr)
        except NotRegistered:
            raise PageProblem(403, TEXTS["not_registered"]) from None
        except (NotSignedIn, NotAuthenticated, KeysAway) as error:
            raise _not_signed_in(error) from None
        frame.sessions.close(request.cookies.get(frame.cookie))
        session = frame.sessions.open(token, caller, _seconds_left(token))
        response = redirect("/upload", 303)
        frame.set_cookie(response, frame.cookie, session)
        response.delete_cookie(frame.begun_cookie, path="/upload")
        return response

    @blueprint.post("/upload/sign-out")
    @signed_in
    def sign_out() -> AnyResponse:
        frame.sessions.close(request.cookies.get(frame.cookie))
        response = redirect("/upload", 303)
        response.delete_cookie(frame.cookie, path="/upload")
        return response

    @blueprint.get("/upload/language/<chosen>")
    @open_to_all
    def choose_language(chosen: str) -> AnyResponse:
        back = request.args.get("back", "/upload")
        address = urlsplit(back)
        safe = not address.scheme and not address.netloc and back.startswith("/upload") and "\\" not in back
        response = redirect(back if safe else "/upload", 303)
        if chosen in list(Language):
            frame.set_cookie(response, LANGUAGE_COOKIE, chosen, 365 * 24 * 3600)
        return response

    return blueprint


def _not_signed_in(error: Exception) -> PageProblem:
    # Texts of ours, without anything that a token or a person holds.
    log.warning(
        "upload.not_signed_in", why=str(error) if isinstance(error, NotSignedIn) else type(error).__name__
    )
    detail = str(error) if isinstance(error, NotAuthenticated) else ""
    return PageProblem(400, TEXTS["not_signed_in"], *([Text(detail, detail)] if detail else []))


def _seconds_left(token: str) -> float:
    """How long a token is good; it has been verified already."""
    try:
        expires = float(jwt.decode(token, options={"verify_signature": False}).get("exp", 0))
    except (jwt.PyJWTError, TypeError, ValueError):
        return LONGEST_SECONDS
    return max(0.0, expires - time.time())
