"""Ids of nodes: opaque, and the same for ever, because they name a code and its first year."""

import base64

from services.contract.regions import Region, Registry

_KIND = "Region"


def node_id(region: Region) -> str:
    """The id of a region. A code that is given a new meaning some day begins in another year."""
    return base64.urlsafe_b64encode(_name(region).encode()).decode()


def region_of(text: str, regions: Registry) -> Region | None:
    """The region that an id names; None where it names none."""
    try:
        name = base64.b64decode(text, altchars=b"-_", validate=True).decode()
    except ValueError:
        return None
    _, _, rest = name.partition(":")
    region = regions.find(rest.partition(":")[0])
    return region if region is not None and _name(region) == name else None


def _name(region: Region) -> str:
    return f"{_KIND}:{region.code}:{'' if region.valid_from is None else region.valid_from}"
