"""Needs, requests and decisions: a blank is never a zero, and sums go up to the country."""

from datetime import date

from services.opendata.release.answers import DecisionStatus

OSLO = {"municipality": "0301", "year": 2024}
BERGEN = {"municipality": "4601", "year": 2024}
NEED = {"year": 2024, "announcedOn": "2023-10"}


def test_not_asked_and_asked_for_nobody_are_two_things(world):
    world.journal.post("request.issued", OSLO | {"persons": 0, "issuedOn": "2024"})

    world.publish()

    assert (world.totals("0301").requested, world.totals("0301").decision_status) == (0, DecisionStatus.ASKED)
    assert (world.totals("4601").requested, world.totals("4601").decision_status) == (
        None,
        DecisionStatus.NOT_ASKED,
    )


def test_no_decision_and_nobody_decided_are_two_things(world):
    world.journal.post("request.issued", OSLO | {"persons": 10, "issuedOn": "2024"})
    world.journal.post("request.issued", BERGEN | {"persons": 10, "issuedOn": "2024"})
    world.journal.post("quota.decided", OSLO | {"persons": 0, "decidedOn": "2024"})

    world.publish()

    oslo, bergen = world.totals("0301"), world.totals("4601")
    assert (oslo.decided, oslo.quota, oslo.spare_capacity) == (0, 0, -10)
    assert (bergen.decided, bergen.quota, bergen.spare_capacity) == (None, None, None)
    assert (oslo.decision_status, bergen.decision_status) == (DecisionStatus.DECIDED, DecisionStatus.ASKED)


def test_a_request_tells_its_current_and_its_first_version(world):
    request = OSLO | {"persons": 100, "issuedOn": "2024", "answerBy": "2024-02-25", "unaccompaniedMinors": 5}
    world.journal.post("request.issued", request)
    world.journal.post("request.revised", OSLO | {"persons": 80, "revisedOn": "2024-03"})

    world.publish()

    oslo = world.totals("0301")
    assert (oslo.requested, oslo.requested_originally, oslo.answer_by) == (80, 100, date(2024, 2, 25))
    assert oslo.unaccompanied_minors.requested == 5


def test_of_a_later_value_the_first_version_is_blank(world):
    world.journal.post("request.issued", OSLO | {"persons": 100, "issuedOn": "2024", "original": False})
    world.journal.post("request.revised", OSLO | {"persons": 80, "revisedOn": "2024-03"})

    world.publish()

    assert (world.totals("0301").requested, world.totals("0301").requested_originally) == (80, None)


def test_a_withdrawn_request_was_never_asked_unless_it_is_asked_anew(world):
    world.journal.post("request.issued", OSLO | {"persons": 100, "issuedOn": "2024"})
    world.journal.post("request.withdrawn", OSLO | {"withdrawnOn": "2024-04"})
    world.publish()
    withdrawn = world.totals("0301")
    world.journal.post("request.issued", OSLO | {"persons": 70, "issuedOn": "2024-05"})

    world.publish()

    anew = world.totals("0301")
    assert (withdrawn.requested, withdrawn.requested_originally) == (None, None)
    assert (withdrawn.decision_status, withdrawn.coverage.asked) == (DecisionStatus.NOT_ASKED, 0)
    assert (anew.requested, anew.requested_originally, anew.coverage.asked) == (70, 70, 1)


def test_a_decision_tells_what_was_decided_first_and_what_is_in_force(world):
    decided = OSLO | {"persons": 90, "decidedOn": "2024-02-01", "unaccompaniedMinors": 9, "extraCapacity": 12}
    capacity = {"extraCapacityUnaccompaniedMinors": 2, "acceptsUnaccompaniedMinors": True}
    world.journal.post("request.issued", OSLO | {"persons": 100, "issuedOn": "2024"})
    world.journal.post("quota.decided", decided | capacity)
    world.journal.post(
        "quota.revised", OSLO | {"decidedOn": "2024-05", "persons": 120, "extraCapacity": None}
    )

    world.publish()

    oslo = world.totals("0301")
    assert (oslo.decided, oslo.quota, oslo.spare_capacity, oslo.extra_capacity) == (90, 120, 20, None)
    assert oslo.accepts_unaccompanied_minors is True
    minors = oslo.unaccompanied_minors
    assert (minors.decided, minors.quota, minors.extra_capacity, minors.remaining) == (9, 9, 2, None)


def test_a_quota_that_is_no_longer_known_is_blank_though_there_is_a_decision(world):
    world.journal.post("quota.decided", OSLO | {"persons": 90, "decidedOn": "2024"})
    world.journal.post("quota.revised", OSLO | {"decidedOn": "2024-05", "persons": None})

    world.publish()

    oslo = world.totals("0301")
    assert (oslo.quota, oslo.decided, oslo.coverage.decided) == (None, 90, 1)


def test_a_municipality_delays_decides_withdraws_and_decides_anew(world):
    seen = []
    for name, data in (
        ("answer.delayed", {"expectedOn": "2024-04-01"}),
        ("quota.decided", {"persons": 90, "decidedOn": "2024-04"}),
        ("quota.withdrawn", {"withdrawnOn": "2024-05"}),
        ("quota.decided", {"persons": 70, "decidedOn": "2024-06"}),
    ):
        world.journal.post(name, OSLO | data)
        world.publish()
        oslo = world.totals("0301")
        seen.append((oslo.decision_status, oslo.answer_expected_on, oslo.decided, oslo.quota))

    assert seen == [
        (DecisionStatus.DELAYED, date(2024, 4, 1), None, None),
        (DecisionStatus.DECIDED, None, 90, 90),
        (DecisionStatus.WITHDRAWN, None, None, None),
        (DecisionStatus.DECIDED, None, 70, 70),
    ]


def test_a_district_has_its_share_and_its_municipality_the_whole(world):
    shares = [{"code": "030101", "persons": 30}, {"code": "030102", "persons": 0}]
    world.journal.post("quota.decided", OSLO | {"persons": 90, "decidedOn": "2024", "districts": shares})

    world.publish()

    assert [world.totals(code).quota for code in ("030101", "030102", "030103")] == [30, 0, None]
    assert [world.totals(code).quota for code in ("0301", "03", "NO")] == [90, 90, 90]
    district = world.totals("030101")
    assert (district.decided, district.requested, district.decision_status) == (None, None, None)


def test_requests_and_quotas_add_up_to_county_and_country_and_to_the_municipality_not_stated(world):
    for code, asked, quota in (("0301", 10, 8), ("4601", 20, 21), ("4602", 5, 5), ("9999", 1, 1)):
        place = {"municipality": code, "year": 2024}
        world.journal.post("request.issued", place | {"persons": asked, "issuedOn": "2024"})
        world.journal.post("quota.decided", place | {"persons": quota, "decidedOn": "2024"})

    world.publish()

    assert (world.totals("46").requested, world.totals("46").quota) == (25, 26)
    country = world.totals("NO")
    assert (country.requested, country.quota, country.spare_capacity) == (36, 35, -1)
    assert (world.totals("46").coverage.asked, world.totals("46").coverage.decided) == (2, 2)


def test_the_municipality_not_stated_is_not_among_the_municipalities_with_a_request_or_decision(world):
    for code in ("4601", "9999"):
        place = {"municipality": code, "year": 2024}
        world.journal.post("request.issued", place | {"persons": 20, "issuedOn": "2024"})
        world.journal.post("quota.decided", place | {"persons": 20, "decidedOn": "2024"})

    world.publish()

    for code, expected in (("NO", 1), ("99", 0), ("9999", 0)):
        coverage = world.totals(code).coverage
        assert (coverage.asked, coverage.decided) == (expected, expected)
        assert coverage.asked <= coverage.municipalities


def test_years_are_kept_apart(world):
    world.journal.post("request.issued", OSLO | {"persons": 10, "issuedOn": "2024"})
    world.journal.post("request.issued", OSLO | {"year": 2023, "persons": 20, "issuedOn": "2023"})

    world.publish()

    assert (world.totals("0301", 2023).requested, world.totals("0301", 2024).requested) == (20, 10)
    assert list(world.years("0301")) == [2023, 2024]


def test_the_need_is_the_latest_and_originally_the_first_that_was_issued(world):
    need = {"persons": 4400, "status": "forecast", "unaccompaniedMinors": 210}
    world.journal.post("need.announced", NEED | need, subject="NO/2024")
    world.publish()
    forecast = world.totals("NO")
    issued = {"persons": 5120, "status": "issued", "resettlement": 3000, "municipalitiesAsked": 210}
    world.journal.post("need.announced", NEED | issued, subject="NO/2024")
    revised = {"persons": 3600, "status": "revised", "announcedOn": "2024-09", "unaccompaniedMinors": None}
    world.journal.post("need.announced", NEED | revised, subject="NO/2024")

    world.publish()

    country = world.totals("NO")
    assert (forecast.announced, forecast.announced_originally) == (4400, 4400)
    assert (country.announced, country.announced_originally) == (3600, 5120)
    assert (country.need.status, country.need.announced_on) == ("revised", "2024-09")
    assert (country.need.resettlement, country.need.municipalities_asked) == (3000, 210)
    assert (country.need.unaccompanied_minors, country.unaccompanied_minors.announced) == (None, None)


def test_the_need_is_the_country_s_alone(world):
    world.journal.post("need.announced", NEED | {"persons": 5, "status": "issued"}, subject="NO/2024")

    world.publish()

    assert [world.totals(code).need for code in ("03", "0301", "030101")] == [None, None, None]
    assert world.totals("0301").announced is None
    assert world.totals("NO", 2023).need is None


def test_no_decision_makes_a_number_of_persons_and_no_origin(world):
    world.journal.post("quota.decided", OSLO | {"persons": 9, "decidedOn": "2024"}, origin="synthetic")

    world.publish()

    oslo = world.totals("0301")
    assert (oslo.settled, oslo.remaining, oslo.fulfilment, oslo.origins) == (None, None, None, ())
    assert oslo.coverage.reporting == 0
