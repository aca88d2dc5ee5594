"""Mail to people themselves, at the address that the office has: what they asked for or were
invited to, never what happened to others."""

from collections.abc import Callable, Mapping
from typing import Final

from apprise.utils.parse import is_email

from face_rec.clock import Clock
from face_rec.domain.errors import NoticeRefused
from face_rec.domain.people import Person
from face_rec.notices.channel import Channel
from face_rec.notices.channels import Channels
from face_rec.notices.delivery import Delivery, Outbox, Queued
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.running.composing import Letter, Told
from face_rec.notices.running.texts import Voice

PERSONAL: Final = "personal"
"""Stands in the place of a channel."""

Write = Callable[[str, Person, Voice], tuple[str, str] | None]
"""(what, to whom, in which words): subject and text; None where it is over by now. May raise
StoreUnavailable."""


class PersonalMail:
    """Safe from any thread; all may raise StoreUnavailable. ``chosen``: the channel by whose mail
    server people are written to; empty: nobody is. ``choose`` decides that. ``writers``: by what
    a letter is for."""

    def __init__(
        self,
        channels: Channels,
        outbox: Outbox,
        told: Told,
        clock: Clock,
        *,
        chosen: Callable[[], str],
        choose: Callable[[str], None],
    ) -> None:
        self._channels = channels
        self._outbox = outbox
        self._told = told
        self._clock = clock
        self._chosen = chosen
        self._choose = choose
        self._writers: dict[str, Write] = {}

    def written_by(self, writers: Mapping[str, Write]) -> None:
        """Who writes what, before anything is sent."""
        self._writers.update(writers)

    # --- whether anybody is written to

    def server(self) -> Channel | None:
        """Whose mail server is used; None: nobody is written to."""
        name = self._chosen()
        return self._channels.get(name) if name else None

    def on(self) -> bool:
        server = self.server()
        return server is not None and server.active

    def address(self) -> str:
        """Of the server, with its password; "" where nobody is written to, or not now."""
        server = self.server()
        return self._channels.target(server).address if server and server.active else ""

    def offered(self) -> list[Channel]:
        """The channels of mail."""
        return self._channels.of_mail()

    def switch(self, channel_id: str) -> None:
        """By this channel, or, "", off. Raises ProofNeeded, NoticeRefused."""
        self._channels.demand()
        if channel_id and channel_id not in {one.id for one in self.offered()}:
            raise NoticeRefused("Choose a channel of mail: people are written to in no other way.")
        self._choose(channel_id)

    # --- one letter

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
        write, server = self._writers.get(purpose), self.server()
        person = self._told.of([delivery.notice]).get(delivery.notice.subject)
        if write is None or server is None or person is None or not person.active:
            return None
        to, said = mail_of(person), write(what, person, self._told.voice(""))
        if not to or said is None:
            return None
        return Letter(self._channels.target(server).address, *said, to)


def mail_of(person: Person) -> str:
    """The address at which somebody can be written to; "" without one."""
    given = person.email.strip()
    known = None if len(given.split()) != 1 else is_email(given)  # type: ignore[no-untyped-call]
    return str(known["full_email"]) if known else ""


def shown(mail: str) -> str:
    """As much as one needs to know it again: ``a…@example.org``."""
    name, _, host = mail.rpartition("@")
    return f"{name[:1]}…@{host}"
