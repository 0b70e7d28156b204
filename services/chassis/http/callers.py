"""Every route says who may call it; a route that says nothing is for nobody."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Request, current_app, g, request

from services.chassis.auth.port import Authenticator, NotAuthenticated
from services.chassis.problems import Problem
from services.contract.entitlements import Caller

ACCESS = "bosatt_access"
AUTHENTICATOR = "bosatt.authenticator"

_GIVEN_BY_PROXIES = (
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "Via",
)

View = TypeVar("View", bound=Callable[..., Any])


def open_to_all(view: View) -> View:
    """Marks a route that needs no token."""
    setattr(view, ACCESS, "open")
    return view


def for_known_callers(view: View) -> View:
    """Marks a route that needs a token, and puts the caller in ``g.caller``."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        g.caller = _caller_of(request, current_app.extensions[AUTHENTICATOR])
        return view(*args, **kwargs)

    setattr(checked, ACCESS, "token")
    return cast("View", checked)


def _caller_of(asked: Request, authenticator: Authenticator) -> Caller:
    scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized("Send a token: Authorization: Bearer TOKEN.", "")
    # Behind a proxy the address is the proxy's own, so nothing may pass for this machine then.
    forwarded = any(name in asked.headers for name in _GIVEN_BY_PROXIES)
    try:
        return authenticator.authenticate(token.strip(), None if forwarded else asked.remote_addr)
    except NotAuthenticated as error:
        raise _unauthorized(str(error), ', error="invalid_token"') from None


def _unauthorized(detail: str, error: str) -> Problem:
    return Problem(
        401,
        "not-authenticated",
        "Who is calling?",
        detail,
        headers={"WWW-Authenticate": f'Bearer realm="bosatt"{error}'},
    )
