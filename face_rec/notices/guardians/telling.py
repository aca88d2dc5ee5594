"""Which marks a guardian is told of, and the mail about each."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.marks import Way
from face_rec.domain.people import Person
from face_rec.notices.delivery import Delivery, Queued
from face_rec.notices.guardians import guardian_letters
from face_rec.notices.guardians.guardian import Guardian, State
from face_rec.notices.guardians.guardian_service import GUARDIANS, GuardianService, named
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.running import texts
from face_rec.notices.running.composing import Letter, Told
from face_rec.notices.running.links import GUARDIAN, Links, Said

ASK: Final = "ask"
STOP: Final = "stop"
"""What a guardian's link is for."""
_ASKED_FOR: Final = timedelta(days=14)
_TOLD_FOR: Final = timedelta(hours=12)
"""After a mark: what a kiosk kept for longer is no news."""
_ONCE_IN: Final = timedelta(minutes=10)
"""The same way of the same person."""


class GuardianTelling:
    """Safe from any thread; may raise StoreUnavailable. ``way``: which way a mark counts, as the
    day is read now; ANY: none, or nobody can say."""

    def __init__(
        self,
        service: GuardianService,
        told: Told,
        links: Links,
        clock: Clock,
        *,
        way: Callable[[Notice], Way],
    ) -> None:
        self._service = service
        self._told = told
        self._links = links
        self._clock = clock
        self._way = way

    def queue(self, notice: Notice, person: Person | None) -> Iterable[Queued]:
        """The deliveries of one notice. Quiet hours are of rules, and hold nothing back here."""
        now = self._clock.now()
        if notice.kind is not NoticeKind.MARK or person is None or now - notice.at > _TOLD_FOR:
            return
        if not self._service.on():
            return
        known = [o for o in self._service.records.of(person.subject).guardians if o.state is _TOLD]
        way = self._way(notice) if known else Way.ANY
        for one in known:
            if one.told_of(way):
                yield self._queued(notice, person, one, way)

    def _queued(self, notice: Notice, person: Person, one: Guardian, way: Way) -> Queued:
        now = self._clock.now()
        name = f"{GUARDIANS}:{one.id}:{notice.id}{_CAME if way is Way.IN else ''}"
        delivery = Delivery(name, GUARDIANS, named(person.subject, one), notice)
        return Queued(delivery, now, f"{GUARDIANS}|{one.id}|{way.value}", now + _ONCE_IN)

    # --- the mail

    def letter(self, delivery: Delivery) -> Letter | None:
        """None where they have stopped it, were removed, or the person was erased."""
        address, (subject, _, name) = self._service.server.address(), delivery.rule.partition(":")
        one = self._service.records.of(subject).get(name)
        person = self._told.of([delivery.notice]).get(subject)
        if not address or one is None or person is None:
            return None
        if delivery.notice.kind is NoticeKind.GUARDIAN:
            return self._asked(one, address) if one.state is State.ASKED else None
        return self._happened(one, address, delivery, person) if one.state is _TOLD else None

    def _asked(self, one: Guardian, address: str) -> Letter:
        voice = self._told.voice(one.language)
        link = self._links.to(GUARDIAN, Said(one.id, ASK), one.asked_at + _ASKED_FOR)
        subject, text = guardian_letters.asked(voice.words, voice.site, link)
        return Letter(address, subject, text, self._service.records.address(one))

    def _happened(self, one: Guardian, address: str, delivery: Delivery, person: Person) -> Letter:
        voice, notice = self._told.voice(one.language), delivery.notice
        said = guardian_letters.told(
            voice.words, person.name, texts.clock_time(notice.at, voice),
            inwards=delivery.id.endswith(_CAME),
        )  # fmt: skip
        link = self._links.to(GUARDIAN, Said(one.id, STOP), None)
        day = texts.values_of(notice, person, voice)["date"]
        text = guardian_letters.body(voice.words, said, day, link)
        headers = {
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        return Letter(
            address, f"{voice.site}: {said}", text, self._service.records.address(one), headers
        )


_TOLD: Final = State.AGREED
_CAME: Final = ":in"
"""At the end of a delivery's id: which way somebody went was read when it began."""
