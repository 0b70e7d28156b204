"""Ask for downloads and with GraphQL, over HTTP without a socket."""

import csv
import io
from datetime import UTC, datetime

from services.chassis.http.app_factory import create_app
from services.opendata.exports.about import UNNAMED
from services.opendata.exports.blueprint import exports_blueprint
from services.opendata.exports.making import Making
from services.opendata.graphql.http.blueprint import graphql_blueprint
from services.opendata.graphql.limits.allowance import ON_LOOPBACK
from tests.opendata.graphql.asking import Asking, NobodySignsIn
from tests.opendata.graphql.numbers import NumbersInMemory

TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Downloading(Asking):
    """A client of one release, with both faces."""

    def __init__(self, open_numbers=None, now=TODAY, publisher=UNNAMED, making=None, root=None):
        opened = open_numbers or NumbersInMemory().opened
        blueprints = [
            graphql_blueprint(opened, clock=lambda: now, allowance=ON_LOOPBACK),
            exports_blueprint(opened, publisher, making or Making(), lambda: now, root),
        ]
        self.app = create_app("opendata", blueprints, NobodySignsIn())
        self.client = self.app.test_client()

    def get(self, name, **options):
        return self.client.open(f"/data/{name}", buffered=True, **options)

    def bytes(self, name):
        """The content of a download that must not fail."""
        answer = self.get(name)
        assert answer.status_code == 200, answer.text
        return answer.data

    def rows(self, name):
        """The rows of a CSV file, each with its texts by column."""
        return read_rows(self.bytes(name))

    def problem(self, name, **options):
        """What is said of a request that is refused."""
        answer = self.get(name, **options)
        assert answer.content_type == "application/problem+json", answer.text
        return answer.status_code, answer.json


def read_rows(content):
    """The rows of a CSV file, each with its texts by column."""
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
