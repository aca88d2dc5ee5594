"""An invitation to register on one's own phone, and what came in by one and waits."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LASTS: Final = timedelta(days=14)
"""How long an invitation works that says nothing else."""
LONGEST: Final = 90
"""Days that one may last, and …"""
MOST: Final = 1000
"""… people that a poster may be for."""
WAITS: Final = timedelta(days=14)
"""For how long what came in is kept for somebody to decide; then it is gone."""
KEPT: Final = timedelta(days=90)
"""For how long it is kept who was invited, after it is over."""


class Standing(StrEnum):
    """How an invitation stands."""

    OPEN = "open"
    WAITING = "waiting"
    """Photos have come, which somebody has to decide about."""
    DONE = "done"
    REFUSED = "refused"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Invitation:
    """For one person, ``subject``; or, where that is "", a poster for a ``group``, by which
    ``most`` may register and ``taken`` have. ``by``: who made it. ``mailed_to``: where the link
    was sent, as much of it as one needs to know the address again. ``decided_by`` and ``why``
    (sealed): who approved or refused, and with what reason."""

    id: str
    subject: str
    by: str
    made_at: datetime
    until: datetime
    group: str = ""
    most: int = 1
    taken: int = 0
    standing: Standing = Standing.OPEN
    mailed_to: str = ""
    mailed_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    why: str = field(default="", repr=False)
    version: int = 0

    @property
    def poster(self) -> bool:
        return not self.subject

    def usable(self, now: datetime) -> bool:
        """Whether somebody may register by it."""
        return self.standing is Standing.OPEN and now < self.until and self.taken < self.most

    def old(self, now: datetime) -> bool:
        """Whether it is over for so long that nobody need know of it any more."""
        over = max(self.until, self.decided_at or self.until)
        return self.standing is not Standing.WAITING and now - over >= KEPT

    def used(self) -> "Invitation":
        """With one more who has registered by it."""
        standing = Standing.OPEN if self.poster else Standing.WAITING
        return replace(self, taken=self.taken + 1, standing=standing)

    def decided(self, standing: Standing, by: str, at: datetime, why: str = "") -> "Invitation":
        return replace(self, standing=standing, decided_by=by, decided_at=at, why=why)


@dataclass(frozen=True, slots=True)
class SelfEnrolment:
    """What came in by an invitation; its photos lie apart, by its ``id``. ``subject``: of whom;
    "" by a poster, where ``typed`` (sealed) is the ID and the name that they gave. ``text``,
    ``text_version`` and ``language``: what they agreed to at ``agreed_at``. ``alike``: who has
    this face already, by their subjects. ``life``: a value of PhotoLife, ``doubts`` what speaks
    against it. ``deciding``: since when somebody decides about it."""

    id: str
    invitation: str
    subject: str
    at: datetime
    text: str
    text_version: str
    language: str
    agreed_at: datetime
    typed: str = field(default="", repr=False)
    group: str = ""
    alike: tuple[str, ...] = ()
    life: str = ""
    doubts: tuple[str, ...] = ()
    deciding: datetime | None = None
    version: int = 0

    def over(self, now: datetime) -> bool:
        """Whether nobody has decided in time."""
        return now - self.at >= WAITS
