"""Releases go on over a switch to another version of the projection: the whole is compared once."""

from contextlib import closing

import orjson
from sqlalchemy import select

from services.chassis.consuming.marks import Marks
from services.chassis.log.port import OutgoingRecord, Partition
from services.contract.envelope import log_value
from services.contract.topics import TopicGeneration, topic_of
from services.opendata.projection import storage
from services.opendata.projection import tables as live
from services.opendata.projection.rebuild import rebuild
from services.opendata.projection.versions import Versions
from services.opendata.release import tables
from tests.opendata.projection.journal import person
from tests.opendata.projection.worlds import ON_BOTH

pytestmark = ON_BOTH

GROWN = TopicGeneration("bosatt.settlements", 2, 12)


def some_events(journal):
    for number, code in enumerate(["0301", "4601", "1103", "3401"] * 3):
        journal.allocate(number, code)
        journal.accept(number, code)
        journal.settle(number, code, sex="female", settled_on=f"2024-05-{1 + number:02d}")
    place = {"municipality": "0301", "year": 2024}
    journal.post("quota.decided", place | {"persons": 8, "decidedOn": "2024"})
    journal.post("answer.delayed", {"municipality": "4601", "year": 2024, "expectedOn": "2024-06-01"})
    figure = {"region": "3403", "year": 2020, "measure": "settled", "status": "exact", "persons": 7}
    journal.post("figure.published", figure | {"publishedOn": "2021", "sourceName": "IMDi"})


def releases(world):
    with world.released.read() as connection:
        return connection.execute(select(tables.releases).order_by(tables.releases.c.number)).all()


def released(world):
    """Every row of what is released, with the release that it bears."""
    with world.released.read() as connection:
        return {
            name: sorted(tuple(row) for row in connection.execute(select(table)))
            for name, table in tables.metadata.tables.items()
            if name != "releases"
        }


def version(world, number):
    return world.closing(storage.open_version(world.projection, number))


def empty_version(world):
    """Make a version live that nothing has been folded into yet."""
    versions = Versions(world.projection)
    begun = versions.begin(versions.live().topics)
    storage.make(world.projection, begun)
    versions.switch(begun)
    return version(world, begun.number)


def test_where_nothing_differs_nothing_is_written_but_the_release(world):
    some_events(world.journal)
    world.publish()
    before = released(world)
    rebuild(world.projection, world.log)

    world.new_releaser().step()

    assert released(world) == before
    assert [(row.number, row.version) for row in releases(world)] == [(1, 1), (2, 2)]


def test_the_whole_is_compared_once(world):
    some_events(world.journal)
    world.publish()
    rebuild(world.projection, world.log)
    releaser = world.new_releaser()

    assert [releaser.step(), releaser.step()] == [True, False]


def test_a_releaser_notices_the_switch_while_it_runs(world):
    some_events(world.journal)
    world.publish()
    rebuild(world.projection, world.log)

    while not world.releaser.step():
        pass

    assert releases(world)[-1].version == 2


def test_what_differs_is_copied_though_no_mark_says_so(world):
    some_events(world.journal)
    world.publish()
    rebuild(world.projection, world.log)
    with version(world, 2).write() as connection:
        settled = (live.totals.c.measure == "settled") & (live.totals.c.region == "0301")
        connection.execute(live.totals.update().where(settled).values(value=30))

    world.new_releaser().step()

    assert (world.totals("0301").settled, world.totals("4601").settled) == (30, 3)
    with world.released.read() as connection:
        changed = connection.execute(
            select(tables.totals.c.region, tables.totals.c.measure).where(tables.totals.c.release == 2)
        ).all()
        places = connection.execute(select(tables.places).where(tables.places.c.release == 2)).all()
        years = connection.execute(select(tables.years).where(tables.years.c.release == 2)).all()
    assert changed == [("0301", "settled")]
    assert places == [("0301", 2024, 2)]
    assert years == [(2024, 2)]


def test_what_has_vanished_vanishes(world):
    some_events(world.journal)
    world.publish()
    rebuild(world.projection, world.log)
    with version(world, 2).write() as connection:
        for table in live.metadata.tables.values():
            if "region" in table.c:
                connection.execute(table.delete().where(table.c.region.in_(["4601", "3403"])))

    world.new_releaser().step()

    assert world.totals("4601").settled is None
    assert world.totals("4601").decision_status == "not_asked"
    assert (world.years("4601"), world.figures("3403", 2020), world.days("4601").dated) == ([], [], ())
    assert world.totals("0301").settled == 3
    with world.released.read() as connection:
        noughts = connection.execute(select(tables.totals).where(tables.totals.c.region == "4601")).all()
    assert {(row.release, row.value, row.reports) for row in noughts} == {(2, 0, 0)}


def test_what_has_vanished_is_told_of_once(world):
    some_events(world.journal)
    world.publish()
    rebuild(world.projection, world.log)
    with version(world, 2).write() as connection:
        connection.execute(live.totals.delete().where(live.totals.c.region == "4601"))
    world.new_releaser().step()
    before = released(world)
    rebuild(world.projection, world.log)
    with version(world, 3).write() as connection:
        connection.execute(live.totals.delete().where(live.totals.c.region == "4601"))

    world.new_releaser().step()

    assert (released(world), releases(world)[-1].number) == (before, 3)


def test_a_version_that_lags_behind_what_is_released_is_waited_for(world):
    some_events(world.journal)
    world.publish()
    new = empty_version(world)
    releaser, seen = world.new_releaser(), []

    with closing(world.projector_of(new, group="projection-2", most=5)) as projector:
        while world.waiting(new):
            projector.step()
            releaser.step()
            seen.append((world.totals("NO").settled, len(releases(world))))

    assert {settled for settled, _ in seen} == {12}
    assert [made for _, made in seen[:-1]] == [1] * (len(seen) - 1)
    assert seen[-1] == (12, 2)


def test_what_was_made_anew_in_its_own_place_is_compared_whole(world):
    some_events(world.journal)
    with closing(world.new_projector()) as projector:
        world.project(projector)
    world.releaser.step()
    with world.projection.write() as connection:
        for table in live.metadata.tables.values():
            connection.execute(table.delete())
    world.releaser.step()
    with closing(world.new_projector()) as projector:
        world.project(projector)
    with world.projection.write() as connection:
        settled = (live.totals.c.measure == "settled") & (live.totals.c.region == "0301")
        connection.execute(live.totals.update().where(settled).values(value=30))

    world.releaser.step()

    assert world.totals("0301").settled == 30


def grow(world):
    """Fill generation 2 of the settlements' topic, which has other partitions, and rebuild with it."""
    topic = topic_of("settlements")
    world.log.ensure([GROWN])
    events = []
    for number in range(topic.partitions):
        events += [orjson.loads(record.value) for record in world.log.read(topic, number, 0, 10_000)]
    chains = dict.fromkeys(range(GROWN.partitions), 0)
    records = []
    for event in sorted(events, key=lambda event: event["sequence"]):
        partition = GROWN.partition_of(event["partitionkey"])
        event["previoussequence"] = f"{chains[partition]:020}"
        chains[partition] = int(event["sequence"])
        records.append(OutgoingRecord(partition, event["partitionkey"], orjson.dumps(event)))
    with closing(world.log.producer(GROWN, 1)) as producer:
        producer.send(records)
    before = Versions(world.projection).live().topics
    rebuild(world.projection, world.log, folded=[one if one != topic else GROWN for one in before])
    return [chains[number] for number in range(GROWN.partitions)]


def heartbeats(world, sequences):
    """What relays say of what is recorded, that of settlements of the new generation."""
    moment = world.journal.last_recorded
    for service in ("requests", "decisions"):
        world.journal.heartbeat(service, moment)
    world.journal.heartbeat("settlements", moment, generation=2, sequences=sequences)


def test_other_owners_of_the_same_numbers_change_nothing(world):
    some_events(world.journal)
    world.publish()
    before = released(world)

    heartbeats(world, grow(world))
    world.new_releaser().step()

    assert released(world) == before
    marks = orjson.loads(releases(world)[-1].marks)
    assert {owner.rpartition("/")[0] for owner in marks} == {
        "requests/1",
        "decisions/1",
        "settlements/2",
        "operations/1",
    }
    assert [row.version for row in releases(world)] == [1, 2]


def test_only_heartbeats_of_generations_that_are_folded_say_what_is_in(world):
    some_events(world.journal)
    moment = world.journal.last_recorded
    world.publish()
    sequences = grow(world)
    for service in ("requests", "decisions"):
        world.journal.heartbeat(service, moment)
    releaser = world.new_releaser()
    world.journal.heartbeat("settlements", moment, sequences=[0] * 6)

    too_early = releaser.step()
    world.journal.heartbeat("settlements", moment, generation=2, sequences=sequences)
    releaser.step()

    assert (too_early, releases(world)[-1].data_through) == (False, moment)


def test_after_growing_releases_go_on_with_what_comes(world):
    some_events(world.journal)
    world.publish()
    sequences = grow(world)
    heartbeats(world, sequences)
    releaser = world.new_releaser()
    releaser.step()
    settle_on_grown(world, 99, sequences)
    now = Versions(world.projection).live()
    new = version(world, now.number)

    with closing(world.projector_of(new, folded=now.topics, group=now.group)) as projector:
        while Marks(new, live.marks).read([OSLO])[OSLO].offset < world.log.end_offsets(GROWN)[OSLO.number]:
            projector.step()
    releaser.step()

    assert world.totals("0301").settled == 4


OSLO = Partition(GROWN, GROWN.partition_of("0301"))


def settle_on_grown(world, number, sequences):
    """One more person, on the new generation only."""
    data = {"municipality": "0301", "settledOn": "2024-06-01"}
    event = world.journal.compose("person.settled", data, subject=person(number))
    value = log_value(event, max(sequences) + 1, sequences[OSLO.number])
    with closing(world.log.producer(GROWN, 2)) as producer:
        producer.send([OutgoingRecord(OSLO.number, "0301", value)])
