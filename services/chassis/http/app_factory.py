"""The one way to make a service's Flask app."""

import time
from collections.abc import Sequence
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, g, request
from flask_smorest import Api
from flask_smorest import Blueprint as DocumentedBlueprint

from services.chassis import metrics
from services.chassis.auth.port import Authenticator
from services.chassis.http.at_once import Answer, answered_at_once
from services.chassis.http.bodies import drain
from services.chassis.http.callers import ACCESS, AUTHENTICATOR, SERVICE
from services.chassis.http.rates import DEFAULT_RATE, Rate, limit_callers, tell_what_is_left
from services.chassis.problems import Problem, answer_problems, log_failure
from services.contract.entitlements import Caller

log = structlog.get_logger()


class ServiceApp(Flask):
    """Flask, but what it logs of failures holds neither the address nor the text of an exception."""

    def __init__(self, service: str) -> None:
        super().__init__(f"bosatt.{service}", static_folder=None)
        self.logger.disabled = True

    def ensure_sync(self, func: Any) -> Any:
        """No function here is a coroutine; Flask would look at each of them with every request."""
        return func

    def at_once(self, environ: dict[str, Any]) -> Answer | None:
        """What stands before it answers without waiting for anything."""
        return answered_at_once(self.wsgi_app, environ)

    def log_exception(self, exc_info: Any) -> None:
        log_failure(exc_info[1])


def create_app(
    service: str,
    blueprints: Sequence[Blueprint | DocumentedBlueprint],
    authenticator: Authenticator,
    rate: Rate = DEFAULT_RATE,
) -> Flask:
    """An app that answers problems as problem details, is measured, and denies by default."""
    app = ServiceApp(service)
    app.config.update(
        API_TITLE=f"Bosatt: {service}",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
        MAX_CONTENT_LENGTH=None,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions[AUTHENTICATOR] = authenticator
    app.extensions[SERVICE] = service
    api = Api(app)
    # All errors are problem details, and each route says which it answers.
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    for blueprint in blueprints:
        if isinstance(blueprint, DocumentedBlueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    app.extensions["bosatt.api"] = api
    answer_problems(app)
    limit_callers(app, service, rate)
    _surround_requests(app, service)
    return app


def access_of(app: Flask, endpoint: str) -> str | None:
    """Who may call an endpoint: ``open``, ``session``, a scope, or None where nothing was said."""
    view = app.view_functions[endpoint]
    access: str | None = getattr(view, ACCESS, None)
    return access


def _surround_requests(app: Flask, service: str) -> None:
    """What happens before and after each request: in one function each, for Flask looks at every one anew."""

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()
        metrics.HTTP_IN_FLIGHT.inc()
        if request.endpoint is not None and access_of(app, request.endpoint) is None:
            raise Problem(403, "forbidden", "Not allowed", "Nobody may call this.")

    @app.after_request
    def _end(response: Response) -> Response:
        tell_what_is_left(response)
        _measure(service, response)
        if response.status_code >= 400:
            drain(request)
        return response

    @app.teardown_request
    def _gone(_error: Any) -> None:
        # A request that failed before it began was not counted.
        if "began" in g:
            metrics.HTTP_IN_FLIGHT.dec()


def _measure(service: str, response: Response) -> None:
    route = request.url_rule.rule if request.url_rule is not None else "unmatched"
    # Methods are free text from outside; those that no route knows share one label.
    method = request.method if request.method in METHODS else "OTHER"
    measure(service, route, method, response.status_code, g.began, **_who())


def measure(service: str, route: str, method: str, status: int, began: float, **told: str) -> None:
    """Count a request that is answered, and log it in one line. ``began`` is of ``time.perf_counter``."""
    took = time.perf_counter() - began
    metrics.HTTP_DURATION.labels(service, route, method, str(status)).observe(took)
    log.info(
        "http.request",
        service=service,
        route=route,
        method=method,
        status=status,
        seconds=round(took, 4),
        **told,
    )


def _who() -> dict[str, str]:
    """The organisation that called and who acts for it, where a token says so; or why nobody was let in."""
    caller: Caller | None = g.get("caller")
    if caller is None or caller.organisation is None:
        return {"refused": g.refused} if "refused" in g else {}
    acting = {} if caller.supplier is None else {"supplier": caller.supplier}
    return {"organisation": caller.organisation, **acting}


METHODS = frozenset(("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"))
