"""Every route says who may call it; a route that says nothing is for nobody."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Request, current_app, g, request

from services.chassis import metrics
from services.chassis.auth.port import Authenticator, KeysAway, NotAuthenticated, NotRegistered, Reason
from services.chassis.http.rates import charge
from services.chassis.problems import Problem
from services.contract.entitlements import Caller

ACCESS = "bosatt_access"
AUTHENTICATOR = "bosatt.authenticator"
SERVICE = "bosatt.service"

# As WSGI names them: asked for with every request, and werkzeug's headers take their time.
_GIVEN_BY_PROXIES = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
)

View = TypeVar("View", bound=Callable[..., Any])


def open_to_all(view: View) -> View:
    """Marks a route that needs no token."""
    setattr(view, ACCESS, "open")
    return view


def by_session(view: View) -> View:
    """Marks a route that lets people in by a session of its own; tokens are worth nothing there."""
    setattr(view, ACCESS, "session")
    return view


def for_callers_with(scope: str) -> Callable[[View], View]:
    """Marks a route that needs a token which allows ``scope``, and puts the caller in ``g.caller``."""

    def marked(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            service: str = current_app.extensions[SERVICE]
            try:
                g.caller = _admitted(request, current_app.extensions[AUTHENTICATOR], scope)
            except _Refused as refused:
                metrics.AUTH_FAILURES.labels(service, refused.reason).inc()
                g.refused = refused.reason
                raise refused.problem from None
            charge(1)
            return view(*args, **kwargs)

        setattr(checked, ACCESS, scope)
        return cast("View", checked)

    return marked


@dataclass
class _Refused(Exception):
    reason: Reason
    problem: Problem


def _admitted(asked: Request, authenticator: Authenticator, scope: str) -> Caller:
    caller = _caller_of(asked, authenticator)
    if scope not in caller.scopes:
        raise _Refused(Reason.SCOPE, _insufficient_scope(scope))
    return caller


def _caller_of(asked: Request, authenticator: Authenticator) -> Caller:
    scheme, _, token = asked.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _Refused(Reason.NO_TOKEN, _unauthorized("Send a token: Authorization: Bearer TOKEN.", ""))
    # Behind a proxy the address is the proxy's own, so nothing may pass for this machine then.
    forwarded = any(name in asked.environ for name in _GIVEN_BY_PROXIES)
    try:
        return authenticator.authenticate(token.strip(), None if forwarded else asked.remote_addr)
    except NotAuthenticated as error:
        raise _Refused(error.reason, _unauthorized(str(error), ', error="invalid_token"')) from None
    except NotRegistered as error:
        raise _Refused(Reason.ORGANISATION, _not_registered(str(error))) from None
    except KeysAway as error:
        raise _Refused(Reason.KEYS_AWAY, _keys_away(error.seconds)) from None


def _unauthorized(detail: str, error: str) -> Problem:
    return Problem(
        401,
        "not-authenticated",
        "Who is calling?",
        detail,
        headers={"WWW-Authenticate": f'Bearer realm="bosatt"{error}'},
    )


def _insufficient_scope(scope: str) -> Problem:
    return Problem(
        403,
        "insufficient-scope",
        "The token does not allow this",
        f"Get a token with the scope {scope}.",
        members={"scope": scope},
        headers={"WWW-Authenticate": f'Bearer realm="bosatt", error="insufficient_scope", scope="{scope}"'},
    )


def _not_registered(organisation: str) -> Problem:
    return Problem(
        403,
        "not-registered",
        "This organisation is not registered here",
        f"The token speaks for the organisation {organisation}, which may not post or read anything here. "
        "Who acts for another needs a token that names the other as consumer and itself as supplier. "
        "Whoever runs this service registers organisations.",
    )


def _keys_away(seconds: float) -> Problem:
    return Problem(
        503,
        "keys-away",
        "The token can't be verified now",
        "The keys of its issuer can't be fetched at the moment. Send the request again later.",
        headers={"Retry-After": str(max(1, math.ceil(seconds)))},
    )
