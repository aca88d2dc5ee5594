"""What becomes of a badge that is held before a kiosk's camera: whose it is, whether they may be
marked by it there, and what is said where they may not."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from face_rec.access.devices.badges import REFUSED, Badges
from face_rec.access.devices.pins import Pins
from face_rec.domain.errors import (
    BadgesLocked,
    PinsLocked,
    SignInRefused,
    StoreUnavailable,
    TryLater,
)
from face_rec.domain.people import Person
from face_rec.kiosks.badge_windows import Answer, BadgeWindows, Window
from face_rec.kiosks.kiosk import BadgeUse
from face_rec.protocols.people_store import PeopleReader

log = logging.getLogger(__name__)

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Met:
    """What a kiosk says to a visitor whose badge it read, and by what ``name``."""

    answer: Answer
    name: str = ""


Meet = Callable[[str, str], Met | None]
"""(holder of a badge, kiosk): checks a visitor in or out; None where it is none. May raise
StoreUnavailable."""


def _no_visitor(_holder: str, _kiosk: str) -> Met | None:
    return None


class _Void(SignInRefused):
    """The badge, or whose it is, counts here no more."""

    def __init__(self) -> None:
        super().__init__(REFUSED)


class BadgeCheck:
    """Safe from any thread. Names whom to mark; marking is for whoever asks."""

    def __init__(
        self,
        windows: BadgeWindows,
        badges: Badges,
        pins: Pins,
        people: PeopleReader,
        *,
        use: Callable[[str], BadgeUse],
        away: Callable[[], bool],
    ) -> None:
        """``use``: what a badge does at a kiosk at this moment, OFF outside its hours, too; from
        memory. ``away``: whether the database does not answer."""
        self.windows = windows
        self._badges = badges
        self._pins = pins
        self._people = people
        self._use = use
        self._away = away
        self._meet: Meet = _no_visitor

    def visitors_by(self, meet: Meet) -> None:
        """Who lets visitors in, before anything is shown."""
        self._meet = meet

    def offered(self, kiosk: str) -> bool:
        """Whether the kiosk has a button for badges; it waits for nothing."""
        return self._use(kiosk) is not BadgeUse.OFF and not self._away()

    def ask(self, kiosk: str, screen: str) -> None:
        """Look for one from now on, where that is offered."""
        if self.offered(kiosk):
            self.windows.ask(kiosk, screen)

    def looks(self, kiosk: str) -> bool:
        """Whether pictures of the kiosk are to be searched for a code."""
        return self.windows.looks(kiosk)

    def present(self, kiosk: str, text: str) -> str | None:
        """A code was read: the subject to be marked now. None: nobody, yet or at all, which the
        kiosk says. What was read by another picture a moment ago is not looked up again."""
        window = self.windows.take(kiosk)
        if window is None:
            return None
        use = self._use(kiosk)
        holder = self._said(kiosk, window, lambda: self._holder(kiosk, text, use))
        if holder is None or self._visits(kiosk, window, holder):
            return None
        person = self._said(kiosk, window, lambda: self._here(holder))
        if person is None:
            return None
        if use is BadgeUse.WITH_PIN:
            self.windows.ask_pin(kiosk, window.screen, person.subject, person.name)
            return None
        return person.subject

    def give_pin(self, kiosk: str, screen: str, pin: str) -> str | None:
        """The PIN of whose badge was read on this screen: the subject to be marked now. Counted
        as any PIN at a kiosk is."""
        window = self.windows.take_pin(kiosk, screen)
        if window is None:
            return None
        person = self._said(kiosk, window, lambda: self._checked(kiosk, window, pin))
        return person.subject if person else None

    def marked(self, kiosk: str) -> None:
        """They were, and are greeted."""
        self.windows.end(kiosk)

    def not_saved(self, kiosk: str, screen: str = "") -> None:
        """The journal could not keep the mark."""
        self.windows.say(kiosk, screen, Answer.NOT_SAVED)

    def _holder(self, kiosk: str, text: str, use: BadgeUse) -> str:
        if use is BadgeUse.OFF:  # switched off, or closed, while somebody looked for the badge
            raise _Void
        return self._badges.holder(kiosk, text)

    def _visits(self, kiosk: str, window: Window, holder: str) -> bool:
        """Whether there is nobody (more) to be marked: visitors never are, and have no PIN."""
        met = self._said(kiosk, window, lambda: (self._meet(holder, kiosk),))
        if met is None:
            return True
        (visitor,) = met
        if visitor is not None:
            self.windows.say(kiosk, window.screen, visitor.answer, name=visitor.name)
        return visitor is not None

    def _here(self, subject: str) -> Person:
        person = self._people.get(subject)
        if person is None or not person.active:
            raise _Void
        return person

    def _checked(self, kiosk: str, window: Window, pin: str) -> Person:
        if self._use(kiosk) is not BadgeUse.WITH_PIN:
            raise _Void
        person = self._here(window.subject)
        if self._badges.of(person.subject) is None:  # withdrawn since it was read
            raise _Void
        return self._pins.verify(kiosk, person.id, person, pin)

    def _said(self, kiosk: str, window: Window, work: Callable[[], Found]) -> Found | None:
        """What ``work`` comes to; whatever refuses is said on the screen."""
        try:
            return work()
        except StoreUnavailable:
            answer, count = Answer.AWAY, 0
        except BadgesLocked as error:
            answer, count = Answer.LOCKED, error.minutes
        except PinsLocked as error:
            answer, count = Answer.PINS_LOCKED, error.minutes
        except TryLater:
            answer, count = Answer.BUSY, 0
        except _Void:
            answer, count = Answer.VOID, 0
        except SignInRefused:  # of the code, or of the PIN of whose it is
            answer, count = Answer.WRONG_PIN if window.subject else Answer.VOID, 0
        log.info("badge_refused kiosk=%s answer=%s", kiosk, answer)
        self.windows.say(kiosk, window.screen, answer, count)
        return None
