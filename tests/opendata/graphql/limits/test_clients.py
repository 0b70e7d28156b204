"""Who is asking: by which address, and named or not."""

import pytest
from werkzeug.test import EnvironBuilder

from services.chassis.problems import Problem
from services.opendata.graphql.limits.clients import client_of


def asked(peer="192.0.2.1", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return EnvironBuilder("/graphql", headers=named, environ_base={"REMOTE_ADDR": peer}).get_environ()


def address(request, trusted_proxies=0):
    return client_of(request, trusted_proxies).address


def test_a_client_is_known_by_its_address():
    assert address(asked()) == "192.0.2.1"


def test_what_others_say_of_the_way_counts_for_nothing_unless_proxies_are_trusted():
    assert address(asked(X_Forwarded_For="198.51.100.7")) == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "way", "found"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        # Fewer than there have to be, or no address: only the peer is known for sure.
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "unknown", "192.0.2.1"),
        (1, "198.51.100.7:4711", "192.0.2.1"),
    ],
)
def test_behind_proxies_of_ours_it_is_what_the_outermost_saw(proxies, way, found):
    assert address(asked(X_Forwarded_For=way), proxies) == found


@pytest.mark.parametrize(
    ("peer", "found"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_addresses_of_one_network_are_one(peer, found):
    assert address(asked(peer)) == found


@pytest.mark.parametrize("name", ["map", "Newspaper map/1.2 (desk@example.org)", "x" * 64, "~"])
def test_a_short_printable_name_is_a_name(name):
    assert client_of(asked(Client_Name=name)).named


@pytest.mark.parametrize("name", ["", "   "])
def test_no_name_is_none(name):
    assert not client_of(asked(Client_Name=name)).named


@pytest.mark.parametrize("name", ["x" * 65, "a\tb", "a\x07b", "é"])
def test_any_other_name_is_refused(name):
    with pytest.raises(Problem) as refused:
        client_of(asked(Client_Name=name))

    assert refused.value.status == 400
