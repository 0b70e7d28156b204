"""Every route of every command service says who may call it."""

import pytest

from services.chassis.auth.local_issuer import LocalIssuer
from services.chassis.commands.service import CommandService
from services.chassis.database import Database
from services.chassis.http.app_factory import access_of
from services.chassis.store import EventStore
from services.contract.entitlements import SCOPES
from services.opendata.release.reader import Published
from services.opendata.web.app import opendata_app
from tests.chassis.commands.fixtures import DOMAINS
from tests.chassis.commands.running import issuer_key


@pytest.fixture(params=DOMAINS)
def app(request, tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    yield CommandService(request.param, DOMAINS[request.param], EventStore(database)).app(
        LocalIssuer(issuer_key())
    )
    database.close()


def test_no_route_says_nothing(app):
    said = {access_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}

    assert said
    assert said <= {None, "open", "token"} | SCOPES
    assert None not in said


def test_no_route_answers_without_a_token(app):
    for rule in app.url_map.iter_rules():
        for method in rule.methods - {"OPTIONS"}:
            assert app.test_client().open(rule.rule, method=method).status_code == 401


def test_no_route_of_the_open_data_says_nothing(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'releases.db'}")
    app = opendata_app(Published(database), LocalIssuer(issuer_key()))

    said = {rule.rule: access_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    database.close()

    assert "/graphql" in said
    assert set(said.values()) == {"open"}
