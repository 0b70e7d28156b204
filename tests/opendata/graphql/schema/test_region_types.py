"""A region: its place on the map, its totals, its history, official figures beside them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.contract.codes import Dimension, Measure
from services.contract.regions import registry
from services.opendata.release.answers import (
    Coverage,
    DecisionStatus,
    Flow,
    Need,
    PublishedFigure,
    UnaccompaniedMinors,
    Withheld,
    WithheldReason,
)
from tests.opendata.graphql.asking import Asking
from tests.opendata.graphql.numbers import NO_MINORS, NumbersInMemory, Person


def names(regions):
    return [region["name"] for region in regions]


def codes(regions):
    return [region["code"] for region in regions]


def test_a_region_says_from_which_day_to_which_it_is_valid():
    answer = Asking().data(
        '{ old: region(code: "1601") { validFrom validTo } new: region(code: "5001") { validFrom validTo } }'
    )

    assert answer == {
        "old": {"validFrom": None, "validTo": "2017-12-31"},
        "new": {"validFrom": "2018-01-01", "validTo": None},
    }


def test_parents_lead_up_to_the_country_which_has_none():
    answer = Asking().data(
        '{ region(code: "030101") { parent { code parent { code parent { code parent { code } } } } } }'
    )

    assert answer["region"]["parent"] == {
        "code": "0301",
        "parent": {"code": "03", "parent": {"code": "NO", "parent": None}},
    }


def test_what_a_region_came_from_and_went_into_is_named():
    answer = Asking().data(
        '{ county: region(code: "30") { predecessors { code } successors { code } }'
        ' city: region(code: "1507") { successors { code } } }'
    )

    assert codes(answer["county"]["predecessors"]) == ["01", "02", "06"]
    assert codes(answer["county"]["successors"]) == ["31", "32", "33"]
    assert codes(answer["city"]["successors"]) == ["1508", "1580"]


class TestChildren:
    def test_the_country_has_the_counties_of_today(self):
        answer = Asking().data('{ region(code: "NO") { children { code } } }')

        found = codes(answer["region"]["children"])
        assert len(found) == 15
        assert found == sorted(found)

    @pytest.mark.parametrize(("on", "number"), [("2017-06-01", 19), ("2019-12-31", 18), ("2020-01-01", 11)])
    def test_a_date_gives_the_map_of_that_day(self, on, number):
        answer = Asking().data(
            'query ($on: Date) { region(code: "NO") { children(on: $on) { code } } }', on=on
        )

        assert len(answer["region"]["children"]) == number

    def test_a_region_of_the_past_has_the_children_of_its_last_day(self):
        answer = Asking().data('{ region(code: "16") { children { code validTo } } }')

        children = answer["region"]["children"]
        assert "1601" in codes(children)
        assert {child["validTo"] for child in children} == {"2017-12-31"}

    def test_a_region_that_will_end_has_the_children_of_today_until_then(self):
        before_the_end = Asking(now=datetime(2017, 6, 1, tzinfo=UTC))

        answer = before_the_end.data('{ region(code: "30") { children { code } } }')

        assert answer["region"]["children"] == []

    def test_today_is_the_day_that_it_is_in_norway(self):
        new_year_in_oslo = Asking(now=datetime(2019, 12, 31, 23, 30, tzinfo=UTC))

        answer = new_year_in_oslo.data('{ region(code: "NO") { children { code } } }')

        assert len(answer["region"]["children"]) == 11

    def test_regions_not_stated_are_nobodys_children(self):
        answer = Asking().data(
            '{ a: region(code: "NO") { children { code } } b: region(code: "99") { children { code } } }'
        )

        assert "99" not in codes(answer["a"]["children"])
        assert answer["b"]["children"] == []

    def test_the_totals_of_the_children_sum_to_those_of_the_parent(self):
        numbers = NumbersInMemory(
            [Person("0301", 2024)] * 3 + [Person("1103", 2024)] * 5 + [Person("5001", 2024)] * 7
        )
        query = (
            "query ($code: ID!) { region(code: $code) "
            "{ totals(year: 2024) { settled } children { totals(year: 2024) { settled } } } }"
        )

        country = Asking(numbers).data(query, code="NO")["region"]
        county = Asking(numbers).data(query, code="11")["region"]

        assert country["totals"]["settled"] == 15
        assert sum(child["totals"]["settled"] or 0 for child in country["children"]) == 15
        assert sum(child["totals"]["settled"] or 0 for child in county["children"]) == 5


def test_population_is_that_of_1_january_and_null_where_no_figure_is_at_hand():
    answer = Asking().data('{ region(code: "0301") { a: population(year: 2024) b: population(year: 1995) } }')

    assert answer["region"] == {"a": 717710, "b": None}


class TestTotals:
    def test_a_region_has_no_totals_in_a_year_in_which_it_did_not_exist(self):
        answer = Asking().data(
            '{ region(code: "1601") { a: totals(year: 2017) { year } b: totals(year: 2018) { year } } }'
        )

        assert answer["region"] == {"a": {"year": 2017}, "b": None}

    def test_a_number_withheld_is_null_and_named_while_one_unknown_is_only_null(self):
        numbers = NumbersInMemory(
            known={
                ("0301", 2024): {
                    "settled": None,
                    "quota": 0,
                    "withheld": (Withheld(Measure.SETTLED, WithheldReason.SMALL_NUMBERS),),
                }
            }
        )

        answer = Asking(numbers).data(
            '{ region(code: "0301") { totals(year: 2024) { settled requested quota '
            "withheld { measure reason } } } }"
        )

        assert answer["region"]["totals"] == {
            "settled": None,
            "requested": None,
            "quota": 0,
            "withheld": [{"measure": "SETTLED", "reason": "SMALL_NUMBERS"}],
        }

    def test_every_measure_comes_out_under_its_name(self):
        known = {measure.value: 10 + place for place, measure in enumerate(Measure)}
        numbers = NumbersInMemory(known={("NO", 2024): {**known, "announced_originally": 99}})

        totals = Asking(numbers).data(
            '{ region(code: "NO") { totals(year: 2024) { announced requested requestedOriginally decided '
            "quota extraCapacity spareCapacity allocated awaiting medianWaitDays settled remaining "
            "fulfilment settledPerThousand notPlacedInDistrict announcedOriginally } } }"
        )["region"]["totals"]

        assert list(totals.values()) == [*known.values(), 99]

    def test_dates_status_and_origins_come_out_in_their_forms(self):
        numbers = NumbersInMemory(
            [Person("0301", 2024)],
            known={
                ("0301", 2024): {
                    "answer_by": date(2024, 1, 15),
                    "answer_expected_on": date(2024, 2, 1),
                    "accepts_unaccompanied_minors": False,
                    "decision_status": DecisionStatus.DELAYED,
                    "not_placed_by_borders": 4,
                }
            },
        )

        answer = Asking(numbers).data(
            '{ region(code: "0301") { totals(year: 2024) { region { code } year release { id } answerBy '
            "answerExpectedOn acceptsUnaccompaniedMinors decisionStatus origins comparable "
            "notPlacedByBorders } } }"
        )

        assert answer["region"]["totals"] == {
            "region": {"code": "0301"},
            "year": 2024,
            "release": {"id": "2024-06-21.1"},
            "answerBy": "2024-01-15",
            "answerExpectedOn": "2024-02-01",
            "acceptsUnaccompaniedMinors": False,
            "decisionStatus": "DELAYED",
            "origins": ["REPORTED"],
            "comparable": True,
            "notPlacedByBorders": 4,
        }

    def test_unaccompanied_minors_need_and_coverage_come_with_them(self):
        numbers = NumbersInMemory(
            known={
                ("NO", 2024): {
                    "unaccompanied_minors": UnaccompaniedMinors(1, 2, 3, 4, 5, 6, 7, -3),
                    "need": Need(37_000, 1_450, 1_000, 357, "issued", "2023-11"),
                    "coverage": Coverage(357, 357, 350, 12, 74, complete=False),
                }
            }
        )

        totals = Asking(numbers).data(
            '{ region(code: "NO") { totals(year: 2024) {'
            " unaccompaniedMinors { announced requested decided quota extraCapacity allocated "
            "settled remaining }"
            " need { persons unaccompaniedMinors resettlement municipalitiesAsked status announcedOn }"
            " coverage { municipalities asked decided reporting notStated complete } } } }"
        )["region"]["totals"]

        assert list(totals["unaccompaniedMinors"].values()) == [1, 2, 3, 4, 5, 6, 7, -3]
        assert list(totals["need"].values()) == [37_000, 1_450, 1_000, 357, "ISSUED", "2023-11"]
        assert list(totals["coverage"].values()) == [357, 357, 350, 12, 74, False]

    def test_flows_name_where_a_count_came_from_and_went(self):
        old, first, second = (registry().find(code) for code in ("1507", "1508", "1580"))
        numbers = NumbersInMemory(
            known={("1507", 2023): {"comparable": False, "flows": (Flow(old, (first, second), 40),)}}
        )

        answer = Asking(numbers).data(
            '{ region(code: "1507") { totals(year: 2023) { comparable '
            "flows { source { code } targets { code } persons } } } }"
        )

        assert answer["region"]["totals"] == {
            "comparable": False,
            "flows": [
                {"source": {"code": "1507"}, "targets": [{"code": "1508"}, {"code": "1580"}], "persons": 40}
            ],
        }


class TestHistory:
    NUMBERS = NumbersInMemory([Person("0301", year) for year in (2015, 2016, 2018, 2024)])

    @pytest.mark.parametrize(
        ("bounds", "years"),
        [
            ("", [2015, 2016, 2018, 2024]),
            ("(from: 2016)", [2016, 2018, 2024]),
            ("(to: 2018)", [2015, 2016, 2018]),
            ("(from: 2016, to: 2016)", [2016]),
            ("(from: 2019, to: 2023)", []),
            ("(from: null, to: null)", [2015, 2016, 2018, 2024]),
        ],
    )
    def test_it_holds_the_years_known_within_its_bounds(self, bounds, years):
        answer = Asking(self.NUMBERS).data(
            f'{{ region(code: "0301") {{ history{bounds} {{ year settled }} }} }}'
        )

        assert answer["region"]["history"] == [{"year": year, "settled": 1} for year in years]

    def test_a_year_in_which_the_region_did_not_exist_is_left_out(self):
        numbers = NumbersInMemory([Person("1601", 2017), Person("1601", 2018)])

        answer = Asking(numbers).data('{ region(code: "1601") { history { year } } }')

        assert answer["region"]["history"] == [{"year": 2017}]

    def test_bounds_the_wrong_way_round_are_an_error(self):
        error = Asking(self.NUMBERS).error(
            '{ region(code: "0301") { name history(from: 2020, to: 2019) { year } } }'
        )

        assert error["path"] == ["region", "history"]
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}


def test_official_figures_stand_beside_the_numbers():
    share = PublishedFigure(
        Measure.SETTLED,
        "exact",
        None,
        52.5,
        Dimension.SEX,
        "female",
        "2024-06",
        "Oslo kommune",
        "https://x.no",
    )
    hidden = replace(share, status="suppressed", percent=None, dimension=None, category=None, source_url=None)
    numbers = NumbersInMemory(published={("0301", 2024): (share, hidden)})

    answer = Asking(numbers).data(
        '{ region(code: "0301") { published(year: 2024) { measure status persons percent dimension category '
        "publishedOn sourceName sourceUrl } nothing: published(year: 2023) { measure } } }"
    )

    assert [list(figure.values()) for figure in answer["region"]["published"]] == [
        ["SETTLED", "EXACT", None, 52.5, "SEX", "female", "2024-06", "Oslo kommune", "https://x.no"],
        ["SETTLED", "SUPPRESSED", None, None, None, None, "2024-06", "Oslo kommune", None],
    ]
    assert answer["region"]["nothing"] == []


def test_the_minors_of_totals_of_which_nothing_is_known_are_all_null():
    answer = Asking().data(
        '{ region(code: "NO") { totals(year: 2024) { unaccompaniedMinors { quota settled } } } }'
    )

    assert NO_MINORS.quota is None
    assert answer["region"]["totals"]["unaccompaniedMinors"] == {"quota": None, "settled": None}


def test_a_code_of_the_past_leads_to_the_regions_of_today_and_of_any_day():
    answer = Asking().data(
        '{ region(code: "1613") { now: regionsOn { code } then: regionsOn(on: "2018-06-01") { code } '
        'itself: regionsOn(on: "2017-12-31") { code } } }'
    )

    assert answer["region"] == {
        "now": [{"code": "5055"}, {"code": "5056"}, {"code": "5059"}],
        "then": [{"code": "5012"}],
        "itself": [{"code": "1613"}],
    }
