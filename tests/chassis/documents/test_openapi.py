"""What each service says of itself."""

import re

import jsonschema_rs
import orjson
import pytest

from services.chassis.commands import api, batches
from services.chassis.commands.streams import states_in
from services.chassis.documents import operations
from services.chassis.documents.json_schemas import data_schemas
from services.chassis.documents.page import prose
from services.contract.event_types import COMMAND_SERVICES, EVENT_TYPES, types_of
from services.contract.examples import DATA, example_of
from services.contract.media_types import BATCH
from services.contract.schemas.fields import FIRST_DATED_YEAR, LAST_YEAR
from services.seeding.events import seed_events
from tests.chassis.commands.posting import POSTED_BY, event, new_person
from tests.chassis.commands.states import WAYS

EVERY = pytest.mark.parametrize("service", COMMAND_SERVICES)


def document(running):
    answer = running.app.test_client().get(f"/{running.name}/openapi.json")
    assert answer.status_code == 200
    return answer.json


def validator(described, name):
    """Of a schema by name. The order of codes and the like is JSON Schema's own."""
    return jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    )


@EVERY
def test_it_is_openapi_3_1_and_for_everybody(open_service, service):
    running = open_service(service)

    found = document(running)

    assert found["openapi"] == "3.1.0"
    assert running.app.test_client().get(f"/{service}/openapi.json").headers["ETag"]


@EVERY
def test_every_documented_route_is_there_and_every_route_is_documented(open_service, service):
    running = open_service(service)
    described = {
        (method.upper(), path)
        for path, item in document(running)["paths"].items()
        for method in item
        if method != "parameters"
    }

    routes = {
        (method, rule.rule.replace("<path:", "{").replace(">", "}"))
        for rule in running.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(f"/{service}/v1")
    }

    assert described == routes


@EVERY
def test_each_route_names_its_scope_and_its_refusals(open_service, service):
    for path, item in document(open_service(service))["paths"].items():
        for operation in (one for name, one in item.items() if name != "parameters"):
            (scheme,) = operation["security"]
            assert scheme["token"] in ([f"bosatt:{service}.write"], [f"bosatt:{service}.read"]), path
            assert {"400", "401", "403", "429", "500", "503"} <= operation["responses"].keys()
            assert "Retry-After" in operation["responses"]["429"]["headers"]
            for status, answer in operation["responses"].items():
                if status[0] in "45":
                    assert list(answer["content"]) == ["application/problem+json"]
                elif status != "304":
                    assert {"RateLimit", "RateLimit-Policy"} <= answer["headers"].keys()


@EVERY
def test_every_reference_leads_somewhere(open_service, service):
    found = document(open_service(service))

    def references(part):
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for one in part.values():
                yield from references(one)
        elif isinstance(part, list):
            for one in part:
                yield from references(one)

    for reference in set(references(found)):
        _, kind, group, name = reference.split("/")
        assert name in found[kind][group], reference


@EVERY
def test_the_caps_are_stated(open_service, service):
    posting = document(open_service(service))["paths"][f"/{service}/v1/events"]["post"]

    assert operations.MOST_BYTES == api.MOST_BYTES
    for cap in (api.MOST_BYTES, batches.MOST_EVENTS, batches.MOST_BATCH_BYTES):
        assert str(cap) in posting["description"]
    content = posting["requestBody"]["content"]
    assert content[BATCH]["schema"]["maxItems"] == batches.MOST_EVENTS
    assert set(content) == set(api.ACCEPTED.split(", "))


@EVERY
def test_its_states_are_those_that_streams_can_be_in(open_service, service):
    running = open_service(service)
    kinds = {one.kind for one in types_of(service).values()}
    by_hand = {state for kind in kinds for state in WAYS[kind]} - {"none"}

    states = document(running)["components"]["schemas"]["Row"]["properties"]["state"]["enum"]

    assert set(states) == by_hand == set(states_in(running.domain.worklist))


@pytest.mark.parametrize("name", DATA)
def test_each_example_fits_its_schema_and_is_accepted(open_service, name):
    event_type = next(one for one in EVENT_TYPES.values() if one.name == name)
    running = open_service(event_type.service)
    example = example_of(name)
    earlier = {
        "request.revised": ["request.issued"],
        "request.withdrawn": ["request.issued"],
        "quota.revised": ["quota.decided"],
        "quota.withdrawn": ["quota.decided"],
        "allocation.accepted": ["person.allocated"],
        "allocation.declined": ["person.allocated"],
        "allocation.withdrawn": ["person.allocated"],
        "settlement.corrected": ["person.settled"],
        "settlement.withdrawn": ["person.settled"],
        "settlement.attributes-erased": ["person.settled"],
    }
    for before in earlier.get(name, ()):
        year = {"year": example["data"]["year"]} if "year" in example["data"] else {}
        subject = {"subject": example["subject"]} if "subject" in example else {}
        assert running.post(event(before, changes=year, **subject)).status_code == 201

    answer = running.post(example, POSTED_BY[name])

    assert answer.status_code == 201, answer.text
    described = document(running)
    validator(described, "Event").validate(example)
    validator(described, "Receipt").validate(answer.json)
    posting = described["paths"][f"/{event_type.service}/v1/events"]["post"]
    examples = posting["requestBody"]["content"]["application/cloudevents+json"]["examples"]
    assert examples[name]["value"] == example


def test_where_something_was_published_the_examples_are_of_the_seeds():
    seeded = {}
    for one in seed_events():
        seeded.setdefault(one["type"], []).append(one["data"])

    for name in ("need.announced", "figure.published", "request.issued", "quota.decided", "person.settled"):
        assert DATA[name] in seeded[f"no.bosatt.{name}.v1"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": {"municipality": "0301", "settledOn": "2024", "name": "x"}},
        {"data": {"municipality": "0301"}},
        {"data": {"municipality": 301, "settledOn": "2024"}},
        {"data": {"municipality": "0301", "settledOn": "2024-13"}},
        {"data": {"municipality": "0301", "settledOn": "2024", "sex": "other"}},
        {"subject": "0301/2024"},
        {"type": "no.bosatt.person.settled.v2"},
        {"specversion": "0.3"},
    ],
)
def test_what_is_refused_for_its_form_does_not_fit_the_schema(settlements, wrong):
    right = event("person.settled", subject=new_person())
    schema = validator(document(settlements), "Event")

    assert schema.is_valid(right)
    assert not schema.is_valid(right | wrong)
    assert settlements.post(right | wrong).status_code == 422


@EVERY
def test_the_page_needs_nothing_from_elsewhere(open_service, service):
    answer = open_service(service).app.test_client().get(f"/{service}/docs")

    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert "src=" not in answer.text
    for one in types_of(service).values():
        assert one.schema.__name__ in answer.text
    assert orjson.dumps(f"{service}/v1/events").decode()[1:-1] in answer.text


def test_descriptions_are_written_out_and_nothing_in_them_is_html():
    assert prose("One.\n\nTwo:\n* `a` <b>\n* **c**") == (
        "<p>One.</p>\n<p>Two:</p>\n<ul><li><code>a</code> &lt;b&gt;</li><li><strong>c</strong></li></ul>"
    )


@EVERY
def test_what_has_not_changed_is_304(open_service, service):
    client = open_service(service).app.test_client()
    for path in ("openapi.json", "docs"):
        tag = client.get(f"/{service}/{path}").headers["ETag"]
        assert client.get(f"/{service}/{path}", headers={"If-None-Match": tag}).status_code == 304


def test_dates_have_the_years_that_the_door_lets_in():
    found = data_schemas(types_of("settlements").values())["PersonSettled"]["properties"]["settledOn"]
    form = re.compile(found["pattern"])

    for year in range(1900, 2200):
        assert bool(form.search(str(year))) is (FIRST_DATED_YEAR <= year <= LAST_YEAR)
