"""Whatever was read first, record or operation, and by however many: the same tables in the end."""

from contextlib import ExitStack, closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.log.port import Partition
from services.contract.topics import topic_of
from services.opendata.projection import effects
from services.opendata.projection.dead_letters.scanning import last_applied
from tests.flow.memory_log import MemoryLog
from tests.opendata.projection.dead_letters.model import Model, Truth
from tests.opendata.projection.dead_letters.rig import PARTITIONS, Folding
from tests.opendata.projection.journal import Journal, ensure_topics, person
from tests.opendata.projection.worlds import ON_BOTH, empty

KEYS = ("0301", "1114", "4601")
"""The first two share a partition."""

COUNTY = {"0301": "03", "1114": "11", "4601": "46"}
MANY = 40
UNREADABLE = ("as it is", "later version", "unknown type", "data")


class Story:
    """Events as services send them, garbage, forgeries; what is true of each goes to the model."""

    def __init__(self):
        self.log = MemoryLog(lambda: 0.0)
        ensure_topics(self.log)
        self.journal = Journal(self.log)
        self.model = Model()

    def person(self, number, key, day, spoilt):
        """The next event about a person, whatever it is."""
        state = self.journal._composer.state("settlements", person(number))
        data = {"municipality": key, "settledOn": f"2024-01-{day:02d}"}
        if state is None:
            name = "person.settled"
        elif state == "closed":
            return
        elif day % 4 == 0:
            name, data = "settlement.withdrawn", {}
        else:
            name = "settlement.corrected"
        counted = () if not data else (key, COUNTY[key], "NO")
        self._send(name, data, person(number), spoilt, [("settled", region, 2024) for region in counted], 1)

    def request(self, key, amount, spoilt):
        """The next event about what is asked of a municipality."""
        state = self.journal._composer.state("requests", f"{key}/2024")
        place = {"municipality": key, "year": 2024}
        if state in (None, "withdrawn"):
            name, data = "request.issued", place | {"persons": amount, "issuedOn": "2024-01"}
        elif amount % 3 == 0:
            name, data = "request.withdrawn", place | {"withdrawnOn": "2024-01"}
        else:
            name, data = "request.revised", place | {"persons": amount, "revisedOn": "2024-01"}
        counted = () if "persons" not in data else (key, COUNTY[key], "NO")
        self._send(name, data, None, spoilt, [("requested", region, 2024) for region in counted], amount)

    def forgery(self, number, key):
        """In the chain, but no service's: of a person's stream, or of none that can be told."""
        subject = None if number is None else person(number)
        named = {} if subject is None else {"subject": subject}
        event = {"type": "no.bosatt.person.vanished.v1", "recordedtime": self.journal.next_moment()}
        self._put("bosatt.settlements", key, Truth("bosatt.settlements", subject, key, True, False))
        self.journal.append_value("bosatt.settlements", key, event | named)

    def garbage(self, number, key):
        """In no chain."""
        subject = None if number is None else person(number)
        value = b"{" if subject is None else b'{"subject":"%s"}' % subject.encode()
        self._put("bosatt.settlements", key, Truth("bosatt.settlements", subject, key, False, False))
        self.journal.append_bytes("bosatt.settlements", key, value)

    def _send(self, name, data, subject, spoilt, counted, amount):
        event = self.journal.compose(name, data, subject=subject)
        service = "settlements" if subject else "requests"
        how = {
            "as it is": {},
            "later version": {"type": f"no.bosatt.{name}.v2"},
            "unknown type": {"type": "no.bosatt.person.vanished.v1"},
            "data": {"data": event["data"] | {"municipality": ["0301"], "settledOn": 7, "previous": 7}},
        }[spoilt]
        truth = Truth(
            f"bosatt.{service}",
            event["subject"],
            event["partitionkey"],
            True,
            spoilt == "as it is",
            spoilt == "later version",
            tuple((what, amount) for what in counted),
        )
        self._put(truth.topic, truth.key, truth)
        self.journal.append_value(truth.topic, truth.key, event | how)

    def _put(self, topic_name, key, truth):
        topic = topic_of(topic_name.removeprefix("bosatt."))
        self.model.add(Partition(topic, topic.partition_of(key)), truth)

    def operate(self, place, row, drops):
        """Retry or drop what is parked at a place."""
        partition, offset = place
        data = {
            "topic": row.topic,
            "generation": row.generation,
            "partition": row.partition,
            "offset": row.offset,
            "digest": row.digest,
        }
        if drops:
            outcome = self.model.outcome(partition)
            truth = self.model.records[partition][offset]
            last = outcome.last_applied[offset] if truth.in_chain and truth.subject else None
            self._is_found_on_the_log(place, truth, last)
            data |= {"lastApplied": last, "fault": row.reason, "cause": "unusable"}
            self.model.dropped.add(place)
        name = "deadletter.dropped" if drops else "deadletter.retried"
        self.journal.post(name, data, subject=f"{row.topic}/{row.partition}/{row.offset}")

    def _is_found_on_the_log(self, place, truth, last):
        """What the command finds by reading the partition is what the model knows."""
        partition, offset = place
        if truth.in_chain and truth.subject:
            aside = {at for where, at in self.model.letters() if where == partition}
            assert last_applied(self.log, partition, {offset: truth.subject}, aside) == {offset: last}


PERSONS = st.integers(0, 2)
WHERE = st.sampled_from(KEYS)
SPOILT = st.sampled_from(("as it is", "as it is", *UNREADABLE))
ACTIONS = st.one_of(
    st.tuples(st.just("person"), PERSONS, WHERE, st.integers(1, 28), SPOILT),
    st.tuples(st.just("person"), PERSONS, WHERE, st.integers(1, 28), SPOILT),
    st.tuples(st.just("request"), WHERE, st.integers(1, 99), SPOILT),
    st.tuples(st.just("forgery"), st.none() | PERSONS, WHERE),
    st.tuples(st.just("garbage"), st.none() | PERSONS, WHERE),
    st.tuples(st.just("operator"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("operator"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("projector")),
)


def mend(patch):
    """From now on the code reads events of version 2, as they are like those of version 1."""
    before = effects._type_of
    patch.setattr(
        effects, "_type_of", lambda event: before(event | {"type": event["type"].replace(".v2", ".v1")})
    )


def lived(story, folding, actions):
    """A history with an operator in it, who acts on what the projection shows."""
    for what, *how in actions:
        if what == "projector":
            folding.settle_all()
        elif what == "operator":
            folding.settle_all()
            parked = {place: row for place, row in folding.letters().items() if row.state == "parked"}
            if parked:
                which, drops = how
                place = sorted(parked, key=lambda one: (one[0].topic.topic, one[0].number, one[1]))[
                    which % len(parked)
                ]
                story.operate(place, parked[place], drops)
        else:
            getattr(story, what)(*how)
    folding.settle_all()


def as_the_model_says(story, folding):
    assert {place: row.state for place, row in folding.letters().items()} == story.model.letters()
    assert folding.totals() == story.model.totals()


@pytest.fixture(scope="module")
def sides(make_world):
    """A live projection and one beside it."""
    with ExitStack() as stack:
        world = make_world(stack)
        yield world.projection, world.another_projection()


@ON_BOTH
@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    actions=st.lists(ACTIONS, min_size=3, max_size=30),
    shows=st.lists(st.tuples(st.sampled_from(range(len(PARTITIONS))), st.integers(1, 4)), max_size=12),
    sizes=st.tuples(st.sampled_from((1, 2, 5_000)), st.sampled_from((1, 3, 5_000))),
    projectors=st.tuples(st.integers(1, 2), st.integers(1, 2)),
)
def test_any_interleaving_of_records_and_operations_makes_the_same_tables(
    sides, actions, shows, sizes, projectors
):
    live, beside = sides
    empty(live)
    empty(beside)
    story = Story()
    with closing(Folding(story.log, live, most=sizes[0], projectors=projectors[0])) as folding:
        lived(story, folding, actions)
        as_the_model_says(story, folding)
        first = folding.contents()

    with closing(Folding(story.log, beside, most=sizes[1], projectors=projectors[1])) as folding:
        for which, more in shows:
            folding.log.show(PARTITIONS[which], more)
            folding.settle()
        folding.settle_all()

        assert folding.contents() == first


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    before=st.lists(ACTIONS, min_size=3, max_size=20),
    after=st.lists(ACTIONS, max_size=10),
    most=st.sampled_from((1, 3, 5_000)),
)
def test_folded_anew_by_code_that_was_mended_what_was_dropped_stays_out_and_the_rest_is_the_same(
    sides, before, after, most
):
    live, beside = sides
    empty(live)
    empty(beside)
    story = Story()
    with pytest.MonkeyPatch.context() as patch, closing(Folding(story.log, live)) as folding:
        lived(story, folding, before)
        as_the_model_says(story, folding)
        mend(patch)
        story.model.mended = True
        for place, row in folding.letters().items():
            if row.state == "parked":
                story.operate(place, row, drops=False)
        lived(story, folding, after)
        as_the_model_says(story, folding)
        first = folding.contents()

        with closing(Folding(story.log, beside, most=most)) as anew:
            anew.settle_all()

            assert anew.contents() == first
