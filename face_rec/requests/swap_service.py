"""Swapping shifts: one asks, a colleague agrees, and whoever decides lets the roster change."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from face_rec.access.accounts.deciding import Decider
from face_rec.attendance.attendance_service import AttendanceService, ServiceByZone
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.duty import Duties, Duty
from face_rec.attendance.rules.rules import Rules
from face_rec.clock import Clock
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.groups import Groups
from face_rec.domain.people import Person
from face_rec.domain.site.own_ways import Swapping
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader
from face_rec.requests.asking import check_length, check_often
from face_rec.requests.leave_service import BY_THEMSELVES
from face_rec.requests.request import BY_COLLEAGUE, Offer, OwnRequests, Standing, SwapRequest
from face_rec.requests.request_records import DECIDED, GONE, RequestRecords
from face_rec.requests.request_service import News, Tell, check_note
from face_rec.requests.swap_rules import APART, Pair, check_swap, is_done, swapped, wanted

AHEAD: Final = 35
"""Days ahead of which shifts may be swapped."""
_CLOSED: Final = msgid("People cannot swap shifts here. Ask the office.")
_TWICE: Final = msgid("You have asked about this day already.")
_FAR: Final = msgid("This is too far ahead. Ask later.")
_MADE: Final = "roster"


@dataclass(frozen=True, slots=True)
class Swap:
    """One of them, with both people; ``other`` is None where the colleague is gone."""

    person: Person
    other: Person | None
    request: SwapRequest
    reason: str = ""


class SwapService:
    """Safe from any thread. All raise CorrectionRefused with a reason in words, what changes the
    roster RuleRefused, and all may raise StoreUnavailable. ``mode``: what the site allows now."""

    def __init__(
        self,
        records: RequestRecords,
        people: PeopleReader,
        services: ServiceByZone,
        clock: Clock,
        *,
        tell: Tell,
        mode: Callable[[], Swapping],
    ) -> None:
        self.records = records
        self._people = people
        self._services = services
        self._clock = clock
        self._tell = tell
        self._mode = mode

    def on(self) -> bool:
        return self._mode() is not Swapping.OFF

    # --- by the person

    def colleagues(self, subject: str) -> list[Person]:
        """Of the same group, by name; nobody's where somebody has no group."""
        me = self._person(subject)
        found = [
            one for one in self._people.everybody().people
            if one.group == me.group and one.group and one.active and one.subject != subject
        ]  # fmt: skip
        return sorted(found, key=lambda one: (one.name, one.subject))

    def duties(self, subject: str) -> Iterator[Duty]:
        """Their shifts of the next weeks, today's included."""
        person, today = self._person(subject), self._service.timesheets.today()
        duties = Duties(self._rules, self._service.timesheets.zone)
        found = (duties.of(person, today + timedelta(days=ahead)) for ahead in range(AHEAD))
        return (one for one in found if one.work)

    def ask(
        self, subject: str, other: str, day: date, back: date | None, reason: str
    ) -> SwapRequest:
        """Ask ``other`` to take the shift of ``day``, in exchange for theirs of ``back``."""
        self._check_open()
        check_length(reason)
        now, name = self._clock.now(), secrets.token_hex(8)
        pair = Pair(self._person(subject), self._person(other))
        if subject == other or pair.asks.group != pair.other.group or not pair.asks.group:
            raise CorrectionRefused(APART)
        if max(day, back or day) > self._service.timesheets.today() + timedelta(days=AHEAD):
            raise CorrectionRefused(_FAR)
        duties = Duties(self._rules, self._service.timesheets.zone)
        theirs = duties.of(pair.other, back).shift if back else ""
        made = SwapRequest(
            name, other, day, duties.of(pair.asks, day).shift, back, theirs,
            self.records.sealed(name, reason), now,
        )  # fmt: skip
        self._check(pair, made)

        def add(found: OwnRequests) -> OwnRequests:
            kept = found.kept(now)
            check_often(kept, now)
            if any(one.day == day and one.standing is Standing.ASKED for one in kept.swaps):
                raise CorrectionRefused(_TWICE)
            return replace(kept, swaps=(*kept.swaps, made))

        self.records.add(subject, add)
        offer = Offer(name, subject, day)
        self.records.add(other, lambda of: replace(of, offers=(*of.kept(now).offers, offer)))
        self._leave_nothing(subject, other, name)
        self._tell(News.OFFERED, other, made)
        return made

    def of(self, subject: str) -> list[Swap]:
        """A person's own, newest first."""
        found = self.records.of(subject).kept(self._clock.now())
        return [self._shown(self._person(subject), one) for one in reversed(found.swaps)]

    def take_back(self, subject: str, request_id: str) -> None:
        """Nothing to do for one that is decided. A colleague who had agreed is told."""
        self.records.take_back(subject, lambda found: found.swap(request_id), self._clock.now())
        one = self.records.of(subject).swap(request_id)
        if one is not None and one.standing is Standing.TAKEN_BACK:
            self._unoffer(one)
            self._tell_other(one)

    # --- by the colleague

    def offered(self, subject: str) -> list[Swap]:
        """What colleagues ask of them, and nobody has answered."""
        found = []
        for offer in self.records.of(subject).offers:
            one = self.records.of(offer.subject).swap(offer.id)
            person = self._people.get(offer.subject)
            if person is not None and one is not None and one.open_to(subject):
                found.append(self._shown(person, one))
        return found

    def offer(self, subject: str, request_id: str) -> Swap | None:
        """One of them, while the site lets people swap."""
        found = self.offered(subject) if self.on() else []
        return next((one for one in found if one.request.id == request_id), None)

    def answer(self, subject: str, offered: Swap, *, agreed: bool) -> None:
        """By ``subject`` alone. Where the site lets it, the roster changes at once."""
        self._check_open()
        asker, name, now = offered.person.subject, offered.request.id, self._clock.now()
        pair = Pair(self._person(asker), self._person(subject))
        if agreed:
            self._check(pair, offered.request)

        def change(found: OwnRequests) -> OwnRequests:
            one = found.swap(name)
            if one is None or not one.open_to(subject):
                raise CorrectionRefused(DECIDED)
            if agreed:
                return found.having(replace(one, agreed_at=now))
            declined = replace(one, standing=Standing.DECLINED, by=BY_COLLEAGUE, decided_at=now)
            return found.having(declined)

        made = self.records.change(asker, change).swap(name)
        if made is None:
            raise CorrectionRefused(GONE)
        self._unoffer(made)
        if not agreed:
            self._tell(News.DECIDED, asker, made)
        elif self._mode() is Swapping.AT_ONCE:
            self._approve(asker, name, BY_THEMSELVES, "", Authority(company=True))
        else:
            self._tell(News.ASKED, asker, made)

    def _unoffer(self, made: SwapRequest) -> None:
        """Nobody asks the colleague any more."""
        self.records.change(made.other, lambda found: found.without(made.id))

    # --- by the office

    def waiting(self, within: Groups) -> list[Swap]:
        """All that the colleague has agreed to, of people ``within``, oldest first."""
        now, found = self._clock.now(), self.records.all()
        people = self._people.many([one.id for one in found])
        listed = [
            self._shown(people[of.id], one)
            for of in found
            if of.id in people and within.holds(people[of.id].group)
            for one in of.swaps
            if one.waits(now)
        ]
        return sorted(listed, key=lambda one: one.request.asked_at)

    def look(self, subject: str, request_id: str) -> Swap | None:
        """One of them, however it stands."""
        person, one = self._people.get(subject), self.records.of(subject).swap(request_id)
        return None if person is None or one is None else self._shown(person, one)

    def approve(self, subject: str, request_id: str, by: Decider, note: str) -> None:
        """The roster is changed, by who decides about both. Raises NotAllowed, RuleRefused."""
        author = by.signed(by.check(*self._two(subject, request_id)).group)
        check_length(note)
        self._approve(subject, request_id, author, note, Authority(by.within))

    def decline(self, subject: str, request_id: str, by: Decider, note: str) -> None:
        """Nothing is changed; the person reads the note. Raises NotAllowed."""
        author = by.signed(by.check(*self._two(subject, request_id)).group)
        check_note(note)
        one = self.records.of(subject).swap(request_id)
        if one is not None and one.unfinished and self._done(subject, one):
            self.records.settle(subject, replace(one, made=_MADE))
            raise CorrectionRefused(DECIDED)
        declined = self._decide(subject, request_id, Standing.DECLINED, author, note)
        self._tell(News.DECIDED, subject, declined)
        self._tell_other(declined)

    def _two(self, subject: str, request_id: str) -> tuple[Person | None, Person | None]:
        one = self.records.of(subject).swap(request_id)
        return self._people.get(subject), self._people.get(one.other) if one else None

    def _approve(
        self, subject: str, request_id: str, author: str, note: str, authority: Authority
    ) -> None:
        """Where the roster refuses it waits as before; where only the answer was lost it is
        there, and the request approved."""
        one = self._decide(subject, request_id, Standing.APPROVED, author, note)
        try:
            if not self._done(subject, one):
                self._change(subject, one, authority)
        except Exception:
            made = _MADE if self._done(subject, one) else ""
            self.records.settle_failed(subject, one, made)
            raise
        settled = replace(one, made=_MADE)
        self.records.settle(subject, settled)
        self._tell(News.DECIDED, subject, settled)
        if author != BY_THEMSELVES:  # else the colleague's own answer was the decision
            self._tell_other(settled)

    def _change(self, subject: str, one: SwapRequest, authority: Authority) -> None:
        stored = {week.id: week for week in self._rules.rosters}  # before it is looked at
        self._check(Pair(self._person(subject), self._person(one.other)), one)
        weeks = swapped(stored, wanted(one, subject))
        self._service.rosters.save(weeks, authority=authority, seen=stored)

    def _decide(
        self, subject: str, request_id: str, standing: Standing, author: str, note: str
    ) -> SwapRequest:
        return self.records.decide(
            subject, lambda found: found.swap(request_id), standing, by=author, note=note,
            now=self._clock.now(),
        )  # fmt: skip

    def _done(self, subject: str, one: SwapRequest) -> bool:
        return is_done(self._rules.rosters, wanted(one, subject))

    def _check(self, pair: Pair, one: SwapRequest) -> None:
        now: datetime = self._clock.now()
        check_swap(self._rules, self._service.timesheets.zone, pair, one, now)

    def _check_open(self) -> None:
        if not self.on():
            raise CorrectionRefused(_CLOSED)

    def _tell_other(self, one: SwapRequest) -> None:
        """The colleague, who had agreed, of what became of it."""
        if one.agreed_at is not None and one.standing is not Standing.ASKED:
            self._tell(News.SETTLED, one.other, one)

    def _leave_nothing(self, subject: str, other: str, name: str) -> None:
        """Of whom an erasure, which hides its person first, has taken meanwhile."""
        gone = [one for one in (subject, other) if self._people.get(one) is None]
        if gone:
            for one in (subject, other):
                self.records.withdraw(one, name, erased=one in gone)
            raise CorrectionRefused(GONE)

    def _shown(self, person: Person, one: SwapRequest) -> Swap:
        reason = self.records.text(one.id, one.reason)
        return Swap(person, self._people.get(one.other), one, reason)

    @property
    def _service(self) -> AttendanceService:
        return self._services.current()

    @property
    def _rules(self) -> Rules:
        return self._service.timesheets.rules()

    def _person(self, subject: str) -> Person:
        person = self._people.get(subject)
        if person is None:
            raise CorrectionRefused(GONE)
        return person
