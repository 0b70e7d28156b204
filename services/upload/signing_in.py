"""Signing in by OpenID Connect: authorization code with PKCE, state and nonce, in the form of Ansattporten.

What the person may do for which organisation is asked for in ``authorization_details`` and stands in
the access token; the services judge that. Of the identity token only that it is ours is checked.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import jwt
import orjson
from authlib.integrations.httpx_client import OAuth2Client
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

    def __init__(self, login: Login, get: Callable[[str], bytes] = fetch) -> None:
        self._login = login
        self._get = get
        self._lock = threading.Lock()
        self._described: Mapping[str, Any] | None = None

    @property
    def issuer(self) -> str:
        return self._login.issuer or f"{self._login.public}{ISSUER_PATH}"

    def where_to(self, begun: Begun) -> str:
        """The address at the issuer to which the browser is sent. Raises `NotSignedIn`."""
        login = self._login
        asked: dict[str, str] = {"nonce": begun.nonce}
        if login.resource:
            details = [{"type": "ansattporten:altinn:resource", "resource": login.resource}]
            asked["authorization_details"] = orjson.dumps(details).decode()
        if login.audience:
            asked["resource"] = login.audience
        with self._client() as client:
            url, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"),
                state=begun.state,
                code_verifier=begun.verifier,
                **asked,
            )
        return str(url)

    def token_for(self, begun: Begun, answered: Mapping[str, str]) -> str:
        """The access token for what the issuer sent the browser back with. Raises `NotSignedIn`."""
        if answered.get("state") != begun.state:
            raise NotSignedIn("the state is not ours")
        if answered.get("iss", self.issuer) != self.issuer:
            raise NotSignedIn("another issuer has answered")
        if "code" not in answered:
            raise NotSignedIn("the issuer gave no code")
        with self._client() as client:
            try:
                told = client.fetch_token(
                    self._endpoint("token_endpoint"),
                    code=answered["code"],
                    code_verifier=begun.verifier,
                    grant_type="authorization_code",
                )
            except Exception as error:
                raise NotSignedIn(f"the issuer gave no token: {type(error).__name__}") from None
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

    def _client(self) -> Any:
        login = self._login
        return OAuth2Client(
            client_id=login.client_id,
            client_secret=login.client_secret,
            scope=" ".join(("openid", *sorted(SCOPES))),
            redirect_uri=login.redirect_uri,
            code_challenge_method="S256",
            timeout=_SECONDS,
        )

    def _endpoint(self, name: str) -> str:
        return str(self._description()[name])

    def _description(self) -> Mapping[str, Any]:
        """What the issuer says of itself, asked for once. Raises `NotSignedIn`."""
        with self._lock:
            if self._described is None:
                document = self._document(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
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
