"""A session: one browser that is signed in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """``epoch`` is the account's at sign-in: when that moves on, the session is over."""

    account: str
    epoch: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """What a browser gets that has just signed in: the session's secret, and the text that
    makes it known to ``account`` (empty: none)."""

    secret: str = field(repr=False)
    account: str
    known: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A session ends after ``idle`` without use, and after ``longest`` whatever happens."""

    idle: timedelta = timedelta(hours=1)
    longest: timedelta = timedelta(hours=12)

    def left(self, session: Session, now: datetime) -> float:
        """Seconds until the session ends if it is used no more; 0 or less: it is over."""
        until_longest = session.started_at + self.longest - now
        return min(self.idle, until_longest).total_seconds()
