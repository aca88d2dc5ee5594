"""A visit: who comes to whom, from when until when, what they agreed to, and when they came."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from face_rec.languages.language import msgid

LONGEST_NAME: Final = 120
LONGEST_PURPOSE: Final = 200
LONGEST_VISIT: Final = timedelta(days=31)
FARTHEST: Final = timedelta(days=366)
"""How far ahead somebody may be announced."""
_PREFIX: Final = "visit-"
_DAY: Final = timedelta(days=1)


class Stage(StrEnum):
    """How far a visit is."""

    EXPECTED = "expected"
    HERE = "here"
    GONE = "gone"
    """They have left, or did not come until its end."""


@dataclass(frozen=True, slots=True)
class Guest:
    """What is kept of a visitor, and only here; ``company`` and ``purpose`` may be empty."""

    name: str = field(repr=False)
    company: str = field(default="", repr=False)
    purpose: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """``id``: begins as no subject of a person does, and is what badges and the audit log know.
    ``host``: a person's subject; "": they are erased. ``guest``: a :class:`Guest`, sealed.
    ``text``, ``text_version`` and ``language``: what the visitor agreed to at ``agreed_at``."""

    id: str
    host: str
    begins: datetime
    until: datetime
    by: str
    made_at: datetime
    guest: str = field(default="", repr=False)
    text: str = ""
    text_version: str = ""
    language: str = ""
    agreed_at: datetime | None = None
    came_at: datetime | None = None
    left_at: datetime | None = None
    version: int = 0

    def stage(self, now: datetime) -> Stage:
        if self.left_at is not None or (self.came_at is None and now >= self.until):
            return Stage.GONE
        return Stage.EXPECTED if self.came_at is None else Stage.HERE

    def overdue(self, now: datetime) -> bool:
        """Whether they are still here after its end."""
        return self.stage(now) is Stage.HERE and now >= self.until

    def begun(self, now: datetime, zone: tzinfo) -> bool:
        """Whether its first day is here: who comes early on it is let in."""
        return now.astimezone(zone).date() >= self.begins.astimezone(zone).date()

    def erased_at(self, days: int, zone: tzinfo) -> datetime:
        """When nobody need know of it any more: so many ``days`` after the local day on which it
        ended; of who was never checked out a day later."""
        ended = self.left_at or self.until
        last = ended.astimezone(zone).date() + days * _DAY
        if self.came_at is not None and self.left_at is None:
            last += _DAY
        return datetime.combine(last + _DAY, time(0), zone)


def visit_id(random: str) -> str:
    return f"{_PREFIX}{random}"


def is_visit(holder: str) -> bool:
    """Whether a badge's holder is a visitor."""
    return holder.startswith(_PREFIX)


USUAL: Final = msgid(
    "{site} keeps your name, your company, whom you visit, and when you come and go, to know who "
    "is in the house and to tell your host. No picture of your face is taken for it."
)
"""What a visitor agrees to where the site has no text of its own."""
USUAL_VERSION: Final = "1"
