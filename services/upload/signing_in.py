"""Signing in by OpenID Connect: authorization code with PKCE, state and nonce, in the form of Ansattporten.

What the person may do for which organisation is asked for in ``authorization_details`` and stands in
the access token; the services judge that. Of the identity token only that it is ours is checked.
"""
# mypy: allow-untyped-calls

import threading
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import jwt
import orjson
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from services.chassis.auth.fetching import CantFetch, fetch
from services.contract.entitlements import SCOPES
from services.upload.sessions import Begun
from services.upload.settings import ISSUER_PATH, Login

ALGORITHMS = ("RS256", "RS384", "RS512")
_SECONDS = 10.0


class NotSignedIn(Exception):
    """Signing in did not succeed; the text is for operators, in words of ours."""


class SigningIn:
    """The client side of one issuer."""

    def __init__(
        self,
        login: Login,
        get: Callable[[str], bytes] = fetch,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._login = login
        self._transport = transport
        self._get = get
        self._lock = threading.Lock()
        self._described: Mapping[str, Any] | None = None

    @property
    def issuer(self) -> str:
        return self._login.issuer or f"{self._login.public}{ISSUER_PATH}"

    @property
    def _described_at(self) -> str:
        base = (
            f"{self._login.internal}{ISSUER_PATH}"
            if self._login.is_for_development
            else self.issuer.rstrip("/")
        )
        return f"{base}/.well-known/openid-configuration"

    def where_to(self, begun: Begun) -> str:
        """The address at the issuer to which the browser is sent. Raises `NotSignedIn`."""
        login = self._login
        asked: dict[str, str] = {"nonce": begun.nonce}
        if login.resource:
            details = [{"type": "ansattporten:altinn:resource", "resource": login.resource}]
            asked["authorization_details"] = orjson.dumps(details).decode()
        if login.audience:
            asked["resource"] = login.audience
        challenge = create_s256_code_challenge(begun.verifier)
        return str(
            prepare_grant_uri(
                self._endpoint("authorization_endpoint"),
                login.client_id,
                "code",
                login.redirect_uri,
                " ".join(("openid", *sorted(SCOPES))),
                begun.state,
                code_challenge=challenge,
                code_challenge_method="S256",
                **asked,
            )
        )

    def token_for(self, begun: Begun, answered: Mapping[str, str]) -> str:
        """The access token for what the issuer sent the browser back with. Raises `NotSignedIn`."""
        if answered.get("state") != begun.state:
            raise NotSignedIn("the state is not ours")
        if answered.get("iss", self.issuer) != self.issuer:
            raise NotSignedIn("another issuer has answered")
        if "code" not in answered:
            raise NotSignedIn("the issuer gave no code")
        told = self._redeemed(answered["code"], begun.verifier)
        self._check_identity(str(told.get("id_token", "")), begun.nonce)
        token = told.get("access_token")
        if not isinstance(token, str):
            raise NotSignedIn("the issuer gave no access token")
        return token

    def _check_identity(self, token: str, nonce: str) -> None:
        try:
            key = self._key_of(jwt.get_unverified_header(token).get("kid"))
            claims = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._login.client_id,
                issuer=self.issuer,
                leeway=30,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
            )
        except jwt.PyJWTError as error:
            raise NotSignedIn(f"the identity token is not good: {type(error).__name__}") from None
        if claims["nonce"] != nonce:
            raise NotSignedIn("the identity token is for another sign-in")

    def _key_of(self, kid: str | None) -> RSAPublicKey:
        keys = self._document(self._login.jwks_url or str(self._description()["jwks_uri"])).get("keys", [])
        for one in keys:
            if one.get("kty") == "RSA" and (kid is None or one.get("kid") == kid):
                key = jwt.PyJWK(one).key
                if isinstance(key, RSAPublicKey):
                    return key
        raise NotSignedIn("the identity token is signed with no key of the issuer")

    def _redeemed(self, code: str, verifier: str) -> dict[str, Any]:
        """What the issuer gives for a code. Raises `NotSignedIn`."""
        login = self._login
        form = {"client_id": login.client_id} if login.client_secret is None else {}
        body = prepare_token_request(
            "authorization_code", "", login.redirect_uri, code=code, code_verifier=verifier, **form
        )
        secret = (
            None if login.client_secret is None else httpx.BasicAuth(login.client_id, login.client_secret)
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        try:
            with httpx.Client(transport=self._transport, timeout=_SECONDS, auth=secret) as client:
                answer = client.post(self._endpoint("token_endpoint"), content=body, headers=headers)
            told = orjson.loads(answer.content)
        except (httpx.HTTPError, orjson.JSONDecodeError) as error:
            raise NotSignedIn(f"the issuer gave no token: {type(error).__name__}") from None
        if not answer.is_success or not isinstance(told, dict):
            raise NotSignedIn(f"the issuer gave no token: status {answer.status_code}")
        return told

    def _endpoint(self, name: str) -> str:
        return str(self._description()[name])

    def _description(self) -> Mapping[str, Any]:
        """What the issuer says of itself, asked for once. Raises `NotSignedIn`."""
        with self._lock:
            if self._described is None:
                document = self._document(self._described_at)
                needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                if document.get("issuer") != self.issuer or any(
                    not isinstance(document.get(name), str) for name in needed
                ):
                    raise NotSignedIn("the issuer describes another than itself")
                self._described = document
            return self._described

    def _document(self, url: str) -> dict[str, Any]:
        try:
            document = orjson.loads(self._get(url))
        except (CantFetch, httpx.HTTPError, orjson.JSONDecodeError) as error:
            raise NotSignedIn(f"the issuer can't be asked: {type(error).__name__}") from None
        if not isinstance(document, dict):
            raise NotSignedIn("the issuer answers no object")
        return document
