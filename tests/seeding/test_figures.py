"""The seed events say what the files say, no more and no less; read here from the files themselves."""

import csv
import uuid
from collections import Counter
from importlib import resources

import pytest

from services.seeding import synthetic
from services.seeding.events import seed_events, service_of


def rows(name):
    text = resources.files("services.seeding.figures").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def events(name):
    return [event for event in seed_events() if event["type"] == f"no.bosatt.{name}.v1"]


SETTLED = "oslo_settled_2024-06-21"
BREAKDOWNS = "oslo_settled_2024-06-21_breakdowns"


def counted(field):
    return Counter(event["data"].get(field) for event in events("person.settled"))


def published(dimension):
    found = [row for row in rows(BREAKDOWNS) if row["dimension"] == dimension]
    return {row["category"]: int(row["persons"]) for row in found}


def test_there_are_as_many_persons_as_published_in_each_district():
    of_districts = {row["code"]: int(row["persons"]) for row in rows(SETTLED)}

    assert counted("district") == of_districts
    assert (len(of_districts), sum(of_districts.values())) == (15, 849)


def test_there_are_as_many_of_each_sex_and_age_as_published():
    assert counted("sex") == published("sex") == {"female": 416, "male": 433}
    assert counted("ageGroup") == published("age_group")
    assert len(published("age_group")) == 5


def test_other_countries_than_the_one_named_are_one():
    countries = published("country_of_origin")

    assert counted("countryOfOrigin") == {"UKR": countries["UKR"], "XXX": countries["other"]}
    assert counted("countryOfOrigin") == {"UKR": 638, "XXX": 211}


def test_the_persons_are_synthetic_and_only_their_year_is_known():
    persons = events("person.settled")

    assert {event["origin"] for event in persons} == {"synthetic"}
    assert {event["data"]["settledOn"] for event in persons} == {"2024"}
    assert {event["data"]["municipality"] for event in persons} == {"0301"}
    assert {event["knowntime"] for event in persons} == {"2024-06-21"}


def test_each_person_is_a_stream_with_a_uuid_of_its_own():
    subjects = [event["subject"] for event in events("person.settled")]

    assert len(set(subjects)) == 849
    assert all(str(uuid.UUID(subject)) == subject for subject in subjects)


def test_attributes_go_together_in_many_ways():
    """They are dealt out apart from each other: no district gets one sex or one age alone."""
    pairs = {(event["data"]["district"], event["data"]["sex"]) for event in events("person.settled")}

    assert len(pairs) == 30


def test_a_margin_that_does_not_add_up_is_refused(monkeypatch):
    one_short = [row for row in rows(BREAKDOWNS) if row["category"] != "68+"]
    monkeypatch.setattr(synthetic, "oslo_breakdowns", lambda: one_short)

    with pytest.raises(ValueError, match="age_group has 825 persons, not 849"):
        list(synthetic.persons())


def test_requests_are_those_in_the_file_and_no_first_versions():
    requests = events("request.issued")

    found = {(event["data"]["year"], event["data"]["persons"], event["knowntime"]) for event in requests}
    assert found == {
        (int(row["year"]), int(row["persons"]), row["published_on"]) for row in rows("oslo_requests")
    }
    assert {event["data"]["original"] for event in requests} == {False}
    assert {event["origin"] for event in requests} == {"imported"}
    assert len(requests) == 12


def test_needs_are_those_in_the_file_and_a_revision_forgets_the_parts():
    needs = [event["data"] for event in events("need.announced")]

    found = [(need["year"], need["status"], need["persons"], need["announcedOn"]) for need in needs]
    expected = [
        (int(row["year"]), row["status"], int(row["persons"]), row["published_on"])
        for row in rows("national_requests")
    ]
    assert found == expected
    assert {need["year"] for need in needs} == {2018, 2019, 2020}
    issued, revised = needs[-2:]
    assert (issued["unaccompaniedMinors"], issued["resettlement"], issued["municipalitiesAsked"]) == (
        140,
        3000,
        210,
    )
    assert (revised["unaccompaniedMinors"], revised["resettlement"], revised["reasonCode"]) == (
        None,
        None,
        "need_changed",
    )


def test_quotas_are_the_sums_of_their_districts_shares():
    decisions = {
        event["data"]["year"]: event for event in events("quota.decided") if event["data"]["year"] > 2020
    }

    for year, event in decisions.items():
        shares = {
            row["code"]: int(row["persons"])
            for row in rows("oslo_district_quotas")
            if row["year"] == str(year)
        }
        assert {share["code"]: share["persons"] for share in event["data"]["districts"]} == shares
        assert event["data"]["persons"] == sum(shares.values())
        assert event["origin"] == "imported"
    assert {year: event["data"]["persons"] for year, event in decisions.items()} == {2023: 2170, 2024: 1650}
    assert decisions[2024]["data"]["unaccompaniedMinors"] == int(
        rows("oslo_unaccompanied_minors")[0]["accepted"]
    )
    assert "unaccompaniedMinors" not in decisions[2023]["data"]


def test_the_decision_that_no_page_states_is_synthetic():
    (decision,) = [event for event in events("quota.decided") if event["data"]["year"] == 2020]

    assert (decision["data"]["persons"], decision["origin"]) == (137 + 73, "synthetic")


def test_official_figures_are_those_without_events_behind_them():
    figures = [event["data"] for event in events("figure.published")]

    settled = {
        one["year"]: one["persons"]
        for one in figures
        if one["region"] == "NO" and one["measure"] == "settled"
    }
    assert settled == {int(row["year"]): int(row["persons"]) for row in rows("national_settled")}
    spare = {one["region"]: one["persons"] for one in figures if one["measure"] == "spare_capacity"}
    assert spare == {
        row["code_2020"]: int(row["persons_above_revised_request"])
        for row in rows("spare_capacity_2020")
        if row["code_2020"] != "0301"
    }
    parts = {(one["dimension"], one["category"]): one["percent"] for one in figures if "dimension" in one}
    assert parts == {
        (row["dimension"], row["category"]): int(row["percent_published"])
        for row in rows(BREAKDOWNS)
        if row["percent_published"]
    }
    assert len(figures) == len(settled) + len(spare) + len(parts) == 4 + 7 + 8


def test_every_event_is_the_same_each_time_and_has_an_id_of_its_own():
    first, second = list(seed_events()), list(seed_events())

    assert first == second
    assert len({event["id"] for event in first}) == len(first) == 887
    assert Counter(map(service_of, first)) == {"requests": 35, "decisions": 3, "settlements": 849}
