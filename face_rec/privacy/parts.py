"""What the privacy code asks of the rest of the house, beside the stores' protocols."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from face_rec.entities import Event, Person

Note = Callable[[str, str, Mapping[str, object]], None]
"""(what, whose ID, details): for the audit log. Must not raise."""

Table = Callable[[Sequence[Event], Person], bytes]
"""A person's marks as a CSV file whose texts no spreadsheet runs."""

Settled = Callable[[int], bool]
"""Whether this process's gallery has reached a revision; may wait for it some seconds."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Another part that holds something about people, by subject.

    ``held`` says what, as plain values for JSON; ``forget`` removes it and says how many
    entries that were. Both may raise StoreUnavailable.
    """

    name: str
    held: Callable[[str], list[dict[str, Any]]]
    forget: Callable[[str], int]


def unnoted(_what: str, _whose: str, _details: Mapping[str, object]) -> None:
    """A ``Note`` for where no audit log is kept."""


def unasked() -> None:
    """For where nobody must prove who they are first."""
