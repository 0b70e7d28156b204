"""An issuer's keys: which are used, when they are fetched, and what goes on working without."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.chassis import metrics
from services.chassis.auth import signing_keys
from services.chassis.auth.port import KeysAway, NotAuthenticated
from services.chassis.auth.signing_keys import NoKeys, SigningKeys, keys_in
from tests.chassis.auth.issuing import key_of, key_set, published


class Source:
    """Publishes keys, or is away, and counts how often it was asked."""

    def __init__(self, *names):
        self.names = names
        self.asked = 0
        self.trouble = None

    def __call__(self):
        self.asked += 1
        if self.trouble is not None:
            raise self.trouble
        return key_set(*self.names)


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def source():
    return Source("one")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keys(source, clock):
    return SigningKeys("test", source, 30.0, clock)


def test_keys_are_fetched_when_first_needed_and_kept(keys, source):
    assert source.asked == 0

    for _ in range(100):
        assert keys.key("one").public == key_of("one").public_key()

    assert source.asked == 1


def test_an_unknown_key_is_asked_for_but_not_more_often_than_allowed(keys, source, clock):
    keys.key("one")
    for _ in range(100):
        with pytest.raises(NotAuthenticated, match="does not publish"):
            keys.key("two")
    assert source.asked == 1

    clock.now += 30
    source.names = ("one", "two")

    assert keys.key("two").public == key_of("two").public_key()
    assert source.asked == 2


def test_a_key_that_is_no_longer_published_goes(keys, source, clock):
    keys.key("one")
    source.names = ("two",)
    clock.now += 30
    keys.key("two")

    with pytest.raises(NotAuthenticated):
        keys.key("one")


def test_known_keys_go_on_working_while_the_issuer_is_away(keys, source, clock):
    keys.key("one")
    source.trouble = ConnectionRefusedError()
    clock.now += 100_000

    with pytest.raises(KeysAway):
        keys.key("two")

    assert keys.key("one").public == key_of("one").public_key()


def test_an_issuer_that_is_away_is_asked_less_and_less_often(keys, source, clock):
    source.trouble = ConnectionRefusedError()
    for _ in range(600):
        with pytest.raises(KeysAway) as away:
            keys.key("one")
        assert 0 <= away.value.seconds <= 36
        clock.now += 0.1
    assert 4 <= source.asked <= 10

    source.trouble = None
    clock.now += 36

    assert keys.key("one").public == key_of("one").public_key()


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no json",
        b"[]",
        b"{}",
        b'{"keys": 1}',
        b'{"keys": []}',
        b'{"keys": [1, null, "x", {}]}',
        b"[" * 5000,
    ],
)
def test_a_document_without_keys_is_no_answer_and_takes_none_away(keys, source, clock, monkeypatch, document):
    keys.key("one")
    monkeypatch.setattr(Source, "__call__", lambda _source: document)
    clock.now += 30

    with pytest.raises(KeysAway):
        keys.key("two")

    assert keys.key("one")


def test_fetches_are_counted_by_how_they_end(keys, source, clock):
    done, failed = (metrics.KEY_FETCHES.labels(outcome) for outcome in ("done", "failed"))
    before = done._value.get(), failed._value.get()

    keys.key("one")
    source.trouble = ValueError()
    clock.now += 30
    with pytest.raises(KeysAway):
        keys.key("two")

    assert (done._value.get(), failed._value.get()) == (before[0] + 1, before[1] + 1)


def test_an_issuer_that_does_not_answer_is_not_waited_for_long(clock, monkeypatch):
    monkeypatch.setattr(signing_keys, "FETCH_SECONDS", 0.05)
    done = threading.Event()
    keys = SigningKeys("test", lambda: done.wait(30) and b"", 30.0, clock)

    with pytest.raises(KeysAway):
        keys.key("one")
    done.set()


def test_many_who_need_a_key_at_once_ask_for_it_once(clock):
    begun, go_on = threading.Event(), threading.Event()
    asked = []

    def slow():
        asked.append(1)
        begun.set()
        go_on.wait(10)
        return key_set("one")

    keys = SigningKeys("test", slow, 30.0, clock)
    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(keys.key, "one") for _ in range(8)]
        begun.wait(10)
        go_on.set()
        answers = [one.result(10) for one in found]

    assert len(asked) == 1
    assert all(answer.public == key_of("one").public_key() for answer in answers)


def test_while_an_unknown_key_is_asked_for_known_ones_are_not_waited_for(keys, clock, monkeypatch):
    keys.key("one")
    clock.now += 30
    begun, go_on = threading.Event(), threading.Event()

    def slow(_source):
        begun.set()
        go_on.wait(10)
        return key_set("one", "two")

    monkeypatch.setattr(Source, "__call__", slow)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(keys.key, "two")
        begun.wait(10)
        assert keys.key("one")
        go_on.set()
        assert asking.result(10)


def test_old_keys_are_fetched_anew_beside_those_who_use_them(keys, source, clock):
    keys.key("one")
    asked = threading.Event()
    source.names = ("one", "two")
    original = Source.__call__

    class Told(Source):
        def __call__(self):
            asked.set()
            return original(self)

    source.__class__ = Told
    clock.now += signing_keys.REFRESH_SECONDS

    assert keys.key("one")
    assert asked.wait(10)


@pytest.mark.parametrize(
    "key",
    [
        published("one", use="enc"),
        published("one", kid=None),
        published("one", kid=7),
        published("one", kty="EC"),
        published("one", alg="HS256"),
        published("one", alg="PS256"),
        published("one", n=None),
        published("one", n=5),
        published("one", d="AQAB"),
        {"kty": "oct", "kid": "one", "k": "c2VjcmV0"},
    ],
)
def test_keys_of_another_kind_or_use_are_left_out(key):
    with pytest.raises(NoKeys):
        keys_in(key_set(key))
    assert set(keys_in(key_set(key, "two"))) == {"two"}


def test_a_weak_key_is_left_out():
    weak = {**published("one"), "n": "AQ" * 100}

    with pytest.raises(NoKeys):
        keys_in(key_set(weak))


def test_a_key_that_names_its_algorithm_is_for_that_alone():
    found = keys_in(key_set(published("one", alg="RS384"), published("two", alg=None)))

    assert found["one"].algorithms == {"RS384"}
    assert found["two"].algorithms == {"RS256", "RS384", "RS512"}
