"""The catalogue of event types, against the published table written out by hand."""

import pytest

from services.contract.event_types import COMMAND_SERVICES, EVENT_TYPES, types_of
from tests.contract.schemas.documents import LEAST, OPTIONAL_VALUES, SHORT, faults

PERSON = (
    "district countryOfOrigin sex ageGroup age unaccompaniedMinor care arrival housing "
    "alternativeReceptionPlace"
)
QUOTA = (
    "decidedBy acceptsUnaccompaniedMinors unaccompaniedMinors extraCapacity extraCapacityUnaccompaniedMinors "
    "capacityNeeds caseReference districts"
)
REASON = "reason reasonCode"

# name: (service, kind, required fields, optional fields)
TABLE = {
    "need.announced": (
        "requests",
        "needs",
        "year persons announcedOn status",
        f"unaccompaniedMinors resettlement municipalitiesAsked {REASON}",
    ),
    "figure.published": (
        "requests",
        "figures",
        "region year measure status publishedOn sourceName",
        "persons percent sourceUrl dimension category",
    ),
    "request.issued": (
        "requests",
        "requests",
        "municipality year persons issuedOn",
        "unaccompaniedMinors answerBy original",
    ),
    "request.revised": (
        "requests",
        "requests",
        "municipality year persons revisedOn",
        f"unaccompaniedMinors answerBy {REASON}",
    ),
    "request.withdrawn": ("requests", "requests", "municipality year withdrawnOn", REASON),
    "quota.decided": ("decisions", "decisions", "municipality year persons decidedOn", QUOTA),
    "quota.revised": ("decisions", "decisions", "municipality year decidedOn", f"persons {QUOTA} {REASON}"),
    "quota.withdrawn": ("decisions", "decisions", "municipality year withdrawnOn", REASON),
    "answer.delayed": ("decisions", "decisions", "municipality year expectedOn", REASON),
    "person.allocated": (
        "settlements",
        "settlements",
        "municipality allocatedOn",
        "readyOn unaccompaniedMinor arrival",
    ),
    "allocation.accepted": ("settlements", "settlements", "municipality", "plannedWeek"),
    "allocation.declined": ("settlements", "settlements", "municipality", REASON),
    "allocation.withdrawn": ("settlements", "settlements", "municipality", REASON),
    "person.settled": ("settlements", "settlements", "municipality settledOn", PERSON),
    "settlement.corrected": ("settlements", "settlements", "municipality settledOn", f"{PERSON} {REASON}"),
    "settlement.withdrawn": ("settlements", "settlements", "", REASON),
    "settlement.attributes-erased": ("settlements", "settlements", "", ""),
    "release.published": ("releases", "releases", "release policy publishedAt marks", "dataThrough"),
    "heartbeat.sent": ("heartbeats", "heartbeats", "service generation sequences recordedThrough", ""),
    "generation.switched": ("operations", "generations", "topic generation partitions", ""),
    "deadletter.retried": ("operations", "operations", "topic generation partition offset digest", ""),
    "deadletter.dropped": (
        "operations",
        "operations",
        "topic generation partition offset digest lastApplied fault cause",
        "note",
    ),
}

POSTED_BY = {
    "need.announced": {"directorate", "importer"},
    "figure.published": {"directorate", "importer"},
    "request.issued": {"directorate", "importer"},
    "request.revised": {"directorate", "importer"},
    "request.withdrawn": {"directorate", "importer"},
    "quota.decided": {"municipality", "importer"},
    "quota.revised": {"municipality", "importer"},
    "quota.withdrawn": {"municipality", "importer"},
    "answer.delayed": {"municipality", "importer"},
    "person.allocated": {"directorate", "importer"},
    "allocation.accepted": {"municipality", "importer"},
    "allocation.declined": {"municipality", "importer"},
    "allocation.withdrawn": {"directorate", "importer"},
    "person.settled": {"municipality", "district", "importer"},
    "settlement.corrected": {"municipality", "district", "importer"},
    "settlement.withdrawn": {"municipality", "district", "importer"},
    "settlement.attributes-erased": {"municipality", "district", "importer"},
    "release.published": {"system"},
    "heartbeat.sent": {"system"},
    "generation.switched": {"system"},
    "deadletter.retried": {"system"},
    "deadletter.dropped": {"system"},
}


def test_the_catalogue_holds_the_types_of_the_table_and_no_others():
    assert list(EVENT_TYPES) == [f"no.bosatt.{name}.v1" for name in TABLE]
    assert all(event.full_name == full_name for full_name, event in EVENT_TYPES.items())


@pytest.mark.parametrize("name", TABLE)
def test_an_event_type_goes_to_the_service_the_topic_and_the_kind_of_stream_of_the_table(name):
    service, kind, _, _ = TABLE[name]
    event = SHORT[name]

    assert (event.service, event.topic, event.kind) == (service, f"bosatt.{service}", kind)


@pytest.mark.parametrize("name", POSTED_BY)
def test_an_event_type_is_posted_by_those_of_the_table(name):
    assert SHORT[name].posted_by == POSTED_BY[name]


@pytest.mark.parametrize("name", TABLE)
def test_an_event_type_names_the_field_that_tells_its_region(name):
    fields = (TABLE[name][2] + " " + TABLE[name][3]).split()
    told_by = next((field for field in ("municipality", "region") if field in fields), None)

    assert SHORT[name].region_field == told_by


@pytest.mark.parametrize("name", TABLE)
def test_a_document_without_its_required_fields_is_refused_for_each_of_them(name):
    required = set(TABLE[name][2].split())

    assert set(faults(name, {})) == required


@pytest.mark.parametrize("name", TABLE)
def test_the_required_fields_alone_are_enough(name):
    least = set(LEAST[name]) - ({"persons"} if name == "figure.published" else set())

    assert least == set(TABLE[name][2].split())
    assert faults(name) == {}


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (name, field)
        for name, row in TABLE.items()
        for field in row[3].split()
        if field not in ("age", "dimension", "category")
    ],
)
def test_an_optional_field_of_the_table_is_taken_as_it_is(name, field):
    value = OPTIONAL_VALUES[field]

    assert SHORT[name].loader.load(LEAST[name] | {field: value})[field] == value


@pytest.mark.parametrize("service", COMMAND_SERVICES)
def test_a_service_takes_the_types_of_its_own_and_no_others(service):
    mine = {f"no.bosatt.{name}.v1" for name, row in TABLE.items() if row[0] == service}

    assert set(types_of(service)) == mine


def test_a_schema_is_made_once():
    event = SHORT["quota.decided"]

    assert event.loader is event.loader


@pytest.mark.parametrize("name", TABLE)
def test_a_schema_declares_the_fields_of_the_table_and_no_others(name):
    _, _, required, optional = TABLE[name]
    declared = SHORT[name].loader.fields

    assert set(declared) == set(required.split()) | set(optional.split())
    assert {field for field in declared if declared[field].required} == set(required.split())
