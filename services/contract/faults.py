"""What can be wrong with an event, said so that a person can mend it."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that must be mended before the event can be accepted.

    ``pointer`` is a JSON Pointer into the event, ``rule`` a stable name of the rule broken.
    ``message`` never repeats what somebody wrote into a free field.
    """

    pointer: str
    rule: str
    message: str


class Remark(NamedTuple):
    """Something that the sender may want to look at; the event is accepted all the same."""

    code: str
    pointer: str
    message: str

    def as_document(self) -> dict[str, str]:
        return {"code": self.code, "pointer": self.pointer, "message": self.message}
