"""Whom a machine's token speaks for, in the form of Maskinporten."""

import re
from collections.abc import Mapping
from typing import Any

from services.chassis.auth.port import NotAuthenticated
from services.chassis.auth.remote_issuer import Acting

_IDENTIFIER = re.compile(r"0192:([0-9]{9})", re.ASCII)
"""0192 is the register of Norwegian organisations, by ISO 6523."""


def acting_of(claims: Mapping[str, Any]) -> Acting:
    """The organisation in ``consumer`` and, where another acts for it, that in ``supplier``.

    ``client_id`` says which program asked, and nothing about whom it may speak for. Raises
    `NotAuthenticated`.
    """
    organisation = organisation_in(claims.get("consumer"))
    if organisation is None:
        raise NotAuthenticated("The token names no organisation in consumer.ID, as 0192:NUMBER.")
    if "supplier" not in claims:
        return Acting(organisation)
    supplier = organisation_in(claims["supplier"])
    if supplier is None:
        raise NotAuthenticated("The token's supplier.ID is not 0192:NUMBER.")
    return Acting(organisation, supplier)


def organisation_in(said: Any) -> str | None:
    """The number in an identifier such as ``{"authority": "iso6523-actorid-upis", "ID": "0192:…"}``."""
    if not isinstance(said, Mapping) or not isinstance(said.get("ID"), str):
        return None
    found = _IDENTIFIER.fullmatch(said["ID"])
    return None if found is None else found[1]
