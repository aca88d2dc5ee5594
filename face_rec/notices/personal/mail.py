"""Mail to people themselves, at the address that the office has: what they asked for or were
invited to, never what happened to others."""

from collections.abc import Callable, Mapping
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.notices.delivery import Delivery, Outbox, Queued
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.personal.mail_address import mail_address, shown
from face_rec.notices.personal.mail_server import MailServer
from face_rec.notices.running.composing import Letter, Told
from face_rec.notices.running.texts import Voice

PERSONAL: Final = "personal"
"""Stands in the place of a channel."""

Write = Callable[[str, Person, Voice], tuple[str, str] | None]
"""(what, to whom, in which words): subject and text; None where it is over by now. May raise
StoreUnavailable."""


class PersonalMail:
    """Safe from any thread; all may raise StoreUnavailable. ``server``: by which people are
    written to. ``writers``: by what a letter is for."""

    def __init__(self, server: MailServer, outbox: Outbox, told: Told, clock: Clock) -> None:
        self.server = server
        self._outbox = outbox
        self._told = told
        self._clock = clock
        self._writers: dict[str, Write] = {}

    def written_by(self, writers: Mapping[str, Write]) -> None:
        """Who writes what, before anything is sent."""
        self._writers.update(writers)

    def on(self) -> bool:
        """Whether anybody is written to."""
        channel = self.server.channel()
        return channel is not None and channel.active

    def send(self, purpose: str, what: str, person: Person) -> str:
        """Soon; where to, as much of it as may be shown; "": no address is known, or nobody is
        written to. The same on its way is on its way once."""
        address = mail_of(person)
        if not address or not self.on():
            return ""
        now, rule = self._clock.now(), f"{purpose}:{what}"
        notice = Notice(f"{purpose}-{what}", NoticeKind.LETTER, now, person.subject)
        delivery = Delivery(f"{PERSONAL}:{rule}", PERSONAL, rule, notice)
        self._outbox.sort([], [Queued(delivery, now)], now)
        return shown(address)

    def letter(self, delivery: Delivery) -> Letter | None:
        """None where what it is about is over, or the person gone or deactivated."""
        purpose, _, what = delivery.rule.partition(":")
        write, address = self._writers.get(purpose), self.server.address()
        person = self._told.of([delivery.notice]).get(delivery.notice.subject)
        if write is None or not address or person is None or not person.active:
            return None
        to, said = mail_of(person), write(what, person, self._told.voice_of(person))
        if not to or said is None:
            return None
        return Letter(address, *said, to)


def mail_of(person: Person) -> str:
    """The address at which somebody can be written to; "" without one."""
    return mail_address(person.email)
