"""Whose data an event is: who may post it about whom."""

import pytest

from services.contract.codes import Role
from services.contract.entitlements import (
    Caller,
    Extent,
    concerns,
    extent_of,
    may_post_type,
    may_say_origin,
    owns_data,
    owns_stream,
    owns_subject,
)
from tests.contract.schemas.documents import LEAST, SHORT

OSLO = Caller(Role.MUNICIPALITY, "0301")
BERGEN = Caller(Role.MUNICIPALITY, "4601")
GAMLE_OSLO = Caller(Role.DISTRICT, "030101")
IMDI = Caller(Role.DIRECTORATE)
IMPORTER = Caller(Role.IMPORTER)
IN_GAMLE_OSLO = {"municipality": "0301", "district": "030101"}


def test_a_caller_has_a_name_of_role_and_code():
    assert IMDI.name == "directorate"
    assert OSLO.name == "municipality:0301"


def test_a_role_may_post_what_the_catalogue_says():
    assert may_post_type(OSLO, SHORT["quota.decided"])
    assert not may_post_type(OSLO, SHORT["request.issued"])
    assert not may_post_type(GAMLE_OSLO, SHORT["quota.decided"])
    assert may_post_type(GAMLE_OSLO, SHORT["person.settled"])
    assert not may_post_type(IMPORTER, SHORT["heartbeat.sent"])


@pytest.mark.parametrize("caller", [OSLO, GAMLE_OSLO, IMDI])
def test_who_reports_may_say_that_an_event_is_reported_and_no_more(caller):
    assert may_say_origin(caller, None, None)
    assert may_say_origin(caller, "reported", None)
    assert not may_say_origin(caller, "imported", None)
    assert not may_say_origin(caller, "synthetic", None)
    assert not may_say_origin(caller, None, "2019")


@pytest.mark.parametrize("origin", [None, "reported", "imported", "synthetic"])
def test_an_importer_may_say_origin_and_when_a_fact_became_known(origin):
    assert may_say_origin(IMPORTER, origin, "2019")


def test_a_municipality_posts_about_itself_alone():
    assert owns_data(OSLO, SHORT["quota.decided"], LEAST["quota.decided"])
    assert not owns_data(BERGEN, SHORT["quota.decided"], LEAST["quota.decided"])


def test_where_the_data_name_no_region_the_stream_decides():
    assert owns_data(BERGEN, SHORT["settlement.withdrawn"], {})
    assert owns_data(GAMLE_OSLO, SHORT["settlement.withdrawn"], {})


@pytest.mark.parametrize(
    ("data", "own"),
    [
        (IN_GAMLE_OSLO, True),
        ({"municipality": "0301", "district": "030102"}, False),
        ({"municipality": "0301", "district": None}, False),
        ({"municipality": "0301"}, False),
        ({"municipality": "4601", "district": "030101"}, False),
    ],
)
def test_a_district_posts_about_persons_settled_in_it(data, own):
    assert owns_data(GAMLE_OSLO, SHORT["person.settled"], data) is own


def test_the_directorate_and_importers_post_about_all():
    for caller in (IMDI, IMPORTER):
        assert owns_data(caller, SHORT["person.settled"], IN_GAMLE_OSLO)
        assert owns_stream(caller, {"state": "settled", "settlement": IN_GAMLE_OSLO}, "4601")


@pytest.mark.parametrize(
    ("facts", "owner"),
    [
        ({"state": "decided", "municipality": "0301"}, True),
        ({"state": "decided", "municipality": "4601"}, False),
        ({"state": "allocated", "allocation": {"municipality": "0301"}}, True),
        ({"state": "allocated", "allocation": {"municipality": "4601"}}, False),
        ({"state": "settled", "settlement": IN_GAMLE_OSLO}, True),
        ({"state": "settled", "settlement": {"municipality": "4601"}}, False),
    ],
)
def test_a_stream_is_a_municipalitys_where_all_its_facts_are(facts, owner):
    assert owns_stream(OSLO, facts, "1101") is owner


@pytest.mark.parametrize(
    ("facts", "owner"),
    [
        ({"state": "settled", "settlement": IN_GAMLE_OSLO}, True),
        ({"state": "settled", "settlement": {"municipality": "0301"}}, False),
        ({"state": "settled", "settlement": {"municipality": "0301", "district": "030102"}}, False),
        ({"state": "accepted", "allocation": {"municipality": "0301"}}, True),
        ({"state": "accepted", "allocation": {"municipality": "4601"}}, False),
    ],
)
def test_a_stream_is_a_districts_where_the_person_is_settled_in_it_or_allocated_to_its_municipality(
    facts, owner
):
    assert owns_stream(GAMLE_OSLO, facts, "1101") is owner


@pytest.mark.parametrize("state", ["declined", "allocation-withdrawn", "closed"])
def test_a_stream_whose_facts_name_nobody_is_that_of_its_first_municipality(state):
    for caller in (OSLO, GAMLE_OSLO):
        assert owns_stream(caller, {"state": state}, "0301")
        assert not owns_stream(caller, {"state": state}, "4601")


@pytest.mark.parametrize("code", ["999999", None])
def test_a_district_that_does_not_exist_owns_nothing(code):
    nobody = Caller(Role.DISTRICT, code)

    assert not owns_data(nobody, SHORT["person.settled"], {"municipality": "0301", "district": code})
    assert not owns_stream(nobody, {"state": "accepted", "allocation": {"municipality": "0301"}}, "0301")


@pytest.mark.parametrize(
    ("caller", "asked", "extent"),
    [
        (IMDI, None, Extent()),
        (IMDI, "4601", Extent("4601")),
        (IMPORTER, None, Extent()),
        (OSLO, None, Extent("0301")),
        (OSLO, "0301", Extent("0301")),
        (OSLO, "4601", None),
        (OSLO, "", None),
        (GAMLE_OSLO, None, Extent(district="030101")),
        (GAMLE_OSLO, "030101", Extent(district="030101")),
        (GAMLE_OSLO, "0301", Extent(district="030101")),
        (GAMLE_OSLO, "030102", None),
        (GAMLE_OSLO, "4601", None),
        (Caller(Role.SYSTEM), None, None),
    ],
)
def test_whose_streams_a_caller_gets(caller, asked, extent):
    assert extent_of(caller, asked, by_district=True) == extent


def test_where_streams_belong_to_no_district_it_gets_its_municipalitys():
    assert extent_of(GAMLE_OSLO, None, by_district=False) == Extent("0301")


@pytest.mark.parametrize(
    ("caller", "subject", "owned"),
    [
        (IMDI, "anything", True),
        (OSLO, "0301/2024", True),
        (OSLO, "figure/0301/2024", True),
        (OSLO, "4601/2024", False),
        (OSLO, "NO/2024", False),
        (OSLO, "0301", False),
        (OSLO, "6f1b7a52-6a0e-4c43-9d3c-2f3a0c9b7d11", False),
        (GAMLE_OSLO, "0301/2024", True),
        (GAMLE_OSLO, "4601/2024", False),
    ],
)
def test_a_subject_may_name_the_callers_own_region(caller, subject, owned):
    assert owns_subject(caller, subject) is owned


@pytest.mark.parametrize(
    ("caller", "data", "told"),
    [
        (IMDI, {"municipality": "4601"}, True),
        (OSLO, {"municipality": "0301"}, True),
        (OSLO, {"municipality": "4601"}, False),
        (OSLO, {"region": "0301"}, True),
        (OSLO, {}, True),
        (
            BERGEN,
            {"previous": {"settlement": {"municipality": "4601"}}},
            True,
        ),
        (
            OSLO,
            {"previous": {"allocation": {"municipality": "4601"}}},
            False,
        ),
        (GAMLE_OSLO, {"municipality": "0301", "district": "030101"}, True),
        (GAMLE_OSLO, {"municipality": "0301"}, True),
        (GAMLE_OSLO, {"municipality": "0301", "district": "030102"}, False),
        (
            GAMLE_OSLO,
            {
                "municipality": "0301",
                "district": "030101",
                "previous": {"settlement": {"municipality": "0301", "district": "030102"}},
            },
            False,
        ),
    ],
)
def test_an_event_is_shown_to_whom_it_was_about(caller, data, told):
    assert concerns(caller, data, "0301") is told
