"""``/graphql`` over HTTP: what is asked, taken from a request, and what is answered, put in a response."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, cast

import orjson
from flask import Request, Response, g, request
from graphql import ExecutionResult, GraphQLError, OperationType
from graphql_server.exceptions import GraphQLValidationError, InvalidOperationTypeError
from graphql_server.flask.views import FlaskHTTPRequestAdapter, GraphQLView
from graphql_server.http import GraphQLHTTPResponse, GraphQLRequestData
from graphql_server.http.exceptions import HTTPException
from graphql_server.http.sync_base_view import SyncHTTPRequestAdapter
from graphql_server.http.types import HTTPMethod

from services.chassis.clock import Clock
from services.chassis.http.bodies import read_body
from services.chassis.problems import Problem
from services.opendata.graphql.errors import arose_in_execution, presented
from services.opendata.graphql.executing.answering import Answering, Whole
from services.opendata.graphql.http.again import understand
from services.opendata.graphql.http.negotiation import JSON, STRICT, answer_form
from services.opendata.graphql.http.persisted import PersistedQueries, check_hash, hash_in
from services.opendata.graphql.http.refusals import (
    bad_request,
    not_acceptable,
    not_by_get,
    too_large,
    unsupported_media_type,
)
from services.opendata.graphql.http.sending import sending
from services.opendata.graphql.limits.allowance import FROM_MEMORY
from services.opendata.graphql.limits.cost import TooDear, told
from services.opendata.graphql.limits.size import MOST_BODY_BYTES
from services.opendata.graphql.schema.schema import schema


class Written(dict[str, Any]):
    """Stands for a response that is written already where the base view wants a dictionary."""

    def __init__(self, whole: Whole) -> None:
        super().__init__()
        self.whole = whole


class Carried(HTTPException):
    """Carries an error past the base view, which would show its text to the client."""

    def __init__(self, error: Exception) -> None:
        super().__init__(500, "")
        self.error = error


class BoundedRequest(FlaskHTTPRequestAdapter):
    """A request whose body is read within bounds, and in which HEAD is GET without a body."""

    @property
    def method(self) -> HTTPMethod:
        return "POST" if self.request.method == "POST" else "GET"

    @property
    def body(self) -> bytes:
        try:
            return read_body(self.request, MOST_BODY_BYTES)
        except Problem:
            raise too_large(MOST_BODY_BYTES) from None


class OpenDataView(GraphQLView):
    """graphql-server's view, over our own reading, execution and writing."""

    request_adapter_class = BoundedRequest

    def __init__(self, answering: Answering, clock: Clock) -> None:
        # graphql-server's own console loads its parts from elsewhere on the net.
        super().__init__(schema(), graphql_ide=None)
        self._answering = answering
        self._clock = clock
        self._persisted = PersistedQueries()

    def dispatch_request(self) -> Response:
        _refuse_other_forms(request)
        try:
            return self.run(request)
        except Carried as carried:
            raise carried.error from None
        except HTTPException as error:
            raise bad_request(error.reason) from None

    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)

    def get_graphql_request_data(
        self,
        request: SyncHTTPRequestAdapter,
        context: Any,
        data: dict[str, Any],
        protocol: Literal["http", "http-strict", "multipart-subscription"],
    ) -> GraphQLRequestData:
        if not isinstance(data, dict):
            raise bad_request("The body is one JSON object with a query; batches are not taken.")
        asked = super().get_graphql_request_data(request, context, data, protocol)
        extensions = asked.extensions
        persisted = isinstance(extensions, dict) and extensions.get("persistedQuery") is not None
        if not (persisted and asked.query is None) and not _is_text(asked.query):
            raise bad_request("There is no query: send it as a text by that name.")
        if not isinstance(asked.operation_name, str | None):
            raise bad_request("operationName is a text.")
        return asked

    def execute_operation(
        self,
        request_adapter: SyncHTTPRequestAdapter,
        request_data: GraphQLRequestData,
        context: Any,
        root_value: Any,
        allowed_operation_types: set[OperationType],
    ) -> ExecutionResult:
        try:
            return self._answer(request_data, allowed_operation_types)
        except GraphQLValidationError:
            raise
        except InvalidOperationTypeError:
            raise Carried(not_by_get()) from None
        except Exception as error:
            raise Carried(error) from error

    def _answer(self, asked: GraphQLRequestData, allowed: set[OperationType]) -> ExecutionResult:
        sha256 = hash_in(asked.extensions)
        text = self._text(sha256, asked.query)
        result = self._answering.answer(text, asked.variables, asked.operation_name, allowed, g.account.take)
        if sha256 is not None:
            self._persisted.keep(sha256, text)
        return result

    def _text(self, sha256: str | None, query: str | None) -> str:
        """The query sent, or the one that has the hash sent."""
        if sha256 is None:
            return query or ""
        if query is None:
            # Looking it up is cheap, whatever comes of it; to be told to send it is no refusal.
            g.account.take(FROM_MEMORY)
            return self._persisted.find(sha256)
        check_hash(sha256, query)
        return query

    def process_result(
        self, request: Request, result: ExecutionResult, strict: bool = False
    ) -> GraphQLHTTPResponse:
        if isinstance(result, Whole):
            return cast("GraphQLHTTPResponse", Written(result))
        errors = result.errors or []
        answer: GraphQLHTTPResponse = {}
        # A query that never began has no data, not even null.
        if result.data is not None or any(map(arose_in_execution, errors)):
            answer["data"] = result.data
        if errors:
            answer["errors"] = [presented(error) for error in errors]
        answer["extensions"] = result.extensions or told(_asked_for(errors))
        return answer

    def create_response(
        self, response_data: GraphQLHTTPResponse, sub_response: Response, is_strict: bool
    ) -> Response:
        form = answer_form(request) or JSON
        if isinstance(response_data, Written):
            return _sent(response_data.whole, form, self._clock(), sub_response)
        sub_response.status_code = 400 if form == STRICT and "data" not in response_data else 200
        # What failed, or is not known yet by its hash, may be answered the next time.
        sub_response.headers["Cache-Control"] = "no-store"
        sub_response.set_data(orjson.dumps(response_data))
        sub_response.content_type = f"{form}; charset=utf-8"
        return sub_response


def _is_text(query: object) -> bool:
    return isinstance(query, str) and bool(query.strip())


def _asked_for(errors: Iterable[GraphQLError]) -> int:
    """The objects that a refused query asked for; 0 where that is not known."""
    return next((error.requested for error in errors if isinstance(error, TooDear)), 0)


def _sent(whole: Whole, form: str, now: datetime, response: Response) -> Response:
    understand(request.environ, whole.asked, form)
    status, headers, body = sending(whole.answer, form, request.environ, now)
    response.status_code = status
    del response.headers["Content-Type"]
    response.headers.update(headers)
    response.set_data(body)
    return response


def _refuse_other_forms(asked: Request) -> None:
    if asked.method == "POST" and asked.mimetype != JSON:
        raise unsupported_media_type()
    if answer_form(asked) is None:
        raise not_acceptable()
    if len(asked.query_string) > MOST_BODY_BYTES:
        raise too_large(MOST_BODY_BYTES)
