"""The regions of Norway through time."""

from services.contract.regions.population import population
from services.contract.regions.redrawing import Redrawing, redrawing, regions_on
from services.contract.regions.registry import (
    COUNTRY,
    NOT_STATED,
    NOT_STATED_COUNTY,
    Level,
    Region,
    Registry,
    registry,
)

__all__ = [
    "COUNTRY",
    "NOT_STATED",
    "NOT_STATED_COUNTY",
    "Level",
    "Redrawing",
    "Region",
    "Registry",
    "population",
    "redrawing",
    "regions_on",
    "registry",
]
