"""What each event of a person changes: minus the facts before it, plus those after it."""

from services.opendata.projection.cells import joined
from services.opendata.projection.effects import Person, Wait
from tests.opendata.projection.story import Story, persons, totals

SETTLED = {"municipality": "0301", "settledOn": "2024-05-17"}
ALLOCATED = {"municipality": "0301", "allocatedOn": "2024-05-10"}
SOMEBODY = Person("0301", 2024, "2024-05-17", joined(*["unknown"] * 7), "reported")


def test_a_person_allocated_awaits():
    effects = Story().tell("person.allocated", ALLOCATED | {"unaccompaniedMinor": True})

    assert totals(effects) == {
        ("allocated", "0301"): (1, 1),
        ("awaiting", "0301"): (1, 1),
        ("allocated_minors", "0301"): (1, 1),
    }


def test_an_accepted_allocation_moves_nothing():
    story = Story()
    story.tell("person.allocated", ALLOCATED)

    effects = story.tell("allocation.accepted", {"municipality": "0301"})

    assert {value for value, _ in totals(effects).values()} == {0}


def test_a_declined_or_withdrawn_allocation_is_taken_back():
    for name in ("allocation.declined", "allocation.withdrawn"):
        story = Story()
        story.tell("person.allocated", ALLOCATED)

        effects = story.tell(name, {"municipality": "0301"})

        assert totals(effects) == {("allocated", "0301"): (-1, 0), ("awaiting", "0301"): (-1, 0)}


def test_a_person_settled_awaits_no_longer_and_has_waited_whole_days():
    story = Story()
    story.tell("person.allocated", ALLOCATED)
    story.tell("allocation.accepted", {"municipality": "0301"})

    effects = story.tell("person.settled", SETTLED)

    moved = {key: value for key, (value, _) in totals(effects).items() if value}
    assert moved == {("awaiting", "0301"): -1, ("settled", "0301"): 1}
    assert effects.waits == [(Wait("0301", 2024, 7), 1)]
    assert persons(effects) == {SOMEBODY: 1}


def test_a_wait_needs_both_dates_in_full():
    for allocated_on, settled_on in (("2024-05", "2024-05-17"), ("2024-05-10", "2024-05")):
        story = Story()
        story.tell("person.allocated", {"municipality": "0301", "allocatedOn": allocated_on})
        story.tell("allocation.accepted", {"municipality": "0301"})

        effects = story.tell("person.settled", {"municipality": "0301", "settledOn": settled_on})

        assert effects.waits == []


def test_a_person_settled_is_counted_in_its_district_with_all_that_is_told():
    effects = Story().tell(
        "person.settled",
        SETTLED
        | {"district": "030101", "countryOfOrigin": "UKR", "sex": "female", "ageGroup": "0-17"}
        | {"unaccompaniedMinor": True, "care": "foster_home", "arrival": "direct", "housing": "municipal"},
        origin="imported",
    )

    told = joined("female", "0-17", "UKR", "true", "foster_home", "direct", "municipal")
    assert persons(effects) == {Person("030101", 2024, "2024-05-17", told, "imported"): 1}
    assert totals(effects) == {("settled", "030101"): (1, 1), ("settled_minors", "030101"): (1, 1)}


def test_a_month_or_a_year_is_no_day():
    for settled_on in ("2024-05", "2024"):
        effects = Story().tell("person.settled", {"municipality": "0301", "settledOn": settled_on})

        ((one, _),) = effects.persons
        assert (one.year, one.day) == (2024, "")


def test_a_correction_undoes_exactly_what_it_replaces():
    story = Story()
    first = story.tell("person.settled", SETTLED | {"district": "030101", "sex": "male"}, origin="imported")

    second = {"municipality": "0301", "settledOn": "2023-12-31", "district": "030102"}
    effects = story.tell("settlement.corrected", second | {"sex": "female", "unaccompaniedMinor": False})

    ((before, _),) = first.persons
    after = before._replace(
        region="030102",
        year=2023,
        day="2023-12-31",
        categories=joined("female", "unknown", "unknown", "false", *["unknown"] * 3),
        origin="reported",
    )
    assert persons(effects) == {before: -1, after: 1}
    assert totals(effects) == {
        ("settled", "030101"): (-1, 0),
        ("settled", "030102"): (1, 1),
        ("settled_minors", "030102"): (0, 1),
    }


def test_a_withdrawn_settlement_leaves_nought_reported_and_an_allocation_in_force():
    story = Story()
    story.tell("person.allocated", ALLOCATED)
    story.tell("allocation.accepted", {"municipality": "0301"})
    story.tell("person.settled", SETTLED)

    effects = story.tell("settlement.withdrawn", {})

    moved = {key: value for key, (value, _) in totals(effects).items() if value}
    assert moved == {("settled", "0301"): -1, ("awaiting", "0301"): 1}
    assert totals(effects)["settled", "0301"] == (-1, 0)
    assert effects.waits == [(Wait("0301", 2024, 7), -1)]


def test_erasure_leaves_municipality_district_and_year():
    story = Story()
    story.tell("person.allocated", ALLOCATED | {"unaccompaniedMinor": True})
    story.tell("allocation.accepted", {"municipality": "0301"})
    settled = story.tell(
        "person.settled", SETTLED | {"district": "030101", "sex": "male", "unaccompaniedMinor": True}
    )

    effects = story.tell("settlement.attributes-erased", {})

    ((before, _),) = settled.persons
    assert persons(effects) == {before: -1, SOMEBODY._replace(region="030101", day=""): 1}
    moved = {key: value for key, (value, _) in totals(effects).items() if value}
    assert moved == {("settled_minors", "030101"): -1, ("allocated_minors", "0301"): -1}
    assert effects.waits == [(Wait("030101", 2024, 7), -1)]


def test_erasure_of_what_is_withdrawn_already_changes_nothing():
    story = Story()
    story.tell("person.settled", SETTLED)
    story.tell("settlement.withdrawn", {})

    effects = story.tell("settlement.attributes-erased", {})

    assert (effects.totals, effects.persons, effects.waits) == ([], [], [])
