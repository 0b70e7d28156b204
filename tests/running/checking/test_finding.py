"""Each check finds what it is for, and says where."""

from types import SimpleNamespace

import pytest
from sqlalchemy import and_, delete, insert, select, update

from services.chassis.store.tables import chains, events, relays, sequenced, streams
from services.opendata.projection import tables as live
from services.opendata.release import tables as released
from tests.running.checking.system import differences, person, wrong

TOTALS, CELLS, MARKS = live.totals, live.cells, live.marks


@pytest.fixture
def told(system):
    system.tell_a_story()
    return system


def of(table, **values):
    return and_(*(table.c[name] == value for name, value in values.items()))


def settled_in(table, region):
    return of(table, region=region, year=2024, measure="settled", origin="reported")


def test_a_total_that_was_changed_is_found_with_both_numbers(told):
    oslo = settled_in(TOTALS, "0301")
    assert told.execute(told.projection, update(TOTALS).where(oslo).values(value=TOTALS.c.value + 5)) == 1

    found = told.check()

    assert wrong(found) == {"stores", "released"}
    assert differences(found["stores"]) == {("total", "0301", 2024, "settled", "reported", 8, 3)}
    assert differences(found["released"]) == {("total", "0301", "settled", "reported", 2024, 3, 8)}


def test_a_total_that_became_blank_is_found(told):
    oslo = settled_in(TOTALS, "030101")
    told.execute(told.projection, update(TOTALS).where(oslo).values(reports=0))

    found = told.check()

    assert ("reports behind a total", "030101", 2024, "settled", "reported", 0, 5) in differences(
        found["stores"]
    )
    assert "released" in wrong(found)


def test_a_person_moved_to_another_cell_is_found_twice(told):
    female = CELLS.c.categories.like("female|%")
    there = one(told.projection, select(CELLS).where(female)).categories
    told.execute(
        told.projection,
        update(CELLS).where(female, CELLS.c.persons == 1).values(categories=there.replace("0-17", "68+")),
    )

    found = told.check()

    assert wrong(found) == {"stores", "released"}
    assert {(one[0], one[-2:]) for one in differences(found["stores"])} == {
        ("persons in a cell", (1, 0)),
        ("persons in a cell", (0, 1)),
    }
    assert "persons by category" in {one[0] for one in differences(found["released"])}


def test_a_median_that_was_changed_is_found(told):
    told.execute(told.projection, update(live.waits).where(of(live.waits, region="4601")).values(days=1))

    found = told.check()

    assert differences(found["stores"]) == {
        ("persons by days of waiting", "4601", 2024, 1, 1, 0),
        ("persons by days of waiting", "4601", 2024, 128, 0, 1),
    }
    assert "released" in wrong(found)


def test_a_mark_that_was_moved_back_is_found(told):
    row = one(told.projection, select(MARKS).where(of(MARKS, topic="bosatt.settlements")))
    told.execute(
        told.projection,
        update(MARKS).where(of(MARKS, topic=row.topic, partition=row.partition)).values(sequence=0),
    )

    found = told.check()

    assert "stores" in wrong(found)
    assert found["stores"].differences > 3


def test_a_mark_beyond_what_the_store_ever_gave_is_found(told):
    told.execute(
        told.projection,
        update(MARKS).where(of(MARKS, topic="bosatt.requests", partition=1)).values(sequence=10_000),
    )

    assert ("mark beyond the store's last sequence", "requests", 1, 10_000, 8) in differences(
        told.check("stores")["stores"]
    )


def test_what_is_in_force_beside_the_numbers_is_compared_too(told):
    oslo = of(live.facts, region="0301", year=2024, kind="request")
    told.execute(told.projection, update(live.facts).where(oslo).values(facts=b'{"state":"revised"}'))
    figure = of(live.figures, region="3403", year=2024)
    told.execute(told.projection, delete(live.figures).where(figure))

    found = differences(told.check("stores")["stores"])

    assert ("facts", "0301", 2024, "request", "answerBy", None, "2024-03-01") in found
    assert ("official figure", "3403", 2024, "settled//", "persons", None, 0) in found


def test_an_event_that_is_gone_is_found_in_its_stream_in_the_order_and_in_the_totals(told):
    store = told.store("settlements")
    gone = of(events, subject=person(2), version=1)
    position = one(store, select(events.c.position).where(gone)).position
    sequence = one(store, select(sequenced.c.sequence).where(sequenced.c.position == position)).sequence
    told.execute(store, delete(events).where(gone))

    found = told.check()

    assert wrong(found) == {"versions", "stores"}
    assert {
        ("version in a stream", "settlements", "settlements", person(2), 2, 1),
        ("event of a sequence", "settlements", 1, sequence, None, sequence),
    } <= differences(found["versions"])
    assert "reports behind a total" in {one[0] for one in differences(found["stores"])}


def test_a_whole_stream_that_is_gone_is_found(told):
    told.execute(told.store("settlements"), delete(events).where(of(events, subject=person(5))))

    found = told.check()

    assert (
        "stream without its first event",
        "settlements",
        "settlements",
        person(5),
        None,
        1,
    ) in differences(found["versions"])
    assert ("total", "4601", 2024, "settled", "reported", 2, 1) in differences(found["stores"])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda: update(streams).where(of(streams, subject=person(2))).values(version=7),
            ("head of a stream", "settlements", "settlements", person(2), 7, 2),
        ),
        (
            lambda: delete(streams).where(of(streams, subject=person(2))),
            ("head of a stream", "settlements", "settlements", person(2), None, 2),
        ),
        (
            lambda: update(events).where(of(events, subject=person(2), version=2)).values(version=4),
            ("version in a stream", "settlements", "settlements", person(2), 4, 2),
        ),
        (
            lambda: delete(sequenced).where(of(sequenced, sequence=3)),
            ("sequence", "settlements", 1, 4, 3),
        ),
        (
            lambda: update(sequenced).where(of(sequenced, sequence=2)).values(previous_sequence=9),
            ("sequence before", "settlements", 1, 2, 1, 9, 1),
        ),
        (
            lambda: update(relays).values(last_sequence=relays.c.last_sequence + 2),
            ("last sequence", "settlements", 1, 14, 16),
        ),
        (
            lambda: update(chains).where(chains.c.partition == 1).values(last_sequence=1),
            ("last sequence of a partition", "settlements", 1, 1, 14, 1),
        ),
        (
            lambda: delete(chains).where(chains.c.partition == 1),
            ("last sequence of a partition", "settlements", 1, 1, 14, 0),
        ),
        (
            lambda: update(relays).values(cursor=99),
            ("cursor beyond the last sequence", "settlements", 1, 99, 14),
        ),
    ],
    ids=["head", "no head", "version", "sequence", "link", "last", "chain", "no chain", "cursor"],
)
def test_a_break_in_a_streams_versions_or_a_services_sequences_is_found(told, change, expected):
    assert told.execute(told.store("settlements"), change()) >= 1

    found = told.check("versions")

    assert expected in differences(found["versions"])


def test_an_event_that_the_relay_has_passed_over_is_found(told):
    store = told.store("decisions")
    told.execute(store, delete(sequenced).where(of(sequenced, sequence=3)))
    told.execute(store, update(relays).values(last_sequence=2, cursor=2))
    told.execute(store, update(chains).where(chains.c.last_sequence == 3).values(last_sequence=2))

    assert ("events up to the last sequence", "decisions", 1, 3, 2) in differences(
        told.check("versions")["versions"]
    )


def test_a_released_total_that_does_not_add_up_is_found_at_both_its_levels(told):
    oslo = settled_in(released.totals, "03")
    told.execute(told.released, update(released.totals).where(oslo).values(value=released.totals.c.value - 1))
    told.execute(told.released, update(released.years).values(release=released.years.c.release + 1))

    found = told.check()

    assert wrong(found) == {"sums", "released"}
    assert {
        ("settled", "03", 2024, "THEN", 2, 3),
        ("settled", "NO", 2024, "THEN", 6, 5),
    } <= differences(found["sums"])


def test_a_decision_that_does_not_add_up_is_found(told):
    total = of(released.totals, region="NO", year=2024, measure="quota")
    told.execute(told.released, update(released.totals).where(total).values(value=1))

    assert ("quota", "NO", 2024, "THEN", 1, 95) in differences(told.check("sums")["sums"])


def test_more_in_the_districts_than_in_their_municipality_is_found(told):
    told.execute(
        told.released,
        update(released.totals).where(settled_in(released.totals, "030102")).values(value=50),
    )

    assert ("settled, not placed in a district", "0301", 2024, "THEN", -49, 0) in differences(
        told.check("sums")["sums"]
    )


def test_what_is_shown_on_todays_map_is_followed_from_each_municipality_of_the_year(told, monkeypatch):
    from services.opendata.release import redrawn

    told.settle_person(30, municipality="1601", settledOn="2012")
    told.settle_person(31, municipality="1534", settledOn="2012")
    told.settle()
    well = told.check("sums")
    places = redrawn._places
    monkeypatch.setattr(redrawn, "_places", lambda borders, code: places(borders, code)[:1])

    found = told.check("sums")

    assert wrong(well) == set()
    assert ("settled, of its municipalities then", "5001", 2012, "NOW", None, 1) in differences(found["sums"])


def test_a_breakdown_that_is_not_of_all_persons_is_found(told):
    oslo = of(released.categories, region="0301", year=2024, dimension="sex", category="male")
    told.execute(told.released, update(released.categories).where(oslo).values(persons=8))
    told.execute(told.released, delete(released.days).where(of(released.days, region="46")))

    found = differences(told.check("sums")["sums"])

    assert ("settled by sex", "0301", 2024, 10, 3) in found
    assert ("settled by day", "46", 2024, 0, 2) in found


def test_an_event_that_stands_in_another_place_than_it_says_is_found(told):
    elsewhere = of(events, subject=person(5))
    told.execute(told.store("settlements"), update(events).where(elsewhere).values(subject=person(99)))

    found = told.check()

    expected = (f"{person(5)}/1/0", f"{person(99)}/1/0")
    assert ("place that an event tells", "settlements", person(99), 1, *expected) in differences(
        found["stores"]
    )
    assert "versions" in wrong(found)


@pytest.mark.parametrize("content", [b"\xff", b"[]", b'"0301"', b"{}"])
def test_content_that_is_damaged_is_found_and_stops_no_check(told, content):
    damaged = of(events, subject=person(5))
    told.execute(told.store("settlements"), update(events).where(damaged).values(content=content))
    told.execute(told.projection, update(live.facts).values(facts=content))
    told.execute(told.released, update(released.figures).values(figure=content))
    told.execute(told.released, update(released.years).values(release=released.years.c.release + 1))

    found = told.check()

    assert {"stores", "released", "sums"} <= wrong(found)
    assert ("event counted that can't be read", "settlements", person(5), 1, None, None) in differences(
        found["stores"]
    )


def test_a_place_that_does_not_exist_is_found_and_stops_no_check(told):
    told.execute(
        told.projection, update(CELLS).where(CELLS.c.region == "4601").values(region="4699", categories="?")
    )
    told.execute(
        told.projection, update(live.waits).where(live.waits.c.region == "4601").values(region="4699")
    )

    assert wrong(told.check()) == {"stores", "released"}


def test_an_event_counted_twice_by_a_second_partition_is_found(told):
    row = one(told.projection, select(TOTALS).where(settled_in(TOTALS, "0301")))
    told.execute(told.projection, insert(TOTALS).values(**dict(row._mapping) | {"owner": "settlements/1/5"}))

    assert ("total", "0301", 2024, "settled", "reported", 6, 3) in differences(told.check("stores")["stores"])


def one(database, query):
    with database.read() as connection:
        row = connection.execute(query).first()
        return row if row is not None else SimpleNamespace()
