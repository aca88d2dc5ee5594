"""Kiosks: how one may be called, and everything that the office decides about one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from face_rec.domain import names
from face_rec.domain.kiosks.look import BEHAVIOUR, Look
from face_rec.domain.liveness import Check

NAME: Final = names.SHORT
RULE: Final = names.RULE


class Direction(StrEnum):
    """What a mark at this kiosk means."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


class Transport(StrEnum):
    """Which way a kiosk's live video takes; ``AUTO``: WebRTC, else HTTP."""

    AUTO = "auto"
    WEBRTC = "webrtc"
    HTTP = "http"


class BadgeUse(StrEnum):
    """What a badge before the kiosk's camera does: nothing; it marks; it marks with the PIN of
    whose it is."""

    OFF = "off"
    BADGE = "badge"
    WITH_PIN = "with_pin"


@dataclass(frozen=True, slots=True)
class KioskRecord:
    """All that the office decides about one kiosk, for whatever device or browser it is. ``id``
    is the name that its events carry; ``title`` what people call it, see :attr:`display_name`.

    What a day is judged by holds from a day on, see ``valid_from``, ``earlier`` and
    :mod:`~face_rec.attendance.rules.rule_version`: ``direction``; ``minimum_stay``, the minutes
    that must lie between IN and OUT where the direction is both; ``watched``, whether its outages
    keep people from being called absent; and ``groups``, who uses it (empty: all who have no
    kiosk of their own). :data:`DATED` names these.

    All else holds at once, and in every version alike: ``site``, where it stands;
    ``watched_from``, its first heartbeat; ``pin``, whether people may use their PIN here;
    ``badges``, what the code of a badge does that is held before its camera;
    ``show_marks``, whether today's marks stand beside the picture, with names, times and
    portraits, for everybody who passes by; ``choice``, whether people may say on the screen which
    way they go (:attr:`asks`); ``opens`` and ``closes``, local times between which
    it takes attendance (equal: always); ``transport``, the way of its video (None: as the
    site's setting says); ``sounds``, ``voice``, ``short_names`` and ``show_late``, what its
    screen does (None: as the site's screens do, see :class:`~face_rec.domain.kiosks.look.Look`);
    ``liveness``, what it does about pictures of faces where liveness models are installed;
    ``colours``, whether its screen may show colours to who turns the head there;
    ``language``, what its screen and its voice speak (None: as the site does, see
    :mod:`face_rec.languages.language`), and ``languages``, the codes of those that whoever stands
    before it may choose instead;
    ``camera``, the only one whose pictures it takes, as its device's browser numbers it (a digest
    of that, see ``screen_status``; empty: any), and ``camera_label``, what it calls itself.
    """

    id: str
    site: str = ""
    direction: Direction = Direction.BOTH
    minimum_stay: int = 5
    watched: bool = True
    watched_from: datetime | None = None
    pin: bool = False
    groups: frozenset[str] = frozenset()
    valid_from: date | None = None
    earlier: "tuple[KioskRecord, ...]" = ()
    show_marks: bool = False
    title: str = ""
    opens: time = time(0, 0)
    closes: time = time(0, 0)
    transport: Transport | None = None
    sounds: bool | None = None
    voice: bool | None = None
    short_names: bool | None = None
    show_late: bool | None = None
    choice: bool = False
    liveness: Check = Check.OBSERVE
    colours: bool = False
    language: str | None = None
    camera: str = ""
    camera_label: str = ""
    languages: tuple[str, ...] = ()
    badges: BadgeUse = BadgeUse.OFF

    @property
    def asks(self) -> bool:
        """Whether somebody who was marked is asked for their way: nobody is, where it is known."""
        return self.choice and self.direction is Direction.BOTH

    @property
    def display_name(self) -> str:
        return self.title or self.id

    @property
    def always_open(self) -> bool:
        return self.opens == self.closes

    @property
    def drawn_by(self) -> tuple[str, ...]:
        """What the open page of its device is drawn by and does not ask for again by itself."""
        hours = (self.opens.isoformat(), self.closes.isoformat())
        own = (self.transport or "", self.language or "")
        return (self.display_name, *hours, str(self.pin), *own)

    def look(self, site: Look) -> Look:
        """How its screen is, where the site's screens are as ``site`` says."""
        own = {name: getattr(self, name) for name in BEHAVIOUR}
        return replace(site, **{name: value for name, value in own.items() if value is not None})

    def open_at(self, local: datetime) -> bool:
        """Whether attendance may be taken at a local time; hours may go over midnight."""
        now = local.time().replace(tzinfo=None)
        if self.opens < self.closes:
            return self.opens <= now < self.closes
        return self.always_open or now >= self.opens or now < self.closes


DATED: Final = ("direction", "minimum_stay", "watched", "groups")
"""Fields of a kiosk that a day is judged by: a change of them makes another version."""


def same_rule(one: KioskRecord, other: KioskRecord) -> bool:
    """Whether a day is judged alike by both."""
    return all(getattr(one, name) == getattr(other, name) for name in DATED)


def alike_but_dated(record: KioskRecord, wanted: KioskRecord) -> KioskRecord:
    """``record`` with its versions, each ``wanted``'s in all but what a day is judged by."""

    def alike(one: KioskRecord) -> KioskRecord:
        kept = {name: getattr(one, name) for name in DATED}
        return replace(wanted, valid_from=one.valid_from, earlier=(), **kept)

    return replace(alike(record), earlier=tuple(alike(one) for one in record.earlier))


def used_by(group: str, kiosks: Iterable[KioskRecord]) -> list[KioskRecord]:
    """The kiosks at which people of ``group`` can mark: their own, else those of everybody."""
    known = list(kiosks)
    own = [one for one in known if group in one.groups]
    return own or [one for one in known if not one.groups]


Interval = tuple[int, int]
"""(first, last) heartbeat of a stretch without a gap, UTC seconds."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a kiosk gave no sign of life; UTC seconds."""

    kiosk: str
    start: int
    end: int
