"""A badge as it is kept: whose it is and until when, and what only its own code leads to."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Badge:
    """The one valid badge of a holder. ``id``: the holder, a person's subject or a visitor's id;
    ``key``: what the code's keyed digest is, see :class:`BadgeKey`; ``until``: None: until it is
    withdrawn."""

    id: str
    key: str
    made_at: datetime
    by: str = ""
    until: datetime | None = None
    version: int = 0

    def valid(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class BadgeKey:
    """Leads from the keyed digest of a code, ``id``, to its holder. What another badge of theirs
    has replaced leads nowhere, for that one names another digest."""

    id: str
    holder: str
    version: int = 0
