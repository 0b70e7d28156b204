"""Several issuers: each token goes to the one it names, and is verified once."""

import time

import pytest

from services.chassis.auth.issuers import LONGEST_TOKEN, Issuers
from services.chassis.auth.local_issuer import LocalIssuer, issue
from services.chassis.auth.maskinporten import acting_of
from services.chassis.auth.port import NotAuthenticated, Reason, Vouched
from services.chassis.auth.remembering import LONGEST, Remembered
from services.chassis.auth.remote_issuer import RemoteIssuer
from tests.chassis.auth.issuing import (
    AUDIENCE,
    BERGEN,
    MACHINES,
    OSLO,
    PEOPLE,
    by_hand,
    keys_of,
    machine_claims,
    machines,
    organisations_in,
    people,
    person_claims,
    signed,
)
from tests.chassis.commands.running import issuer_key


class Counting:
    """An issuer that counts what it verifies."""

    def __init__(self, issuer):
        self.name = issuer.name
        self.verified = 0
        self._issuer = issuer

    def verify(self, token):
        self.verified += 1
        return self._issuer.verify(token)

    def caller_of(self, vouched, remote):
        return self._issuer.caller_of(vouched, remote)


class Clock:
    def __init__(self):
        self.now = time.time()

    def __call__(self):
        return self.now


@pytest.fixture
def organisations(tmp_path):
    return organisations_in(tmp_path)


@pytest.fixture
def both(organisations):
    return Issuers([machines(organisations, keys_of("one")), people(organisations, keys_of("two"))])


def test_each_token_goes_to_the_issuer_it_names(both):
    assert both.authenticate(signed(machine_claims(OSLO), "one"), None).organisation == OSLO
    assert both.authenticate(signed(person_claims(BERGEN), "two"), None).organisation == BERGEN


@pytest.mark.parametrize(
    "made",
    [
        lambda: signed(machine_claims(iss=PEOPLE), "one"),
        lambda: signed(person_claims(iss=MACHINES), "two"),
        lambda: signed(machine_claims(), "two"),
    ],
    ids=["machines in the name of people", "people in the name of machines", "with the other's key"],
)
def test_no_issuer_vouches_in_the_name_of_another(both, made):
    with pytest.raises(NotAuthenticated) as refused:
        both.authenticate(made(), None)

    assert refused.value.reason is Reason.KEY


@pytest.mark.parametrize("issuer", ["urn:bosatt:local", MACHINES[:-1], "https://else.example/"])
def test_an_issuer_that_is_not_believed_is_told_who_is(both, issuer):
    with pytest.raises(NotAuthenticated, match=f"{MACHINES} or {PEOPLE}") as refused:
        both.authenticate(signed(machine_claims(iss=issuer)), None)

    assert refused.value.reason is Reason.ISSUER


def test_the_local_issuer_is_nobody_beside_another(both):
    with pytest.raises(NotAuthenticated):
        both.authenticate(issue(issuer_key(), "0301"), "127.0.0.1")


def test_without_issuers_nobody_is_let_in():
    with pytest.raises(NotAuthenticated):
        Issuers(()).authenticate(signed(machine_claims()), "127.0.0.1")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "a.\xff.c",
        "øæå.øæå.øæå",
        by_hand({}, []),
        by_hand({}, {}),
        by_hand({}, {"iss": 1}),
        by_hand({}, {"iss": None}),
        by_hand({}, {"iss": [MACHINES]}),
        by_hand({}, b"{"),
        by_hand({}, b'{"iss":' * 3_000),
        by_hand({}, b"\xff"),
        by_hand({}, machine_claims(padding="x" * LONGEST_TOKEN)),
    ],
)
def test_what_is_no_token_is_refused(both, token):
    with pytest.raises(NotAuthenticated) as refused:
        both.authenticate(token, None)

    assert refused.value.reason is Reason.MALFORMED


def test_a_token_is_verified_once(organisations):
    issuer = Counting(machines(organisations))
    issuers = Issuers([issuer])
    token = signed(machine_claims())

    callers = [issuers.authenticate(token, None) for _ in range(10)]

    assert issuer.verified == 1
    assert len(set(callers)) == 1


def test_a_remembered_token_expires_like_any_other(organisations):
    clock = Clock()
    issuers = Issuers(
        [RemoteIssuer(MACHINES, AUDIENCE, keys_of("one"), acting_of, organisations, clock)], clock
    )
    token = signed(machine_claims(exp=int(clock.now) + 50))
    assert issuers.authenticate(token, None).organisation == OSLO

    clock.now += 50

    with pytest.raises(NotAuthenticated, match="expired"):
        issuers.authenticate(token, None)


def test_a_long_lived_token_is_verified_again_after_a_while(organisations):
    clock = Clock()
    issuer = Counting(machines(organisations))
    issuers = Issuers([issuer], clock)
    token = signed(machine_claims(exp=int(clock.now) + 36_000))

    issuers.authenticate(token, None)
    clock.now += LONGEST - 1
    issuers.authenticate(token, None)
    assert issuer.verified == 1
    clock.now += 1
    issuers.authenticate(token, None)

    assert issuer.verified == 2


def test_a_remembered_local_token_is_worth_nothing_from_elsewhere():
    issuers = Issuers([LocalIssuer(issuer_key())])
    token = issue(issuer_key(), "0301")
    assert issuers.authenticate(token, "127.0.0.1").code == "0301"

    for remote in (None, "203.0.113.9"):
        with pytest.raises(NotAuthenticated, match="this machine only"):
            issuers.authenticate(token, remote)


def test_a_token_that_was_refused_is_not_remembered(organisations):
    remembered = Remembered()
    issuers = Issuers([machines(organisations)], remembered=remembered)

    with pytest.raises(NotAuthenticated):
        issuers.authenticate(signed(machine_claims(exp=1)), None)

    assert len(remembered) == 0


def test_memory_is_bounded_and_forgets_the_oldest_first():
    remembered = Remembered(most=10)
    for number in range(100):
        remembered.keep(f"token-{number}", None, Vouched(number, 1e12), 0.0)
        assert len(remembered) <= 10

    assert remembered.find("token-99", 1.0)[1].holder == 99
    assert remembered.find("token-0", 1.0) is None


def test_what_holds_no_more_is_forgotten_before_what_does():
    remembered = Remembered(most=3)
    remembered.keep("long", None, Vouched(1, 1e12), 0.0)
    remembered.keep("short", None, Vouched(2, 5.0), 0.0)
    remembered.keep("shorter", None, Vouched(3, 4.0), 0.0)
    remembered.keep("new", None, Vouched(4, 1e12), 10.0)

    assert len(remembered) == 2
    assert remembered.find("long", 10.0) is not None


def test_no_token_is_kept_as_it_is():
    remembered = Remembered()
    remembered.keep("very-secret-token", None, Vouched(1, 1e12), 0.0)

    assert "secret" not in repr(vars(remembered))
