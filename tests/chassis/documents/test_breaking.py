"""Changes that would break a client are found; others are not."""

import copy

import pytest

from services.chassis.documents.asyncapi import asyncapi
from services.chassis.documents.breaking import broken_by
from tests.chassis.documents.test_openapi import document


@pytest.fixture
def before(settlements):
    return document(settlements)


@pytest.fixture
def after(before):
    return copy.deepcopy(before)


def schema(after, name):
    return after["components"]["schemas"][name]


def posting(after):
    return after["paths"]["/settlements/v1/events"]["post"]


def listing(after):
    return after["paths"]["/settlements/v1/streams"]["get"]


def test_a_document_does_not_break_itself(before, after):
    assert broken_by(before, after) == []


# What may be done within a version.
def add_an_optional_field(after):
    schema(after, "PersonSettled")["properties"]["newField"] = {"type": "string"}


def take_another_code(after):
    schema(after, "PersonSettled")["properties"]["sex"]["enum"].append("another")


def answer_another_code(after):
    schema(after, "Row")["properties"]["state"]["enum"].append("another")


def tell_more(after):
    schema(after, "Receipt")["properties"]["more"] = {"type": "string"}
    schema(after, "Receipt")["required"].append("more")


def take_longer_texts(after):
    schema(after, "SettlementCorrected")["properties"]["reason"]["maxLength"] = 1000


def take_another_type_of_event(after):
    schema(after, "Event")["oneOf"].append({"$ref": "#/components/schemas/Receipt"})


def add_an_optional_parameter(after):
    listing(after)["parameters"].append({"name": "kind", "in": "query", "schema": {"type": "string"}})


def need_less(after):
    schema(after, "PersonSettled")["required"].remove("settledOn")


def say_it_better(after):
    posting(after)["description"] = "Better."


MAY = [
    add_an_optional_field,
    take_another_code,
    answer_another_code,
    tell_more,
    take_longer_texts,
    take_another_type_of_event,
    add_an_optional_parameter,
    need_less,
    say_it_better,
]


@pytest.mark.parametrize("change", MAY, ids=lambda change: change.__name__)
def test_what_breaks_nobody_is_let_through(before, after, change):
    change(after)

    assert broken_by(before, after) == []


# What breaks clients.
def need_a_new_field(after):
    add_an_optional_field(after)
    schema(after, "PersonSettled")["required"].append("newField")


def need_an_old_field(after):
    schema(after, "PersonSettled")["required"].append("sex")


def refuse_a_field(after):
    del schema(after, "PersonSettled")["properties"]["housing"]


def refuse_a_code(after):
    schema(after, "PersonSettled")["properties"]["sex"]["enum"].remove("unknown")


def refuse_null(after):
    schema(after, "PersonSettled")["properties"]["district"]["type"] = "string"


def take_shorter_texts(after):
    schema(after, "SettlementCorrected")["properties"]["reason"]["maxLength"] = 100


def refuse_low_numbers(after):
    schema(after, "PersonSettled")["properties"]["age"]["minimum"] = 1


def take_another_form(after):
    schema(after, "PersonSettled")["properties"]["settledOn"]["pattern"] = "^x$"


def rename_a_type(after):
    schema(after, "PersonSettledEvent")["properties"]["type"]["const"] = "no.bosatt.person.settled.v2"


def refuse_a_type_of_event(after):
    schema(after, "Event")["oneOf"].pop()


def refuse_other_attributes(after):
    schema(after, "PersonSettledEvent")["additionalProperties"] = False


def take_smaller_batches(after):
    posting(after)["requestBody"]["content"]["application/cloudevents-batch+json"]["schema"]["maxItems"] = 10


def refuse_a_media_type(after):
    del posting(after)["requestBody"]["content"]["application/x-ndjson"]


def want_another_scope(after):
    posting(after)["security"] = [{"token": ["bosatt:all"]}]


def leave_out_of_the_receipt(after):
    del schema(after, "Receipt")["properties"]["version"]


def perhaps_leave_out_of_the_receipt(after):
    schema(after, "Receipt")["required"].remove("version")


def answer_null(after):
    schema(after, "Receipt")["properties"]["stream"]["type"] = ["string", "null"]


def drop_a_header(after):
    del posting(after)["responses"]["201"]["headers"]["ETag"]


def drop_a_status(after):
    del posting(after)["responses"]["207"]


def drop_a_parameter(after):
    listing(after)["parameters"].pop(0)


def want_a_parameter(after):
    listing(after)["parameters"][0]["required"] = True


def drop_a_route(after):
    del after["paths"]["/settlements/v1/streams"]


BREAKS = [
    need_a_new_field,
    need_an_old_field,
    refuse_a_field,
    refuse_a_code,
    refuse_null,
    take_shorter_texts,
    refuse_low_numbers,
    take_another_form,
    rename_a_type,
    refuse_a_type_of_event,
    refuse_other_attributes,
    take_smaller_batches,
    refuse_a_media_type,
    want_another_scope,
    leave_out_of_the_receipt,
    perhaps_leave_out_of_the_receipt,
    answer_null,
    drop_a_header,
    drop_a_status,
    drop_a_parameter,
    want_a_parameter,
    drop_a_route,
]


@pytest.mark.parametrize("change", BREAKS, ids=lambda change: change.__name__)
def test_what_would_break_a_client_is_found(before, after, change):
    change(after)

    assert broken_by(before, after) != []


def forget_a_message(after):
    after["channels"]["decisions"]["messages"].popitem()


def move_a_topic(after):
    after["channels"]["decisions"]["address"] = "elsewhere"


def leave_a_field_out(after):
    del after["components"]["schemas"]["QuotaDecided"]["properties"]["persons"]


def perhaps_leave_a_field_out(after):
    after["components"]["schemas"]["QuotaDecidedEvent"]["required"].remove("sequence")


@pytest.mark.parametrize(
    "change",
    [forget_a_message, move_a_topic, leave_a_field_out, perhaps_leave_a_field_out],
    ids=lambda change: change.__name__,
)
def test_what_would_break_a_reader_of_the_log_is_found(change):
    after = asyncapi()
    change(after)

    assert broken_by(asyncapi(), after) != []


def test_a_reader_of_the_log_is_not_broken_by_more():
    after = asyncapi()
    after["components"]["schemas"]["QuotaDecided"]["properties"]["more"] = {"type": "string"}
    after["components"]["schemas"]["PersonSettled"]["properties"]["sex"]["enum"].append("another")

    assert broken_by(asyncapi(), after) == []
