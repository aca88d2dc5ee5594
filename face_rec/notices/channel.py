"""A way out: where notices are sent, and what is sent there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from face_rec.domain.groups import ALL_GROUPS, Groups
from face_rec.notices.notice import About, Notice

DAY_MINUTES: Final = 24 * 60
REPORTS: Final = "reports"
"""Stands in the place of a channel for reports by mail."""


class ChannelKind(StrEnum):
    """How a channel speaks."""

    WEBHOOK = "webhook"  # Standard Webhooks, to a program
    MESSAGE = "message"  # mail, chat, phone: an Apprise address, to people


@dataclass(frozen=True, slots=True)
class Channel:
    """``sealed``: address and secrets, which nobody is shown again (see :class:`Target`);
    ``shown``: of them what may be: the host, or the service. ``why_off``: why it was switched
    off, where nobody did it."""

    id: str
    title: str
    kind: ChannelKind
    sealed: str = field(repr=False)
    shown: str
    created_by: str
    created_at: datetime
    active: bool = True
    why_off: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """What a channel keeps secret. ``secrets`` sign a webhook, the newest first; a receiver that
    knows any of them accepts it, so that they can be exchanged without a gap."""

    address: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """Whom a rule tells next: by these channels, ``after`` so many minutes in which nobody has
    acknowledged what the step before has told."""

    after: int
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """How a rule's messages of one kind read; with placeholders in braces (see
    :mod:`face_rec.notices.templates`)."""

    kind: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """Which notices go out by which channels.

    ``kinds``: values of NoticeKind; one that a later version has added is kept, and does nothing.
    ``groups`` narrow notices about people, ``kiosks`` (none: all) those that came from one.
    ``only_from`` to ``only_until`` in the site's time: nothing is told of what happens at another;
    equal: of every time. ``quiet_from`` to ``quiet_until``, too: they wait until that is over;
    equal: never. ``cooldown``: minutes in which the same is not told of the same person or kiosk
    again. ``digest``: minutes of which all notices go out as one message, by the clock; 0: each by
    itself. Webhooks, which programs read, are neither kept waiting nor collected. ``steps``: who
    is told as long as nobody acknowledges; with any, what is told waits for that.
    ``wordings``: texts of its own; ``language``: of its messages; empty: the site's.
    """

    id: str
    title: str
    kinds: frozenset[str]
    channels: frozenset[str]
    groups: Groups = ALL_GROUPS
    kiosks: frozenset[str] = frozenset()
    quiet_from: time = time(0)
    quiet_until: time = time(0)
    cooldown: int = 0
    digest: int = 0
    active: bool = True
    version: int = 0
    steps: tuple[Step, ...] = ()
    wordings: tuple[Wording, ...] = ()
    language: str = ""
    only_from: time = time(0)
    only_until: time = time(0)

    def wants(self, notice: Notice, group: str | None, zone: tzinfo) -> bool:
        """``group``: of the person; None where there is none (any more). ``zone``: the site's."""
        if not self.active or not self.kinds & {notice.kind.value, notice.kind.within}:
            return False
        if self.kiosks and notice.kiosk not in self.kiosks:
            return False
        at = notice.at.astimezone(zone).time()
        if self.timed and not _between(self.only_from, at, self.only_until):
            return False
        return notice.kind.about is not About.PERSON or self.groups.holds(group)

    @property
    def timed(self) -> bool:
        """Whether something is told at some times of the day only."""
        return self.only_from != self.only_until

    def due(self, now: datetime, zone: tzinfo) -> datetime:
        """When a notice that comes ``now`` (aware) goes out to people."""
        return self.after_quiet(_end_of_batch(self, now), zone)

    def after_quiet(self, moment: datetime, zone: tzinfo) -> datetime:
        """``moment``, or the end of the quiet hours that it lies in."""
        return _after_quiet(self, moment, zone)

    def wording(self, kind: str) -> Wording | None:
        """Its own text for this kind, if it has one."""
        return next((one for one in self.wordings if one.kind == kind), None)


def _end_of_batch(rule: NoticeRule, now: datetime) -> datetime:
    """All notices of a batch are due at the same moment, which is what makes them one message."""
    if not rule.digest:
        return now
    seconds = rule.digest * 60
    return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)


def _after_quiet(rule: NoticeRule, moment: datetime, zone: tzinfo) -> datetime:
    local = moment.astimezone(zone)
    begin, end, at = rule.quiet_from, rule.quiet_until, local.time()
    if not _between(begin, at, end):
        return moment
    day = local.date() + timedelta(days=1 if at >= end else 0)
    return datetime.combine(day, end, zone).astimezone(UTC)


def _between(begin: time, at: time, end: time) -> bool:
    """Within a span of the day, which may go over midnight."""
    return begin <= at < end if begin <= end else at >= begin or at < end
