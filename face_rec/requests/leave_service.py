"""Asking for leave, and deciding about it. What is approved is a leave of the calendar."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from face_rec.access.accounts.deciding import Decider
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.leave.balance import Balance, Balances, Span
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.leave_type import LeaveType
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.timesheets import Timesheets
from face_rec.clock import Clock
from face_rec.domain.errors import CorrectionRefused, RuleRefused
from face_rec.domain.groups import Groups
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader
from face_rec.requests.asking import check_length, check_often
from face_rec.requests.leave_checks import OVERLAPS, LeaveChecks, Weighed, leave_type
from face_rec.requests.leave_entries import LeaveEntries
from face_rec.requests.request import LeaveRequest, OwnRequests, Standing
from face_rec.requests.request_records import DECIDED, GONE
from face_rec.requests.request_service import News, Tell, check_note

BY_THEMSELVES: Final = "the person themselves"
"""Has entered leave that needs no approval."""


@dataclass(frozen=True, slots=True)
class WaitingLeave:
    """Leave that somebody has to decide about, with its reason in clear, and how their days of
    this type stand, in each year that it touches."""

    person: Person
    request: LeaveRequest
    reason: str
    balances: tuple[Balance, ...]


class LeaveService:
    """Safe from any thread. All raise CorrectionRefused with a reason in words, and may raise
    StoreUnavailable."""

    def __init__(
        self,
        people: PeopleReader,
        services: ServiceByZone,
        clock: Clock,
        tell: Tell,
        entries: LeaveEntries,
    ) -> None:
        self.records = entries.records
        self._people = people
        self._services = services
        self._clock = clock
        self._tell = tell
        self._entries = entries

    # --- by the person

    def types(self) -> list[LeaveType]:
        """Those that people may ask for, by name."""
        found = (one for one in self._rules().leave_types if one.asked)
        return sorted(found, key=lambda one: one.name.casefold())

    def weigh(self, subject: str, type_id: str, span: Span) -> Weighed:
        """What asking for it would take, and leave; raises for what cannot be asked for."""
        return self._checks(self._person(subject), self.records.of(subject)).weighed(type_id, span)

    def ask(self, subject: str, type_id: str, span: Span, reason: str) -> LeaveRequest:
        """Ask for leave; of a type that needs no approval it is entered at once."""
        check_length(reason)
        now, name = self._clock.now(), secrets.token_hex(8)

        def add(found: OwnRequests) -> OwnRequests:
            kept = found.kept(now)
            check_often(kept, now)
            days = self._checks(self._person(subject), kept).weighed(type_id, span).days
            of_type = leave_type(self._rules(), type_id)
            kind = of_type.name if of_type else type_id
            made = LeaveRequest(
                name, type_id, kind, span.first, span.last, span.half, days,
                self.records.sealed(name, reason), now,
            )  # fmt: skip
            return replace(kept, leaves=(*kept.leaves, made))

        made = self.records.add(subject, add).leave(name)
        person = self._people.get(subject)
        if person is None or not person.active:
            self.records.withdraw(subject, name, erased=person is None)
        if made is None or person is None or not person.active:
            raise CorrectionRefused(GONE)
        return self._begun(subject, made)

    def _begun(self, subject: str, made: LeaveRequest) -> LeaveRequest:
        of_type = leave_type(self._rules(), made.type)
        if of_type is None or of_type.approval:
            self._tell(News.ASKED, subject, made)
            return made
        try:
            return self._entries.approve(
                subject, made.id, BY_THEMSELVES, "", Authority(company=True)
            )
        except RuleRefused:
            self.records.withdraw(subject, made.id, erased=False)
            raise CorrectionRefused(OVERLAPS) from None

    def take_back(self, subject: str, request_id: str) -> None:
        """One that waits, or approved leave that has not begun: its entry goes. Nothing to do for
        any other."""
        one = self.records.of(subject).leave(request_id)
        if one is None:
            return
        if one.standing is Standing.APPROVED and one.made:
            if one.first <= self._timesheets.today():
                raise CorrectionRefused(msgid("This leave has begun. Ask the office."))
            self._entries.undo(subject, one, "", "", Authority(company=True))
            return
        self.records.take_back(subject, lambda found: found.leave(request_id), self._clock.now())

    def of(self, subject: str) -> list[LeaveRequest]:
        """A person's own, newest first."""
        return list(reversed(self.records.of(subject).kept(self._clock.now()).leaves))

    def entered(self, subject: str) -> dict[str, Leave]:
        """Their leave as it stands in the calendar, by its id."""
        return {one.id: one for one in self._rules().leaves if one.subject == subject}

    def balances(self, subject: str, year: int) -> list[Balance]:
        """Of each type that is counted, with what waits."""
        checks = self._checks(self._person(subject), self.records.of(subject))
        found = Balances(checks.rules, checks.zone)
        counted = [one.type for one in found.all(checks.person, year)]
        return [checks.balance(found, one, year) for one in counted]

    # --- by the office

    def waiting(self, within: Groups) -> list[WaitingLeave]:
        """All that wait of people ``within``, oldest first."""
        now = self._clock.now()
        return self._listed(within, lambda one: one.waits(now))

    def undoable(self, within: Groups) -> list[WaitingLeave]:
        """Approved leave that is not over, soonest first: the office may undo it."""
        today = self._timesheets.today()
        found = self._listed(
            within,
            lambda one: one.standing is Standing.APPROVED and bool(one.made)
            and one.last >= today,
        )  # fmt: skip
        return sorted(found, key=lambda one: one.request.first)

    def look(self, subject: str, request_id: str) -> WaitingLeave | None:
        """One of them, however it stands."""
        person, one = self._people.get(subject), self.records.of(subject).leave(request_id)
        if person is None or one is None:
            return None
        return self._shown(person, one, self.records.of(subject))

    def approve(self, subject: str, request_id: str, by: Decider, note: str) -> None:
        """What is asked for becomes leave, by who decides. Raises NotAllowed, RuleRefused."""
        author = by.signed(by.check(self._people.get(subject)).group)
        check_length(note)
        one = self._entries.approve(subject, request_id, author, note, Authority(by.within))
        self._tell(News.DECIDED, subject, one)

    def decline(self, subject: str, request_id: str, by: Decider, note: str) -> None:
        """Nothing is changed; the person reads the note. Raises NotAllowed."""
        author = by.signed(by.check(self._people.get(subject)).group)
        check_note(note)
        self._entries.refuse_done(subject, request_id)
        one = self._entries.decide(subject, request_id, Standing.DECLINED, author, note)
        self._tell(News.DECIDED, subject, one)

    def undo(self, subject: str, request_id: str, by: Decider, note: str) -> None:
        """Approved leave goes; the person reads the note. Raises NotAllowed, RuleRefused."""
        author = by.signed(by.check(self._people.get(subject)).group)
        check_note(note)
        one = self.records.of(subject).leave(request_id)
        if one is None or one.standing is not Standing.APPROVED or not one.made:
            raise CorrectionRefused(DECIDED)
        undone = self._entries.undo(subject, one, author, note, Authority(by.within))
        self._tell(News.DECIDED, subject, undone)

    def _listed(
        self, within: Groups, wanted: Callable[[LeaveRequest], bool]
    ) -> list[WaitingLeave]:
        found = self.records.all()
        people = self._people.many([one.id for one in found])
        listed = [
            self._shown(people[of.id], one, of)
            for of in found
            if of.id in people and within.holds(people[of.id].group)
            for one in of.leaves
            if wanted(one)
        ]
        return sorted(listed, key=lambda one: one.request.asked_at)

    def _shown(self, person: Person, one: LeaveRequest, standing: OwnRequests) -> WaitingLeave:
        return WaitingLeave(
            person,
            one,
            self.records.text(one.id, one.reason),
            self._balances(person, one, standing),
        )

    def _balances(
        self, person: Person, one: LeaveRequest, standing: OwnRequests
    ) -> tuple[Balance, ...]:
        checks = self._checks(person, standing)
        of_type = leave_type(checks.rules, one.type)
        if of_type is None or not of_type.counted:
            return ()
        found = Balances(checks.rules, checks.zone)
        years = Span(one.first, one.last).years
        return tuple(checks.balance(found, of_type, year) for year in years)

    def _checks(self, person: Person, standing: OwnRequests) -> LeaveChecks:
        sheets = self._timesheets
        return LeaveChecks(sheets.rules(), sheets.zone, person, standing, sheets.today())

    @property
    def _timesheets(self) -> Timesheets:
        return self._services.current().timesheets

    def _rules(self) -> Rules:
        return self._timesheets.rules()

    def _person(self, subject: str) -> Person:
        person = self._people.get(subject)
        if person is None:
            raise CorrectionRefused(GONE)
        return person
