"""Ask the GraphQL face over HTTP, without a socket."""

from datetime import UTC, datetime

from services.chassis.http.app_factory import create_app
from services.opendata.graphql.http.blueprint import graphql_blueprint
from tests.opendata.graphql.numbers import NumbersInMemory

NOW = datetime(2024, 6, 21, 12, tzinfo=UTC)


class NobodySignsIn:
    """The open data know no callers."""

    def authenticate(self, token, remote):
        raise AssertionError("the open data ask for no token")


class Asking:
    """A client of one release."""

    def __init__(self, numbers=None, now=NOW, open_numbers=None, clock=None, **settings):
        numbers = NumbersInMemory() if numbers is None else numbers
        settings["clock"] = clock or (lambda: now)
        self.app = create_app(
            "opendata",
            [graphql_blueprint(open_numbers or numbers.opened, **settings)],
            NobodySignsIn(),
        )
        self.client = self.app.test_client()

    def post(self, query, headers=None, **variables):
        return self.client.post(
            "/graphql", json={"query": query, "variables": variables or None}, headers=headers
        )

    def __call__(self, query, **variables):
        """The whole answer to a query."""
        return self.post(query, **variables).get_json()

    def data(self, query, **variables):
        """The data of a query that must not fail."""
        answer = self(query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    def error(self, query, **variables):
        """The only error of a query that must fail."""
        [error] = self(query, **variables)["errors"]
        return error
