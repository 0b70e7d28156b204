"""Any interleaving of posts, relays, projectors and everything that can go wrong between them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from services.chassis.log.port import EventLog
from services.opendata.projection import effects
from tests.flow.faulty_log import Fault, Trouble
from tests.flow.ledger import PLACES, Ledger, Place, Settled
from tests.flow.sleeping import Died, Sleeper
from tests.flow.world import Clock, World, calmly
from tests.servers.postgresql import Databases

WHICH = st.integers(0, 1)
STEPS = st.integers(1, 3)
NONE_OR_MORE = st.integers(0, 3)
ANY = st.integers(0, 1_000)
DAYS = st.sampled_from(["2023-05-17", "2023-12-31", "2024-01-01", "2024-02-29"])
SEXES = st.sampled_from(["female", "male"])
FAULTS = st.lists(st.builds(Fault, st.sampled_from(Trouble), st.integers(0, 3)), min_size=1, max_size=3)


class Stumbling:
    """Has the projector's code fail at the events of some persons, as a mistake in it would."""

    def __init__(self) -> None:
        self.stones: set[str] = set()
        self._before = effects._type_of
        effects._type_of = self._type_of

    def _type_of(self, event: dict[str, Any]) -> Any:
        if event["subject"] in self.stones:
            raise ZeroDivisionError
        return self._before(event)

    def end(self) -> None:
        effects._type_of = self._before


class Schedules(RuleBasedStateMachine):
    """A rule is something that happens; at the end the totals must be the ledger's."""

    make_log: Callable[[Clock, Path], EventLog]
    databases: Databases | None = None

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.posted = 0
        self.posts: list[tuple[str, int, UUID, dict[str, str]]] = []
        self.zombies: list[Sleeper] = []
        self.stumbling = Stumbling()

    @initialize(fenced=st.booleans())
    def begin(self, fenced: bool) -> None:
        self.world = World(type(self).make_log, fenced=fenced, databases=type(self).databases)

    @rule(place=st.sampled_from(PLACES), day=DAYS, sex=SEXES, persons=STEPS)
    def persons_are_settled(self, place: Place, day: str, sex: str, persons: int) -> None:
        for _ in range(persons):
            person = UUID(int=(1 << 127) + self.posted, version=4)
            self.ledger.put(str(person), Settled(place, day, sex))
            self._post("person.settled", person, _data(place, day, sex))

    @precondition(lambda self: self.ledger.persons)
    @rule(which=ANY, day=DAYS, sex=SEXES)
    def a_settlement_is_corrected(self, which: int, day: str, sex: str) -> None:
        person = self._someone(which)
        place = self.ledger.persons[person].place
        self.ledger.put(person, Settled(place, day, sex))
        self._post("settlement.corrected", UUID(person), _data(place, day, sex))

    @precondition(lambda self: self.ledger.persons)
    @rule(which=ANY)
    def a_settlement_is_withdrawn(self, which: int) -> None:
        person = self._someone(which)
        self.ledger.withdraw(person)
        self._post("settlement.withdrawn", UUID(person), {})

    @precondition(lambda self: self.posts)
    @rule(which=ANY)
    def an_event_is_posted_again(self, which: int) -> None:
        receipt = self.world.post(*self.posts[which % len(self.posts)])

        assert receipt.status == "duplicate"

    @rule(first=WHICH, steps=STEPS)
    def relays_work(self, first: int, steps: int) -> None:
        for _ in range(steps):
            calmly(self.world.relays[first].step)
            calmly(self.world.relays[1 - first].step)

    @rule(which=WHICH, steps=STEPS)
    def a_projector_works(self, which: int, steps: int) -> None:
        for _ in range(steps):
            calmly(self.world.projectors[which].step)

    @rule(place=st.sampled_from(PLACES), named=st.none() | ANY)
    def garbage_is_written(self, place: Place, named: int | None) -> None:
        """By somebody else: bytes, or JSON that names a person's stream. What follows it waits."""
        known = list(self.ledger.persons)
        subject = known[named % len(known)] if known and named is not None else None
        self.world.write_garbage(place.municipality, subject)

    @precondition(lambda self: self.ledger.persons)
    @rule(which=ANY)
    def the_code_stumbles_over_a_person(self, which: int) -> None:
        self.stumbling.stones.add(self._someone(which))

    @rule(retries=st.booleans())
    def the_code_is_mended(self, retries: bool) -> None:
        self.stumbling.stones.clear()
        if retries:
            self._retry_all()

    @rule(which=ANY, drops=st.booleans())
    def an_operator_acts(self, which: int, drops: bool) -> None:
        """Retries whatever is set aside, or drops what is garbage."""
        letters = self._garbage() if drops else self.world.letters()
        if letters:
            letter = letters[which % len(letters)]
            self._drop(letter) if drops else self.world.operate("retried", letter)

    @rule(which=WHICH)
    def everything_works(self, which: int) -> None:
        self.relays_work(which, 3)
        self.a_projector_works(which, 3)
        self.a_projector_works(1 - which, 3)

    @rule(place=st.sampled_from(PLACES), day=DAYS, sex=SEXES, faults=FAULTS, first=WHICH)
    def sends_of_several_events_fail(
        self, place: Place, day: str, sex: str, faults: list[Fault], first: int
    ) -> None:
        self.persons_are_settled(place, day, sex, 3)
        self.the_next_sends_fail(faults)
        self.relays_work(first, 2)

    @rule(faults=FAULTS)
    def the_next_sends_fail(self, faults: list[Fault]) -> None:
        self.world.log.faults.extend(faults)

    @precondition(lambda self: self.world.log.late)
    @rule()
    def late_records_arrive(self) -> None:
        self.world.log.let_late_records_arrive()

    @rule(which=WHICH)
    def the_log_is_out_of_reach_for_a_while(self, which: int) -> None:
        self.world.log.down = True
        self.everything_works(which)
        self.world.log.down = False

    @rule(which=WHICH, place=st.sampled_from(["before a send", "after a send"]), others=NONE_OR_MORE)
    def a_relay_falls_asleep(self, which: int, place: str, others: int) -> None:
        """With its lease run out, another may take over before it wakes."""
        relay = self.world.relays[which]
        self.world.relays[which] = self.world.new_relay()
        self.zombies.append(Sleeper(lambda: calmly(relay.step), place))
        if others:
            self.world.clock.advance(11)
            self.relays_work(1 - which, others)

    @rule(which=WHICH, others=NONE_OR_MORE)
    def a_projector_falls_asleep(self, which: int, others: int) -> None:
        """With its session over, another may apply what it holds before it wakes."""
        projector = self.world.projectors[which]
        self.world.projectors[which] = self.world.new_projector()
        self.zombies.append(Sleeper(lambda: _works_for_long(projector.step), "after a poll"))
        if others:
            self.world.clock.advance(11)
            self.a_projector_works(1 - which, others + 1)

    @precondition(lambda self: self.zombies)
    @rule(which=ANY, dies=st.booleans())
    def a_sleeper_wakes_or_dies(self, which: int, dies: bool) -> None:
        self.zombies.pop(which % len(self.zombies)).wake(dies=dies)

    @rule(which=WHICH, orderly=st.booleans())
    def a_relay_is_replaced(self, which: int, orderly: bool) -> None:
        if orderly:
            calmly(self.world.relays[which].close)
        self.world.relays[which] = self.world.new_relay()

    @rule(which=WHICH, orderly=st.booleans())
    def a_projector_is_replaced(self, which: int, orderly: bool) -> None:
        if orderly:
            self.world.projectors[which].close()
        self.world.projectors[which] = self.world.new_projector()

    @rule()
    def the_next_commit_fails(self) -> None:
        self.world.commits_to_fail = 1

    @rule(which=WHICH)
    def a_projector_dies_after_its_commit(self, which: int) -> None:
        projector = self.world.projectors[which]
        projector.on_commit(_die)
        calmly(projector.step)
        self.world.projectors[which] = self.world.new_projector()

    @rule(seconds=st.sampled_from([4, 11]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.advance(seconds)

    @rule()
    def the_clock_is_set_back(self) -> None:
        self.world.clock.set_back(15)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self._ends_right()
        finally:
            for zombie in self.zombies:
                zombie.wake(dies=True)
            self.stumbling.end()
            self.world.close()

    def _ends_right(self) -> None:
        world = self.world
        for zombie in self.zombies:
            zombie.wake()
        world.settle()
        world.log.let_late_records_arrive()
        world.settle()
        self._everything_set_aside_is_dealt_with()
        order = world.order()
        assert [sequence for sequence, _, _ in order] == list(range(1, len(self.posts) + 1))
        last: dict[int, int] = {}
        for sequence, partition, previous in order:
            assert previous == last.get(partition, 0)
            last[partition] = sequence
        assert world.last_sequences() == last
        assert {number: sequence for number, (sequence, _) in world.marks().items() if sequence} == last
        assert world.totals() == self.ledger.totals()
        assert world.by_day_and_sex() == self.ledger.by_day_and_sex()
        assert world.untrue_claims() == []

    def _everything_set_aside_is_dealt_with(self) -> None:
        self.stumbling.stones.clear()
        while self.world.letters():
            before = self.world.letters()
            for garbage in self._garbage():
                self._drop(garbage)
            self._retry_all()
            self.world.settle()
            assert len(self.world.letters()) < len(before)

    def _garbage(self) -> list[Any]:
        """What is parked and was no service's."""
        return [one for one in self.world.letters() if one.state == "parked" and one.sequence is None]

    def _drop(self, letter: Any) -> None:
        self.world.operate("dropped", letter, lastApplied=None, fault=letter.reason, cause="not_ours")

    def _retry_all(self) -> None:
        for letter in self.world.letters():
            if letter.state == "parked" and letter.sequence is not None:
                self.world.operate("retried", letter)

    def _someone(self, which: int) -> str:
        return list(self.ledger.persons)[which % len(self.ledger.persons)]

    def _post(self, event_type: str, person: UUID, data: dict[str, str]) -> None:
        self.posted += 1
        post = (event_type, self.posted, person, data)
        assert self.world.post(*post).status == "accepted"
        self.posts.append(post)


def _data(place: Place, day: str, sex: str) -> dict[str, str]:
    district = {} if place.district is None else {"district": place.district}
    return {"municipality": place.municipality, **district, "settledOn": day, "sex": sex}


def _works_for_long(step: Callable[[], object]) -> None:
    """The first rounds bring partitions, a later one records to fall asleep over."""
    for _ in range(3):
        calmly(step)


def _die() -> None:
    raise Died
