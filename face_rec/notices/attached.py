"""A file that goes with a letter."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Attached:
    """In memory only, and only until the mail server has it."""

    name: str
    data: bytes = field(repr=False)
