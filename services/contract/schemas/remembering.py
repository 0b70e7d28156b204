"""Load what is alike from memory: most values in events are codes and dates that were seen before."""

from typing import Any

from marshmallow import ValidationError

from services.contract.identity_numbers import may_hold_identity_number
from services.contract.schemas.fields import StrictSchema

MOST_REMEMBERED = 50_000
"""Values of one schema; beyond that it begins anew."""

_SCALARS = frozenset((str, int, bool, float, type(None)))
_LONGEST = 40


class RememberingLoader:
    """Loads an object just as its schema does, or says that the schema itself has to.

    The schema asks each field about each value, which is most of what a batch costs. Here it is
    asked once for each value of a field. For many threads: what two find out twice is the same.
    """

    def __init__(self, schema: StrictSchema) -> None:
        self._schema = schema
        self._fields = schema.load_fields
        self._required = [name for name, field in self._fields.items() if field.required]
        self._known: dict[tuple[str, type, Any], Any] = {}

    def load(self, given: dict[str, Any]) -> dict[str, Any] | None:
        """The loaded object; None where the schema itself has to look.

        That is where anything is faulty, or is no short text, number, truth or null, or may hold an
        identity number: of an object that is loaded here nobody needs to ask.
        """
        known, loaded = self._known, {}
        for name in self._fields:
            if name in given:
                value = given[name]
                try:
                    loaded[name] = known[name, type(value), value]
                except KeyError:
                    if not self._find_out(name, value):
                        return None
                    loaded[name] = self._known[name, type(value), value]
                except TypeError:
                    return None
        if len(loaded) != len(given):
            return None
        for name in self._required:
            if name not in loaded:
                return None
        if self._schema.errors_between(loaded, given):
            return None
        return self._schema.finished(loaded)

    def _find_out(self, name: str, value: Any) -> bool:
        """Whether a value is one that the field takes, and worth remembering."""
        if type(value) not in _SCALARS or (type(value) is str and len(value) > _LONGEST):
            return False
        if may_hold_identity_number({name: value}):
            return False
        try:
            loaded = self._fields[name].deserialize(value, name, {name: value})
        except ValidationError:
            return False
        if len(self._known) >= MOST_REMEMBERED:
            self._known = {}
        self._known[name, type(value), value] = loaded
        return True
