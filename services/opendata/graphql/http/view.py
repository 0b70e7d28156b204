"""``/graphql`` over HTTP: what is asked, taken from a request, and what is answered, put in a response."""

from typing import Any, Literal, cast

import orjson
from flask import Request, Response, g, request
from graphql import ExecutionResult, OperationType
from graphql_server.exceptions import GraphQLValidationError, InvalidOperationTypeError
from graphql_server.flask.views import FlaskHTTPRequestAdapter, GraphQLView
from graphql_server.http import GraphQLHTTPResponse, GraphQLRequestData
from graphql_server.http.exceptions import HTTPException
from graphql_server.http.sync_base_view import SyncHTTPRequestAdapter
from graphql_server.http.types import HTTPMethod

from services.chassis.clock import Clock
from services.chassis.http.bodies import read_body
from services.chassis.problems import Problem
from services.opendata.graphql.executing.answering import Answering, Whole
from services.opendata.graphql.http.negotiation import JSON, answer_form
from services.opendata.graphql.http.persisted import PersistedQueries, check_hash, hash_in
from services.opendata.graphql.http.refusals import (
    bad_request,
    not_acceptable,
    not_by_get,
    too_large,
    unsupported_media_type,
)
from services.opendata.graphql.http.sending import sending
from services.opendata.graphql.http.shortcut import understand
from services.opendata.graphql.limits.allowance import FROM_MEMORY
from services.opendata.graphql.limits.size import MOST_BODY_BYTES
from services.opendata.graphql.schema.schema import schema

TOO_LARGE = 413


class Result(dict[str, Any]):
    """Carries what came of a query past the base view, which wants a dictionary to write."""

    def __init__(self, result: ExecutionResult) -> None:
        super().__init__()
        self.result = result


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
        except Problem as problem:
            if problem.status != TOO_LARGE:
                raise
            raise too_large(MOST_BODY_BYTES) from None

    @property
    def content_type(self) -> str:
        """In small letters, as the base view compares it; it is the same in capitals."""
        return self.request.mimetype


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
        return cast("GraphQLHTTPResponse", Result(result))

    def create_response(
        self, response_data: GraphQLHTTPResponse, sub_response: Response, is_strict: bool
    ) -> Response:
        result = cast("Result", response_data).result
        form = answer_form(_accepted(request)) or JSON
        if isinstance(result, Whole):
            understand(request.environ, result.asked, form)
        status, headers, body = sending(result, form, request.environ, self._clock())
        sub_response.status_code = status
        del sub_response.headers["Content-Type"]
        sub_response.headers.update(headers)
        sub_response.set_data(body)
        return sub_response


def _is_text(query: object) -> bool:
    return isinstance(query, str) and bool(query.strip())


def _accepted(asked: Request) -> str:
    accepted: str = asked.environ.get("HTTP_ACCEPT", "")
    return accepted


def _refuse_other_forms(asked: Request) -> None:
    if asked.method == "POST" and asked.mimetype != JSON:
        raise unsupported_media_type()
    if answer_form(_accepted(asked)) is None:
        raise not_acceptable()
    if len(asked.query_string) > MOST_BODY_BYTES:
        raise too_large(MOST_BODY_BYTES)
