"""For which organisation a person has signed in, in the form of Ansattporten.

What the person may represent stands in ``authorization_details``. ``consumer`` in such a token is whoever
runs the page on which the person signed in, and says nothing here. Who the person is, is not read at all.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.chassis.auth.maskinporten import organisation_in
from services.chassis.auth.port import NotAuthenticated
from services.chassis.auth.remote_issuer import Acting, ActingOf


def acting_for(resource: str) -> ActingOf:
    """Reads the organisation for which a person has the right to ``resource``.

    Any client may ask for any kind of right, so others than this one count for nothing.
    """

    def acting_of(claims: Mapping[str, Any]) -> Acting:
        found = set(_organisations(claims.get("authorization_details"), resource))
        if len(found) == 1:
            return Acting(found.pop())
        if found:
            raise NotAuthenticated("The token speaks for several organisations; sign in for one of them.")
        raise NotAuthenticated(f"The token gives the right to {resource} for no organisation.")

    return acting_of


def _organisations(details: Any, resource: str) -> Iterator[str]:
    for detail in _mappings(details):
        if detail.get("resource") != resource:
            continue
        if detail.get("type") == "ansattporten:altinn:resource":
            named = [party.get("orgno") for party in _mappings(detail.get("authorized_parties"))]
        elif detail.get("type") == "ansattporten:altinn:service":
            named = list(_mappings(detail.get("reportees")))
        else:
            continue
        yield from (number for one in named if (number := organisation_in(one)) is not None)


def _mappings(listed: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(listed, list):
        yield from (one for one in listed if isinstance(one, Mapping))
