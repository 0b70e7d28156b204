"""Figures in, events stored: once, whatever happens, and beside what others have reported."""

import httpx
import pytest

from services.chassis.posting.patience import DoorClosed
from services.contract.identity_numbers import has_identity_number
from services.importing import events
from services.importing.years import Place
from tests.importing.importing import data_of, differences_of, types_of

OSLO_2016 = ("0301,2016,requested,1000", "0301,2016,decided,1000", "0301,2016,settled,9")


def test_a_year_becomes_a_request_a_decision_persons_and_the_figure_beside_them(services):
    stored = services.imported(*OSLO_2016)

    assert types_of(stored) == {
        "request.issued": 1,
        "quota.decided": 1,
        "person.settled": 9,
        "figure.published": 1,
    }
    assert data_of(stored, "request.issued") == [
        {"municipality": "0301", "year": 2016, "persons": 1000, "issuedOn": "2016", "original": False}
    ]
    assert data_of(stored, "quota.decided") == [
        {"municipality": "0301", "year": 2016, "persons": 1000, "decidedOn": "2016"}
    ]
    assert data_of(stored, "person.settled") == [{"municipality": "0301", "settledOn": "2016"}] * 9
    assert services.figure("0301", 2016) == (9, "exact")
    assert {event["origin"] for event in stored} == {"imported"}
    assert {event["knowntime"] for event in stored} == {"2023"}


def test_a_later_year_is_known_when_it_is_recorded(services):
    stored = services.imported("0301,2024,settled,2")

    assert not any("knowntime" in event for event in stored)


def test_a_request_that_was_changed_is_issued_first_and_then_revised(services):
    stored = services.imported("0301,2020,requested,138", "0301,2020,requested_original,210")

    assert [data["persons"] for data in data_of(stored, "request.issued")] == [210]
    assert "original" not in data_of(stored, "request.issued")[0]
    assert [data["persons"] for data in data_of(stored, "request.revised")] == [138]
    facts = services.opened["requests"].get("streams/0301/2020").json["facts"]
    assert (facts["persons"], facts["original"]) == (138, {"persons": 210})


def test_a_request_that_was_not_changed_is_original_without_a_revision(services):
    stored = services.imported("0301,2020,requested,138", "0301,2020,requested_original,138")

    assert types_of(stored) == {"request.issued": 1}


def test_noughts_are_said_and_nobody_is_settled_by_them(services):
    stored = services.imported("0301,2016,requested,0", "0301,2016,decided,0", "0301,2016,settled,0")

    assert types_of(stored) == {"request.issued": 1, "quota.decided": 1, "figure.published": 1}
    assert services.number("requests", "0301", 2016) == 0
    assert services.number("decisions", "0301", 2016) == 0
    assert services.figure("0301", 2016) == (0, "exact")


@pytest.mark.parametrize(
    ("measure", "published"),
    [
        ("requested", "requested"),
        ("requested_original", "requested_originally"),
        ("decided", "decided"),
        ("settled", "settled"),
    ],
)
def test_what_the_source_hides_is_published_as_hidden(services, measure, published):
    stored = services.imported(f"0301,2016,{measure},,suppressed")

    assert types_of(stored) == {"figure.published": 1}
    assert services.figure("0301", 2016, published) == (None, "suppressed")


def test_of_what_is_missing_nothing_is_said(services):
    assert services.imported("0301,2016,requested,,missing", "0301,2016,settled,,missing") == []


def test_an_original_number_without_the_present_one_is_published(services):
    stored = services.imported("0301,2020,requested,,suppressed", "0301,2020,requested_original,7")

    assert types_of(stored) == {"figure.published": 2}
    assert services.figure("0301", 2020, "requested_originally") == (7, "exact")


def test_rows_of_one_region_add_up(services):
    services.imported(
        "1601,2018,settled,4", "5001,2018,settled,3", "1601,2018,decided,5", "5001,2018,decided,6"
    )

    assert services.settled("5001", 2018) == 7
    assert services.figure("5001", 2018) == (7, "exact")
    assert services.number("decisions", "5001", 2018) == 11


def test_persons_add_up_to_what_is_known_where_part_is_hidden(services):
    services.imported("1601,2018,settled,4", "5001,2018,settled,,suppressed")

    assert services.settled("5001", 2018) == 4
    assert services.figure("5001", 2018) == (None, "suppressed")


def test_a_dry_run_stores_nothing_and_tells_the_same(services):
    plan, outcome = services.do_import(*OSLO_2016, dry_run=True)

    assert (plan.count, outcome.new, outcome.refused) == (12, 12, [])
    assert all(one.stored() == [] for one in services.opened.values())


def test_a_second_run_posts_nothing(services):
    lines = (
        *OSLO_2016,
        "0301,2020,requested,138",
        "0301,2020,requested_original,210",
        "1601,2018,settled,,suppressed",
    )
    services.imported(*lines)

    plan, _ = services.do_import(*lines)

    assert (plan.count, plan.differences, plan.there) == (0, [], 6)


@pytest.mark.parametrize("map_first", [True, False])
def test_a_row_counts_once_with_its_code_mapped_and_not(services, map_first):
    lines = ("1601,2018,settled,4", "1601,2018,requested,6", "5001,2018,settled,3", "0301,2018,settled,2")
    services.imported(*lines, map_retired=map_first)
    services.imported(*lines, map_retired=not map_first)
    services.imported(*lines, map_retired=True)

    assert services.settled("5001", 2018) == 7
    assert services.figure("5001", 2018) == (7, "exact")
    assert services.number("requests", "5001", 2018) == 6
    assert services.settled("0301", 2018) == 2


@pytest.mark.parametrize("taken", range(1, 8))
def test_an_import_that_breaks_off_anywhere_is_completed_by_the_next(services, monkeypatch, taken):
    monkeypatch.setattr("services.importing.posting.AT_ONCE", 2)
    posts = 0

    def break_off(request):
        nonlocal posts
        posts += request.method == "POST"
        if posts > taken:
            raise httpx.ConnectError("gone")

    services.before = break_off
    with pytest.raises(DoorClosed):
        services.do_import(*OSLO_2016, "0301,2017,settled,7")
    services.before = lambda _request: None

    plan, outcome = services.do_import(*OSLO_2016, "0301,2017,settled,7")

    assert (plan.differences, outcome.refused) == ([], [])
    assert (services.settled("0301", 2016), services.settled("0301", 2017)) == (9, 7)
    assert sum(len(one.stored()) for one in services.opened.values()) == 20


def test_another_request_or_decision_is_left_and_told(services):
    services.post(
        "requests", "request.issued", "imdi", municipality="0301", year=2016, persons=950, issuedOn="2016"
    )
    services.post(
        "decisions", "quota.decided", "0301", municipality="0301", year=2016, persons=900, decidedOn="2016"
    )

    plan, _ = services.do_import(*OSLO_2016)

    assert differences_of(plan) == [
        ("0301", 2016, "requested", 950, 1000, False),
        ("0301", 2016, "decided", 900, 1000, False),
    ]
    assert services.number("requests", "0301", 2016) == 950
    assert services.number("decisions", "0301", 2016) == 900


def test_another_request_or_decision_is_revised_where_told_once(services):
    services.post(
        "requests", "request.issued", "imdi", municipality="0301", year=2016, persons=950, issuedOn="2016"
    )
    services.post(
        "decisions", "quota.decided", "0301", municipality="0301", year=2016, persons=900, decidedOn="2016"
    )

    stored = services.imported(*OSLO_2016, existing="revise")

    assert types_of(stored)["request.revised"] == types_of(stored)["quota.revised"] == 1
    assert not any("knowntime" in event for event in stored if event["type"].endswith("revised.v1"))
    assert services.number("requests", "0301", 2016) == 1000
    assert services.number("decisions", "0301", 2016) == 1000
    assert services.imported(*OSLO_2016, existing="revise") == []


def test_a_number_that_changes_to_and_fro_is_revised_each_time(services):
    for persons in (5, 7, 5, 7, 5):
        services.imported(f"0301,2016,requested,{persons}", f"0301,2016,settled,{persons}", existing="revise")

        assert services.number("requests", "0301", 2016) == persons
        assert services.settled("0301", 2016) == persons
        assert services.figure("0301", 2016) == (persons, "exact")


@pytest.mark.parametrize("persons", [7, 12])
def test_another_edition_of_the_file_is_told_and_left(services, persons):
    services.imported(*OSLO_2016)

    plan, _ = services.do_import(f"0301,2016,settled,{persons}")

    assert differences_of(plan) == [("0301", 2016, "settled", 9, persons, False)]
    assert services.settled("0301", 2016) == 9
    assert services.figure("0301", 2016) == (9, "exact")


def test_a_request_withdrawn_is_no_number_and_is_issued_anew_only_where_told(services):
    place = {"municipality": "0301", "year": 2016}
    services.post("requests", "request.issued", "imdi", **place, persons=1000, issuedOn="2016")
    services.post("requests", "request.withdrawn", "imdi", **place, withdrawnOn="2016")

    plan, _ = services.do_import(*OSLO_2016)
    assert differences_of(plan) == [("0301", 2016, "requested", None, 1000, False)]

    stored = services.imported(*OSLO_2016, existing="revise")
    assert types_of(stored) == {"request.issued": 1}
    assert services.number("requests", "0301", 2016) == 1000


def test_a_late_answer_promised_is_no_decision(services):
    services.post(
        "decisions", "answer.delayed", "0301", municipality="0301", year=2016, expectedOn="2016-05-01"
    )

    plan, _ = services.do_import(*OSLO_2016)

    assert plan.differences == []
    assert services.number("decisions", "0301", 2016) == 1000


def persons_reported(services, count, year=2016):
    for number in range(count):
        subject = f"00000000-0000-4000-8000-{number:012d}"
        services.post(
            "settlements", "person.settled", "0301", subject, municipality="0301", settledOn=f"{year}-03-04"
        )


@pytest.mark.parametrize(
    ("reported", "left", "revised"),
    [(4, 4, 9), (9, 9, 9), (12, 12, 12)],
)
def test_persons_that_others_have_reported_are_never_counted_beside(services, reported, left, revised):
    persons_reported(services, reported)

    plan, _ = services.do_import(*OSLO_2016)
    assert services.settled("0301", 2016) == left
    same = reported == 9
    assert differences_of(plan) == ([] if same else [("0301", 2016, "settled", reported, 9, False)])
    assert services.figure("0301", 2016) == (9, "exact")

    services.imported(*OSLO_2016, existing="revise")
    assert services.settled("0301", 2016) == revised
    assert services.imported(*OSLO_2016, existing="revise") == []


def test_what_somebody_reports_later_is_taken_out_of_the_imported_where_told(services):
    services.imported(*OSLO_2016)
    persons_reported(services, 4)

    plan, _ = services.do_import(*OSLO_2016)
    assert differences_of(plan) == [("0301", 2016, "settled", 13, 9, False)]

    stored = services.imported(*OSLO_2016, existing="revise")
    assert types_of(stored) == {"settlement.withdrawn": 4}
    assert services.settled("0301", 2016) == 9


def test_persons_reported_against_an_official_nought_are_told(services):
    persons_reported(services, 2)

    plan, _ = services.do_import("0301,2016,settled,0")

    assert differences_of(plan) == [("0301", 2016, "settled", 2, 0, False)]


def test_a_hidden_number_is_no_other_number_than_what_is_reported(services):
    persons_reported(services, 2)

    plan, _ = services.do_import("0301,2016,settled,,suppressed")

    assert plan.differences == []
    assert services.figure("0301", 2016) == (None, "suppressed")


def test_another_figure_published_is_left_or_replaced_as_told(services):
    figure = {"region": "0301", "year": 2016, "measure": "settled", "status": "exact", "publishedOn": "2017"}
    services.post("requests", "figure.published", "imdi", **figure, persons=920, sourceName="Oslo")

    plan, _ = services.do_import(*OSLO_2016)
    assert differences_of(plan) == [("0301", 2016, "published settled", 920, 9, False)]
    assert services.figure("0301", 2016) == (920, "exact")

    services.imported(*OSLO_2016, existing="revise")
    assert services.figure("0301", 2016) == (9, "exact")


def test_a_figure_published_after_the_imported_one_is_another_number(services):
    services.imported(*OSLO_2016)
    figure = {"region": "0301", "year": 2016, "measure": "settled", "status": "exact", "publishedOn": "2017"}
    services.post("requests", "figure.published", "imdi", **figure, persons=920, sourceName="Oslo")

    plan, _ = services.do_import(*OSLO_2016)

    assert differences_of(plan) == [("0301", 2016, "published settled", 920, 9, False)]


def test_an_original_number_published_beside_a_request_is_not_posted_again(services):
    lines = ("0301,2020,requested,138", "0301,2020,requested_original,210", "0301,2020,settled,3")
    request = {"municipality": "0301", "year": 2020, "persons": 138, "issuedOn": "2020", "original": False}
    services.post("requests", "request.issued", "imdi", **request)
    services.imported(*lines)

    plan, _ = services.do_import(*lines)

    assert services.figure("0301", 2020, "requested_originally") == (210, "exact")
    assert (plan.count, plan.differences) == (0, [])


def test_figures_of_an_import_are_recognised_without_reading_their_streams(services):
    services.imported(*OSLO_2016)
    read = []
    services.before = lambda request: read.append(request.url.path)

    plan, _ = services.do_import(*OSLO_2016)

    assert plan.count == 0
    assert not any("/streams/figure/" in path for path in read)


def test_what_changed_while_it_was_posted_is_refused_and_told(services):
    def meanwhile(request):
        if request.method == "POST":
            services.before = lambda _request: None
            services.post(
                "requests",
                "request.issued",
                "imdi",
                municipality="0301",
                year=2016,
                persons=1,
                issuedOn="2016",
            )

    services.before = meanwhile

    _, outcome = services.do_import(*OSLO_2016)

    assert [event_id for event_id, _ in outcome.refused] == ["imdi/0301/2016/issued"]
    assert services.number("requests", "0301", 2016) == 1


def test_whoever_may_not_import_is_refused_at_the_first_step(services):
    _, outcome = services.do_import(*OSLO_2016, caller="imdi")

    assert [event_id for event_id, _ in outcome.refused] == ["imdi/0301/2016/figure/settled"]
    assert "importer" in outcome.refused[0][1]
    assert all(one.stored() == [] for one in services.opened.values())


def test_no_id_looks_like_an_identity_number():
    for code in ("0301", "9999", "1601+5001"):
        for year in range(1995, 2025):
            made = [
                events.request_issued(Place("0301", year), code, 1, original=True),
                events.figure_published(Place("0301", year), code, "settled", None),
                *(events.person_settled(Place("0301", year), code[:4], n) for n in range(1, 1_000, 7)),
            ]
            assert not any(has_identity_number(event["id"]) for event in made)
