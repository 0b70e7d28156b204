"""Who is asking: an address, and whether it says for whom. Neither is logged, measured or stored."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from services.chassis.problems import Problem

LONGEST_NAME = 64
_LONGEST_ADDRESS = 64
"""More than any address has: what is remembered of them is not to be of any length."""

_NAME = re.compile(r"[!-~](?:[ -~]*[!-~])?")


@dataclass(frozen=True, slots=True)
class Client:
    """What is counted together: all that comes from one address, named or not."""

    address: str
    named: bool


def client_of(environ: Mapping[str, Any], trusted_proxies: int = 0) -> Client:
    """Who sent a request, as WSGI has it. Raises `Problem` 400 where it gives a name that can't be one.

    ``trusted_proxies`` is through how many proxies of our own each request comes. What others write
    about the way that a request has taken counts for nothing.
    """
    return Client(_address(environ, trusted_proxies), _names_itself(environ))


def _names_itself(environ: Mapping[str, Any]) -> bool:
    name = environ.get("HTTP_CLIENT_NAME", "").strip()
    if name and (len(name) > LONGEST_NAME or not _NAME.fullmatch(name)):
        raise Problem(
            400,
            "client-name",
            "That is no name of a client",
            f"Client-Name has up to {LONGEST_NAME} printable ASCII characters: who asks and with what, "
            "such as `Client-Name: newspaper-map`.",
        )
    return bool(name)


def _address(environ: Mapping[str, Any], trusted_proxies: int) -> str:
    peer = environ.get("REMOTE_ADDR", "")
    if trusted_proxies == 0:
        return _network(peer) or peer
    # Each proxy of ours adds at the end whom it was asked by.
    way = [one.strip() for one in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    told = way[-trusted_proxies] if len(way) >= trusted_proxies else ""
    return _network(told[:_LONGEST_ADDRESS]) or _network(peer) or peer


@lru_cache(maxsize=1_000)
def _network(text: str) -> str | None:
    """The address; of IPv6 the network, for whoever has one of its addresses has all of them."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False).network_address)
