"""Every published figure comes out again, read from the files and asked for over HTTP."""

import pytest

from tests.acceptance.published import rows
from tests.acceptance.running import RunningSystem


def test_the_first_query_answers_as_the_page_of_oslo(seeded: RunningSystem) -> None:
    answer = seeded.ask(
        '{ region(code: "0301") { totals(year: 2024) { settled quota remaining } '
        "children { name totals(year: 2024) { quota settled } } "
        "breakdown(year: 2024, by: [SEX]) { keys { value } persons share } } }"
    )["region"]

    quotas = {r["district"]: int(r["persons"]) for r in rows("oslo_district_quotas") if r["year"] == "2024"}
    settled = {r["district"]: int(r["persons"]) for r in rows("oslo_settled_2024-06-21")}
    assert answer["totals"] == {"settled": 849, "quota": 1650, "remaining": 801}
    assert {c["name"]: c["totals"]["quota"] for c in answer["children"]} == quotas
    assert {c["name"]: c["totals"]["settled"] for c in answer["children"]} == settled
    assert len(answer["children"]) == 15
    shares = {c["keys"][0]["value"]: (c["persons"], c["share"]) for c in answer["breakdown"]}
    assert shares == {"female": (416, pytest.approx(416 / 849)), "male": (433, pytest.approx(433 / 849))}


def test_the_country_shows_its_need_with_the_revision(seeded: RunningSystem) -> None:
    need = {(r["year"], r["status"]): r for r in rows("national_requests")}

    for year, first, latest in (
        ("2018", "forecast", "forecast"),
        ("2019", "issued", "issued"),
        ("2020", "issued", "revised"),
    ):
        totals = seeded.ask(
            f'{{ region(code: "NO") {{ totals(year: {year}) {{ announced announcedOriginally '
            "need { status announcedOn } } } }"
        )["region"]["totals"]
        assert totals["announced"] == int(need[year, latest]["persons"])
        assert totals["announcedOriginally"] == int(need[year, first]["persons"])
        assert totals["need"] == {"status": latest.upper(), "announcedOn": need[year, latest]["published_on"]}


def test_a_country_of_which_one_municipality_has_reported_says_so(seeded: RunningSystem) -> None:
    coverage = seeded.ask(
        '{ region(code: "NO") { totals(year: 2024) { settled '
        "coverage { municipalities asked decided reporting notStated complete } } } }"
    )["region"]["totals"]

    assert coverage == {
        "settled": 849,
        "coverage": {
            "municipalities": 357,
            "asked": 1,
            "decided": 1,
            "reporting": 1,
            "notStated": 0,
            "complete": False,
        },
    }


def test_requests_to_oslo_are_the_latest_values_without_a_first(seeded: RunningSystem) -> None:
    for row in rows("oslo_requests"):
        totals = seeded.ask(
            f'{{ region(code: "0301") {{ totals(year: {row["year"]}) '
            "{ requested requestedOriginally } } }"
        )["region"]["totals"]
        assert totals == {"requested": int(row["persons"]), "requestedOriginally": None}


def test_district_quotas_of_both_years_add_up_to_the_decision(seeded: RunningSystem) -> None:
    for year, decided in (("2023", 2170), ("2024", 1650)):
        region = seeded.ask(
            f'{{ region(code: "0301") {{ totals(year: {year}) {{ decided quota }} '
            f"children {{ code totals(year: {year}) {{ quota }} }} }} }}"
        )["region"]
        published = {r["code"]: int(r["persons"]) for r in rows("oslo_district_quotas") if r["year"] == year}
        assert {c["code"]: c["totals"]["quota"] for c in region["children"]} == published
        assert (
            region["totals"]
            == {"decided": decided, "quota": decided}
            == {
                "decided": sum(published.values()),
                "quota": sum(published.values()),
            }
        )


def test_oslos_spare_capacity_in_2020_is_the_published_one(seeded: RunningSystem) -> None:
    spare = {r["code_2020"]: int(r["persons_above_revised_request"]) for r in rows("spare_capacity_2020")}

    totals = seeded.ask(
        '{ region(code: "0301") { totals(year: 2020) { requested quota spareCapacity settled } } }'
    )["region"]["totals"]

    assert totals == {"requested": 137, "quota": 210, "spareCapacity": spare["0301"], "settled": None}


def test_the_other_cities_and_the_countrys_spare_capacity_are_published_figures(
    seeded: RunningSystem,
) -> None:
    for row in rows("spare_capacity_2020"):
        if row["code_2020"] == "0301":
            continue
        region = seeded.ask(
            f'{{ region(code: "{row["code_2020"]}") {{ '
            "published(year: 2020) { measure persons sourceName } "
            "totals(year: 2020) { spareCapacity } } }"
        )["region"]
        figures = [f for f in region["published"] if f["measure"] == "SPARE_CAPACITY"]
        assert [f["persons"] for f in figures] == [int(row["persons_above_revised_request"])]
        assert figures[0]["sourceName"].startswith("KS")
        if row["code_2020"] != "NO":
            assert region["totals"]["spareCapacity"] is None


def test_persons_settled_nationally_are_published_figures_and_never_summed(seeded: RunningSystem) -> None:
    for row in rows("national_settled"):
        region = seeded.ask(
            f'{{ region(code: "NO") {{ published(year: {row["year"]}) '
            "{ measure status persons publishedOn } "
            f"totals(year: {row['year']}) {{ settled }} }} }}"
        )["region"]
        assert (
            region["published"]
            == [
                {
                    "measure": "SETTLED",
                    "status": "EXACT",
                    "persons": int(row["persons"]),
                    "publishedOn": row["published_on"],
                }
            ]
            or region["published"][0]["status"] == "exact"
        )
        assert region["published"][0]["persons"] == int(row["persons"])
        assert region["totals"]["settled"] is None


@pytest.mark.parametrize("dimension", ["sex", "age_group", "country_of_origin"])
def test_margins_of_the_849_are_those_published(seeded: RunningSystem, dimension: str) -> None:
    region = seeded.ask(
        f'{{ region(code: "0301") {{ breakdown(year: 2024, by: [{dimension.upper()}]) '
        "{ keys { value } persons origins } "
        "published(year: 2024) { dimension category persons percent } } }"
    )["region"]

    expected = {
        ("XXX" if r["category"] == "other" else r["category"]): int(r["persons"])
        for r in rows("oslo_settled_2024-06-21_breakdowns")
        if r["dimension"] == dimension
    }
    percents = {
        r["category"]: float(r["percent_published"])
        for r in rows("oslo_settled_2024-06-21_breakdowns")
        if r["dimension"] == dimension and r["percent_published"]
    }
    assert {c["keys"][0]["value"]: c["persons"] for c in region["breakdown"]} == expected
    assert all(c["origins"] == ["SYNTHETIC"] for c in region["breakdown"])
    found = {
        f["category"]: f["percent"]
        for f in region["published"]
        if f["dimension"] is not None and f["dimension"].lower() == dimension
    }
    assert found == percents


def test_unaccompanied_minors_are_a_decision_and_no_persons(seeded: RunningSystem) -> None:
    accepted = int(rows("oslo_unaccompanied_minors")[0]["accepted"])

    totals = seeded.ask(
        '{ region(code: "0301") { totals(year: 2024) { acceptsUnaccompaniedMinors '
        "unaccompaniedMinors { decided quota settled } } } }"
    )["region"]["totals"]

    assert totals == {
        "acceptsUnaccompaniedMinors": True,
        "unaccompaniedMinors": {"decided": accepted, "quota": accepted, "settled": None},
    }


def test_districts_municipality_county_and_country_add_up(seeded: RunningSystem) -> None:
    query = "totals(year: 2024) { settled quota notPlacedInDistrict }"
    country = seeded.ask(
        f'{{ region(code: "NO") {{ {query} children {{ code {query} children {{ code {query} '
        f"children {{ code {query} }} }} }} }} }}"
    )["region"]

    def settled(region: dict) -> int:
        return region["totals"]["settled"] or 0

    assert settled(country) == sum(map(settled, country["children"])) == 849
    oslo_county = next(c for c in country["children"] if c["code"] == "03")
    oslo = oslo_county["children"][0]
    assert settled(oslo_county) == settled(oslo) == sum(map(settled, oslo["children"]))
    assert oslo["totals"]["notPlacedInDistrict"] == 0


def test_an_unknown_region_is_null_and_a_malformed_argument_an_error_with_a_path(
    seeded: RunningSystem,
) -> None:
    import httpx

    assert seeded.ask('{ region(code: "0000") { name } }') == {"region": None}
    answer = httpx.post(
        f"{seeded.url}/graphql",
        json={"query": '{ region(code: "0301") { name totals(year: 2024, asOf: "yesterday") { settled } } }'},
    ).json()
    assert answer["errors"][0].get("path") or answer["errors"][0].get("locations")


def test_times_not_built_yet_fail_alone(seeded: RunningSystem) -> None:
    import httpx

    answer = httpx.post(
        f"{seeded.url}/graphql",
        json={
            "query": '{ region(code: "0301") { name now: totals(year: 2024) { settled } '
            'then: totals(year: 2024, until: "2024-06-01") { settled } '
            'history(asOf: "2024-06-21T12:00:00Z") { year } } }'
        },
    ).json()

    assert answer["data"]["region"]["name"] == "Oslo"
    assert answer["data"]["region"]["now"] == {"settled": 849}
    assert answer["data"]["region"]["then"] is None
    assert {(e["path"][-1], e["extensions"]["code"]) for e in answer["errors"]} == {
        ("then", "NOT_YET"),
        ("history", "NOT_YET"),
    }
