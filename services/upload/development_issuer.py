"""An OpenID Connect provider for development: anybody on this machine signs in as whom they like.

It exists only where no issuer is set, and answers only this machine, asked for by a name of this machine:
neither others nor a page on the web that has a name pointing here get a token of it.
"""

import base64
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from flask import Blueprint, Response, jsonify, redirect, request
from jwt.algorithms import RSAAlgorithm
from werkzeug.wrappers import Response as AnyResponse

from services.chassis.auth.local_issuer import LIFETIME, UnknownName, caller_named, issue
from services.chassis.clock import utc_now
from services.chassis.http.callers import open_to_all
from services.chassis.problems import Problem
from services.contract.regions import Level, registry
from services.upload.settings import ISSUER_PATH, Login

CODE_SECONDS = 60.0
MOST_CODES = 1_000
_KID = "development"


@dataclass(frozen=True, slots=True)
class _Code:
    name: str
    challenge: str
    nonce: str
    redirect_uri: str
    at: float


class _Codes:
    """Codes given out, each good once and for a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._codes: OrderedDict[str, _Code] = OrderedDict()

    def give(self, code: _Code) -> str:
        text = secrets.token_urlsafe(32)
        with self._lock:
            self._codes[text] = code
            while len(self._codes) > MOST_CODES:
                self._codes.popitem(last=False)
        return text

    def take(self, text: str) -> _Code | None:
        with self._lock:
            code = self._codes.pop(text, None)
        return code if code is not None and time.monotonic() - code.at <= CODE_SECONDS else None


def development_issuer(
    login: Login, key: RSAPrivateKey, check_here: Callable[[], None], shown: Callable[..., Response]
) -> Blueprint:
    """The provider's routes.

    ``check_here`` raises `Problem` for whoever is not on this machine; ``shown`` makes a page of a template.
    """
    blueprint = Blueprint("issuer", __name__, url_prefix=ISSUER_PATH)
    blueprint.before_request(check_here)
    issuer = f"{login.public}{ISSUER_PATH}"
    codes = _Codes()

    @blueprint.get("/.well-known/openid-configuration")
    @open_to_all
    def describe() -> Response:
        return jsonify(
            issuer=issuer,
            authorization_endpoint=f"{issuer}/authorize",
            token_endpoint=f"{login.internal}{ISSUER_PATH}/token",
            jwks_uri=f"{login.internal}{ISSUER_PATH}/jwks",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            code_challenge_methods_supported=["S256"],
            token_endpoint_auth_methods_supported=["none"],
        )

    @blueprint.get("/jwks")
    @open_to_all
    def keys() -> Response:
        document: dict[str, Any] = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        return jsonify(keys=[document | {"kid": _KID, "use": "sig", "alg": "RS256"}])

    @blueprint.get("/authorize")
    @open_to_all
    def ask() -> Response:
        _check_request(request.args, login)
        return shown("issuer.html", asked=request.args, choices=_choices(), wrong=False)

    @blueprint.post("/authorize")
    @open_to_all
    def answer() -> AnyResponse:
        asked = request.form
        _check_request(asked, login)
        name = _code_in(asked.get("who", ""))
        try:
            caller_named(name)
        except UnknownName:
            page = shown("issuer.html", asked=asked, choices=_choices(), wrong=True)
            page.status_code = 422
            return page
        code = codes.give(
            _Code(name, asked["code_challenge"], asked["nonce"], asked["redirect_uri"], time.monotonic())
        )
        query = urlencode({"code": code, "state": asked["state"], "iss": issuer})
        return redirect(f"{login.redirect_uri}?{query}", 303)

    @blueprint.post("/token")
    @open_to_all
    def give() -> Response:
        asked = request.form
        code = codes.take(asked.get("code", ""))
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            code is None
            or code.challenge != challenge
            or asked.get("redirect_uri") != code.redirect_uri
            or asked.get("grant_type") != "authorization_code"
        ):
            refused = jsonify(error="invalid_grant")
            refused.status_code = 400
            return refused
        now = utc_now()
        claims = {
            "iss": issuer,
            "aud": login.client_id,
            "sub": secrets.token_hex(8),
            "nonce": code.nonce,
            "iat": now,
            "exp": now + LIFETIME,
        }
        return jsonify(
            access_token=issue(key, code.name),
            id_token=jwt.encode(claims, key, "RS256", {"kid": _KID}),
            token_type="Bearer",  # noqa: S106 - its kind
            expires_in=int(LIFETIME.total_seconds()),
        )

    return blueprint


def _check_request(asked: Any, login: Login) -> None:
    needed = ("state", "nonce", "code_challenge")
    if (
        asked.get("client_id") != login.client_id
        or asked.get("redirect_uri") != login.redirect_uri
        or asked.get("response_type") != "code"
        or asked.get("code_challenge_method") != "S256"
        or not all(asked.get(name) for name in needed)
    ):
        raise Problem(400, "bad-sign-in", "Bad sign-in", "The sign-in was not begun by the page at /upload.")


def _code_in(text: str) -> str:
    return (text.strip().split() or [""])[0].lower()


def _choices() -> list[str]:
    """The directorate first, then municipalities and districts of this year."""
    year = utc_now().year
    regions = [
        f"{region.code} {region.name}"
        for level in (Level.MUNICIPALITY, Level.DISTRICT)
        for region in registry().at_level(level, year)
    ]
    return ["imdi", *regions]
