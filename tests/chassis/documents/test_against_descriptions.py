"""Each service held against its own description, by requests made from it: good ones and bad ones."""

import json
import re

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.transport.wsgi import WSGITransport

from services.contract.media_types import BATCH, LINES
from tests.chassis.commands.running import token

# Well formed is not yet right: a code may be valid in no year, a date lie in the future, a stream be in
# another state or at another version. And JSON alone does not bear the headers of binary mode.
ACCEPTABLE = ["2xx", "304", "401", "403", "404", "409", "412", "415", "422", "429"]

IN_PROCESS_ALREADY = ("max_redirects", "verify", "cert", "proxies")


@schemathesis.serializer(LINES)
def lines(_context, value):
    if isinstance(value, list):
        return b"\n".join(map(_dumped, value))
    return _dumped(value)


def _dumped(value):
    # What no JSON can hold is sent as it is; numbers of any size it can.
    return json.dumps(value, default=repr).encode()


@pytest.fixture
def hooks(monkeypatch):
    """A cursor can't be made up, nor a version; and a batch has none."""

    def before_call(_context, case, _kwargs):
        if case.meta is not None and not case.meta.generation.mode.is_positive:
            return
        case.query.pop("after", None)
        if_match = str(case.headers.get("If-Match", '"1"'))
        if case.media_type in (BATCH, LINES) or re.fullmatch('"[0-9]+"', if_match) is None:
            case.headers.pop("If-Match", None)

    def send(transport, case, *, session=None, **kwargs):
        # Those that ask again without a token hand over what only a network needs.
        told = {name: value for name, value in kwargs.items() if name not in IN_PROCESS_ALREADY}
        return sent(transport, case, session=session, **told)

    sent = WSGITransport.send
    monkeypatch.setattr(WSGITransport, "send", send)
    schemathesis.hook("before_call")(before_call)
    yield
    schemathesis.hooks.unregister(before_call)


def on_this_machine(app):
    """The app as somebody on this machine meets it."""

    def wsgi(environ, start_response):
        return app({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)

    return wsgi


def told(event):
    for case, checks in event.recorder.checks.items():
        for check in checks:
            if check.status == Status.FAILURE:
                found = event.recorder.interactions[case]
                sent, answer = found.request, found.response
                yield (
                    f"{check.name}: {check.failure_info.failure.message}\n{sent.method} {sent.uri} "
                    f"{sent.headers} {sent.body!r}\n{answer.status_code} {answer.content!r}"
                )


@pytest.mark.parametrize("service", ["requests", "decisions", "settlements"])
def test_a_service_answers_as_it_says(open_service, hooks, service):
    config = SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {token('importer')}"},
            "generation": {"deterministic": True, "max-examples": 10},
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTABLE}},
        }
    )
    app = on_this_machine(open_service(service).app)
    described = schemathesis.openapi.from_wsgi(f"/{service}/openapi.json", app, config=config)

    answered, faults = 0, []
    for event in from_schema(described).execute():
        if isinstance(event, ScenarioFinished):
            answered += len(event.recorder.interactions)
            faults += told(event)
        if isinstance(event, FatalError | NonFatalError):
            faults.append(repr(event))

    assert faults == []
    assert answered > 500
