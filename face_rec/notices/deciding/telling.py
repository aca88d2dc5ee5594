"""Who is written to about a request, and the mail to each of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from face_rec.access.accounts.deciding import Deciders
from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.notices.deciding import decision_letters
from face_rec.notices.delivery import Delivery, Queued
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.personal.mail import PersonalMail, mail_of
from face_rec.notices.personal.mail_address import mail_address
from face_rec.notices.running import texts
from face_rec.notices.running.composing import Letter, Told
from face_rec.notices.running.links import DECIDE, Links, Said

REQUESTS: Final = "requests"
"""Stands in the place of a channel."""
_ASKED: Final = frozenset(
    {NoticeKind.REQUEST, NoticeKind.LEAVE, NoticeKind.SWAP, NoticeKind.WAITS}
)
_BECAME: Final = {
    NoticeKind.DECIDED: decision_letters.decided,
    NoticeKind.SETTLED: decision_letters.settled,
}
_GOOD_FOR: Final = timedelta(days=14)
_OLD: Final = timedelta(days=3)
_TO_PEOPLE: Final = frozenset({*_BECAME, NoticeKind.OFFERED})


@dataclass(frozen=True, slots=True)
class AskedFor:
    """How a request stands: whether it still ``waits``, and whom it is about ``beside`` the one
    who asks: the colleague of a swap."""

    waits: bool
    beside: Person | None


class DecidingTelling:
    """Safe from any thread; may raise StoreUnavailable. ``asked``: how the request of this id
    stands, by one look at all that there are; ``offered``: what it asks a colleague, by subject,
    while nobody has answered it. An account is written to where its name is a mail address."""

    def __init__(
        self,
        mail: PersonalMail,
        deciders: Deciders,
        told: Told,
        links: Links,
        clock: Clock,
        *,
        asked: Callable[[str], AskedFor],
        offered: Callable[[str, str], decision_letters.Offered | None],
        page: str,
    ) -> None:
        """``page``: the address of My attendance."""
        self._mail = mail
        self._deciders = deciders
        self._told = told
        self._links = links
        self._clock = clock
        self._how = asked
        self._offered = offered
        self._page = page

    def queue(self, notice: Notice, person: Person | None) -> Iterable[Queued]:
        """The deliveries of one notice."""
        now = self._clock.now()
        if person is None or now - notice.at > _OLD or not self._mail.on():
            return
        if notice.kind in _ASKED:
            for one in self._deciders.about(person, self._how(request_of(notice)).beside):
                if mail_address(one.account):
                    yield _queued(notice, one.account, now)
        elif notice.kind in _TO_PEOPLE and mail_of(person):
            yield _queued(notice, "", now)

    # --- the mail

    def letter(self, delivery: Delivery) -> Letter | None:
        """None where it was decided, or nobody may be told (any more)."""
        address, notice = self._mail.server.address(), delivery.notice
        person = self._told.of([notice]).get(notice.subject)
        if not address or person is None:
            return None
        if notice.kind in _TO_PEOPLE:
            return self._to_person(address, notice, person)
        return self._asked(address, notice, person, delivery.rule)

    def _asked(self, address: str, notice: Notice, person: Person, account: str) -> Letter | None:
        """To whoever may decide at this moment."""
        decider, epoch = self._deciders.named(account), self._deciders.epoch(account)
        if decider is None or epoch is None:
            return None
        request = request_of(notice)
        how = self._how(request)
        if not how.waits or not decider.may_decide(person, how.beside):
            return None
        voice = self._told.voice("")
        subject, said = texts.letter([notice], {person.subject: person}, voice)
        link = self._links.to(DECIDE, Said(request, f"{epoch}:{account}"), notice.at + _GOOD_FOR)
        return Letter(address, subject, decision_letters.asked(voice.words, said, link), account)

    def _to_person(self, address: str, notice: Notice, person: Person) -> Letter | None:
        """In the language in which they read their page."""
        voice = self._told.voice_of(person)
        said, text = self._said(notice, person, voice)
        if not text or not mail_of(person):
            return None
        return Letter(address, f"{voice.site}: {said}", text, mail_of(person))

    def _said(self, notice: Notice, person: Person, voice: texts.Voice) -> tuple[str, str]:
        """In short and in full; "" where it is over."""
        if notice.kind in _BECAME:
            day = texts.values_of(notice, person, voice)["date"]
            what = str(notice.facts.get("what", ""))
            return _BECAME[notice.kind](voice.words, what, day, self._page)
        one = self._offered(request_of(notice), person.subject) if person.active else None
        return decision_letters.offered(voice.words, one, self._page) if one else ("", "")


def request_of(notice: Notice) -> str:
    """The id of the request that a notice is about."""
    return notice.id.split("-")[1]


def _queued(notice: Notice, account: str, now: datetime) -> Queued:
    name = f"{REQUESTS}:{account or 'person'}:{notice.id}"
    return Queued(Delivery(name, REQUESTS, account, notice), now)
