"""What a token allows, as it says in ``scope``."""

from collections.abc import Mapping
from typing import Any


def scopes_of(claims: Mapping[str, Any]) -> frozenset[str]:
    """The scopes in a token's claims, which stand there with spaces between them; none where none stand."""
    said = claims.get("scope")
    return frozenset(said.split(" ")) - {""} if isinstance(said, str) else frozenset()
