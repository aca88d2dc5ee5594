"""Asking for a correction, and deciding about it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from face_rec.access.accounts.deciding import Decider
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.clock import Clock
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.free_text import free_text
from face_rec.domain.groups import Groups
from face_rec.domain.marks import EventKind
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader
from face_rec.requests.asking import check, check_length, check_wish, near
from face_rec.requests.request import Decided, OwnRequest, OwnRequests, Standing, Wish
from face_rec.requests.request_records import GONE, RequestRecords


class News(StrEnum):
    """What has become of a request that somebody may want to know."""

    ASKED = "asked"
    DECIDED = "decided"
    OFFERED = "offered"
    """For the colleague who is asked to swap shifts."""
    SETTLED = "settled"
    """What became of a swap, for the colleague who had agreed to it."""


Tell = Callable[[News, str, Decided], None]
"""(news, subject, request): tells those who want to know. Must not raise."""
ASKED_FOR: Final = "Asked for by the person themselves"
"""Begins the reason of a correction: what the person wrote stays with the request, which an
erasure reaches, and never in the chain of marks."""


def asked_for(note: str) -> str:
    """The reason that stands with what came of a request."""
    return ": ".join(part for part in (ASKED_FOR, free_text(note)) if part)


def check_note(note: str) -> None:
    """Raises CorrectionRefused for a note with which nothing is declined or undone."""
    if not free_text(note):
        raise CorrectionRefused(msgid("Say why: the person reads it."))
    check_length(note)


_OTHER: Final = msgid(
    "Marks of this time were changed since the person asked. Look at the whole day; then "
    "correct it there, or decline with a note."
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that somebody has to decide about, with its reason in clear."""

    person: Person
    request: OwnRequest
    reason: str


class RequestService:
    """Safe from any thread. All raise CorrectionRefused with a reason in words, and may raise
    StoreUnavailable."""

    def __init__(
        self,
        records: RequestRecords,
        people: PeopleReader,
        services: ServiceByZone,
        clock: Clock,
        tell: Tell,
    ) -> None:
        self.records = records
        self._people = people
        self._services = services
        self._clock = clock
        self._tell = tell

    # --- by the person

    def ask(self, subject: str, wish: Wish, reason: str) -> OwnRequest:
        """Ask for ``wish``. Whoever is erased meanwhile leaves nothing behind."""
        now, name = self._clock.now(), secrets.token_hex(8)
        check_wish(wish, reason, now)
        marks = [one.event.at for one in self._marks(subject, wish.at)]
        if wish.event:
            wish = self._about(subject, wish)

        def add(found: OwnRequests) -> OwnRequests:
            check(wish, now, found, marks)
            made = OwnRequest(name, wish, self.records.sealed(name, reason), now)
            return replace(found.kept(now), requests=(*found.kept(now).requests, made))

        made = self.records.add(subject, add).get(name)
        person = self._people.get(subject)
        if person is None or not person.active:
            self.records.withdraw(subject, name, erased=person is None)
        if made is None or person is None or not person.active:
            raise CorrectionRefused(GONE)
        self._tell(News.ASKED, subject, made)
        return made

    def take_back(self, subject: str, request_id: str) -> None:
        """Nothing to do for one that is decided."""
        self.records.take_back(subject, lambda found: found.get(request_id), self._clock.now())

    def reads_in(self, subject: str, language: str) -> None:
        """In which language they read their page; what they are written is in it, too. "": the
        site's."""
        if self.records.of(subject).language == language:
            return
        self.records.add(subject, lambda found: replace(found, language=language))
        if self._people.get(subject) is None:  # an erasure, which hides its person first
            self.records.forget(subject)

    def of(self, subject: str) -> list[OwnRequest]:
        """A person's own, newest first."""
        return list(reversed(self.records.of(subject).kept(self._clock.now()).requests))

    # --- by the office

    def waiting(self, within: Groups) -> list[Waiting]:
        """All that wait of people ``within``, oldest first."""
        now, found = self._clock.now(), self.records.all()
        people = self._people.many([one.id for one in found])
        listed = [
            Waiting(people[of.id], one, self.records.text(one.id, one.reason))
            for of in found
            if of.id in people and within.holds(people[of.id].group)
            for one in of.requests
            if one.waits(now)
        ]
        return sorted(listed, key=lambda one: one.request.asked_at)

    def approve(self, subject: str, request_id: str, by: Decider, note: str) -> None:
        """What is asked for becomes a correction, by who decides. Raises NotAllowed."""
        author = by.signed(by.check(self._people.get(subject)).group)
        check_length(note)
        one = self._decided(subject, request_id, Standing.APPROVED, author, note)
        try:
            made = self._corrected(subject, one.wish, author, note, by.within)
        except Exception:
            self.records.settle_failed(subject, one, self._done(subject, one.wish))
            raise
        self.records.settle(subject, replace(one, made=made))
        self._tell(News.DECIDED, subject, one)

    def decline(self, subject: str, request_id: str, by: Decider, note: str) -> None:
        """Nothing is changed; the person reads the note. Raises NotAllowed."""
        author = by.signed(by.check(self._people.get(subject)).group)
        check_note(note)
        self._refuse_done(subject, request_id)
        one = self._decided(subject, request_id, Standing.DECLINED, author, note)
        self._tell(News.DECIDED, subject, one)

    def _refuse_done(self, subject: str, request_id: str) -> None:
        """One whose approval was cut off after the mark was written is approved."""
        one = self.records.of(subject).get(request_id)
        made = self._done(subject, one.wish) if one is not None and one.unfinished else ""
        if one is not None and made:
            self.records.settle(subject, replace(one, made=made))
            raise CorrectionRefused(
                msgid("This was approved, and the mark is corrected. Reload the page.")
            )

    def _decided(
        self, subject: str, request_id: str, standing: Standing, author: str, note: str
    ) -> OwnRequest:
        """The request, which nobody else decides any more."""
        now = self._clock.now()
        return self.records.decide(
            subject, lambda found: found.get(request_id), standing, by=author, note=note, now=now
        )

    def _corrected(self, subject: str, wish: Wish, author: str, note: str, within: Groups) -> str:
        """The id of the correction; of a mark that is there by now its own."""
        done = self._done(subject, wish)
        if done:
            return done
        corrections = self._services.current().corrections
        reason = asked_for(note)
        found = self._marks(subject, wish.at)
        if not wish.event:
            if near(wish.at, (one.event.at for one in found)):
                raise CorrectionRefused(_OTHER)
            return corrections.add(subject, wish.at, wish.kind, author, reason, within=within).id
        (mark,) = (one for one in found if one.event.id == wish.event)
        if mark.kind is not wish.kind:
            raise CorrectionRefused(_OTHER)
        return corrections.correct(EventKind.VOID, mark.event, author, reason, within=within).id

    def _done(self, subject: str, wish: Wish) -> str:
        """The id of the mark that is as is asked for already; "" where it is not."""
        found = self._marks(subject, wish.at)
        if wish.event:
            return "" if any(one.event.id == wish.event for one in found) else wish.event
        same = (one.event for one in found if one.kind is wish.kind)
        return next((event.id for event in same if near(wish.at, [event.at])), "")

    def _marks(self, subject: str, at: datetime) -> list[Entry]:
        """Those of one person that count, near ``at``."""
        timesheets = self._services.current().timesheets
        day: date = at.astimezone(timesheets.zone).date()
        return [one for one in timesheets.marks(day, day) if one.event.subject == subject]

    def _about(self, subject: str, wish: Wish) -> Wish:
        """The mark that the wish names, as it stands: nobody names somebody else's."""
        found = self._marks(subject, wish.at)
        mark = next((one for one in found if one.event.id == wish.event), None)
        if mark is None:
            raise CorrectionRefused(
                msgid("This mark does not count, or is not yours. Reload the page.")
            )
        return Wish(mark.event.at.astimezone(UTC), mark.kind, mark.event.id)
