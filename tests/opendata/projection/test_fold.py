"""A batch's deltas at every level of region."""

from hypothesis import given
from hypothesis import strategies as st

from services.opendata.projection.effects import Person, counted_of, effects_of
from services.opendata.projection.fold import fold
from tests.opendata.projection.journal import Composer, person

SETTLED = {"municipality": "0301", "settledOn": "2024-05-17"}


def deltas_of(*told):
    composer = Composer()
    events = [composer.compose(name, data, subject=subject) for name, data, subject in told]
    return fold((10 + number, effects_of(event)) for number, event in enumerate(events))


def of_measure(counts, measure):
    return {
        region: value for region, keys in counts.items() for key, value in keys.items() if key[1] == measure
    }


def test_persons_count_in_their_own_region_and_in_all_above_it():
    deltas = deltas_of(
        ("person.settled", SETTLED | {"district": "030101"}, person(1)),
        ("person.settled", SETTLED | {"district": "030102"}, person(2)),
        ("person.settled", SETTLED, person(3)),
        ("person.settled", SETTLED | {"municipality": "4601"}, person(4)),
    )

    settled = of_measure(deltas.values, "settled")
    assert settled == {"030101": 1, "030102": 1, "0301": 3, "03": 3, "4601": 1, "46": 1, "NO": 4}


def test_cells_of_persons_are_kept_in_their_own_region_only():
    deltas = deltas_of(
        ("person.settled", SETTLED | {"district": "030101"}, person(1)),
        ("person.settled", SETTLED, person(2)),
        ("person.settled", SETTLED, person(3)),
    )

    assert {person.region: count for person, count in deltas.persons.items()} == {"030101": 1, "0301": 2}


def test_each_cell_knows_the_last_event_that_touched_it():
    deltas = deltas_of(
        ("person.settled", SETTLED, person(1)),
        ("person.settled", SETTLED, person(2)),
        ("person.settled", SETTLED | {"municipality": "4601"}, person(3)),
        ("settlement.withdrawn", {}, person(1)),
    )

    assert {person.region: sequence for person, sequence in deltas.told.items()} == {"0301": 13, "4601": 12}
    assert deltas.told.keys() == deltas.persons.keys()


def test_a_district_s_share_is_no_second_part_of_its_municipality_s_quota():
    quota = {"municipality": "0301", "year": 2024, "persons": 1600, "decidedOn": "2024"}

    deltas = deltas_of(("quota.decided", quota | {"districts": [{"code": "030101", "persons": 160}]}, None))

    quotas = of_measure(deltas.values, "quota")
    assert quotas == {"030101": 160, "0301": 1600, "03": 1600, "NO": 1600}


def test_what_is_undone_in_the_same_batch_leaves_a_report_of_nobody():
    deltas = deltas_of(
        ("person.settled", SETTLED, person(1)),
        ("settlement.withdrawn", {}, person(1)),
    )

    assert deltas.values["NO"][2024, "settled", "reported"] == 0
    assert deltas.reports["NO"][2024, "settled", "reported"] == 1
    assert list(deltas.persons.values()) == [0]


def test_of_several_facts_of_one_stream_the_last_stays():
    place = {"municipality": "0301", "year": 2024}

    deltas = deltas_of(
        ("answer.delayed", place | {"expectedOn": "2024-03-01"}, None),
        ("answer.delayed", place | {"expectedOn": "2024-04-01"}, None),
    )

    assert deltas.facts["decision", "0301", 2024]["expectedOn"] == "2024-04-01"


def test_everything_above_an_official_number_of_settled_is_touched_by_it():
    figure = {
        "region": "0301",
        "year": 2020,
        "status": "suppressed",
        "publishedOn": "2021",
        "sourceName": "SSB",
    }

    settled = deltas_of(("figure.published", figure | {"measure": "settled"}, None))
    other = deltas_of(("figure.published", figure | {"measure": "quota"}, None))

    assert settled.touched.keys() == {("0301", 2020), ("03", 2020), ("NO", 2020)}
    assert other.touched.keys() == {("0301", 2020)}


def test_each_place_knows_the_last_event_that_touched_it():
    deltas = deltas_of(
        ("person.settled", SETTLED | {"district": "030101"}, person(1)),
        ("person.settled", SETTLED, person(2)),
        ("answer.delayed", {"municipality": "0301", "year": 2024, "expectedOn": "2024-03-01"}, None),
        ("person.settled", SETTLED | {"municipality": "4601"}, person(3)),
        ("person.settled", SETTLED | {"settledOn": "2023"}, person(4)),
    )

    assert deltas.touched == {
        ("030101", 2024): 10,
        ("0301", 2024): 12,
        ("03", 2024): 11,
        ("4601", 2024): 13,
        ("46", 2024): 13,
        ("NO", 2024): 13,
        ("0301", 2023): 14,
        ("03", 2023): 14,
        ("NO", 2023): 14,
    }


def test_what_nets_to_nothing_has_touched_its_places_all_the_same():
    deltas = deltas_of(
        ("person.settled", SETTLED, person(1)),
        ("settlement.withdrawn", {}, person(1)),
    )

    assert deltas.touched == {("0301", 2024): 11, ("03", 2024): 11, ("NO", 2024): 11}


def test_an_empty_batch_changes_nothing():
    assert fold([]).touched == {}


PLAIN = {
    "municipality": st.sampled_from(["0301", "4601", "1103"]),
    "settledOn": st.sampled_from(["2024-05-17", "2024-05-18", "2024-05", "2023"]),
}
TOLD = {
    "sex": st.sampled_from(["female", "male", None]),
    "unaccompaniedMinor": st.sampled_from([True, False, None]),
    "countryOfOrigin": st.sampled_from(["SYR", "XXX"]),
}


@given(st.lists(st.fixed_dictionaries(PLAIN, optional=TOLD), max_size=30), st.data())
def test_persons_counted_together_come_to_what_they_come_to_one_by_one(told, data):
    composer = Composer()
    events = [composer.compose("person.settled", one, subject=person(n)) for n, one in enumerate(told)]
    gone = [number for number in range(len(told)) if data.draw(st.booleans())]
    events += [composer.compose("settlement.withdrawn", {}, subject=person(number)) for number in gone]

    together = fold((number, counted_of(event)) for number, event in enumerate(events, 1))

    assert together == fold((number, effects_of(event)) for number, event in enumerate(events, 1))
    assert [type(counted_of(event)) for event in events[: len(told)]] == [Person] * len(told)
