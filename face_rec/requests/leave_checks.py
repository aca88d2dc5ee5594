"""What leave somebody may ask for: its type, its days, what is there already, and their balance.
Each refusal is in words for the person."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.leave.balance import Balance, Balances, Span
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.leave_type import LeaveType
from face_rec.attendance.rules.rules import Rules
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.requests.request import LeaveRequest, OwnRequests, Standing

OVERLAPS: Final = msgid("You have leave on some of these days already. Choose other days.")
_LONGEST: Final = 366
_HALVES: Final = 2  # of a day


@dataclass(frozen=True, slots=True)
class Weighed:
    """``days``: what it takes. ``balances``: how these days stand then, in each year that it
    touches; none where its type is not counted."""

    days: float
    balances: tuple[Balance, ...] = ()


def leave_type(rules: Rules, type_id: str) -> LeaveType | None:
    return next((one for one in rules.leave_types if one.id == type_id), None)


@dataclass(frozen=True, slots=True)
class LeaveChecks:
    """Of one person, with what they have asked for before, on one local day."""

    rules: Rules
    zone: ZoneInfo
    person: Person
    standing: OwnRequests
    today: date

    def weighed(self, type_id: str, span: Span) -> Weighed:
        """What leave would take, and what is left then; raises CorrectionRefused."""
        of_type = leave_type(self.rules, type_id)
        if of_type is None or not of_type.asked:
            raise CorrectionRefused(msgid("Choose the type of leave."))
        _check_span(of_type, span, self.today)
        self._check_overlap(of_type, span)
        balances = Balances(self.rules, self.zone)
        days = balances.days(self.person, span)
        if not days:
            raise CorrectionRefused(
                msgid("You are not expected on any of these days. Choose days on which you work.")
            )
        if not of_type.counted:
            return Weighed(days)
        asked = [*self._asked(of_type), span]
        after = tuple(balances.of(self.person, of_type, year, asked) for year in span.years)
        if any(one.left < 0 for one in after) or self._lacking(balances, of_type, asked):
            raise CorrectionRefused(
                msgid("You have not enough days left for this. Ask for fewer.")
            )
        return Weighed(days, after)

    def balance(self, balances: Balances, of_type: LeaveType, year: int) -> Balance:
        """With what waits for a decision."""
        return balances.of(self.person, of_type, year, self._asked(of_type))

    def _asked(self, of_type: LeaveType) -> list[Span]:
        return [
            Span(one.first, one.last, one.half)
            for one in self.standing.leaves
            if one.standing is Standing.ASKED and one.type == of_type.id
        ]

    def _lacking(self, balances: Balances, of_type: LeaveType, asked: list[Span]) -> bool:
        """Whether the newest of these takes what later leave was to have by being carried over."""
        *before, new = asked
        latest = max(balances.latest(self.person, of_type), *(one.last.year for one in asked))
        for year in range(new.last.year + 1, latest + 1):
            was, left = (
                balances.of(self.person, of_type, year, spans).left for spans in (before, asked)
            )
            if left < min(0, was):
                return True
        return False

    def _check_overlap(self, of_type: LeaveType, span: Span) -> None:
        """Two halves of different types make a day."""
        for one in self.rules.leaves:
            halves = one.half and span.half and not one.of_type(of_type.id, of_type.name)
            if one.subject == self.person.subject and _meet(one, span) and not halves:
                raise CorrectionRefused(OVERLAPS)
        for asked in self.standing.leaves:
            halves = asked.half and span.half and asked.type != of_type.id
            if asked.standing is Standing.ASKED and _meet(asked, span) and not halves:
                raise CorrectionRefused(
                    msgid("You have asked for some of these days already. Choose other days.")
                )
        if self._whole(span):
            raise CorrectionRefused(OVERLAPS)

    def _whole(self, span: Span) -> bool:
        """Whether two halves of one of these days are leave, or asked for, already."""
        mine = [one for one in self.rules.leaves if one.subject == self.person.subject]
        asked = [one for one in self.standing.leaves if one.standing is Standing.ASKED]
        away: list[Leave | LeaveRequest] = [*mine, *asked]
        halves = [one for one in away if one.half and _meet(one, span)]
        counts = (sum(one.first <= day <= one.last for one in halves) for day in span.days())
        return len(halves) >= _HALVES and max(counts) >= _HALVES


def _check_span(of_type: LeaveType, span: Span, today: date) -> None:
    if span.last < span.first:
        raise CorrectionRefused(msgid("The last day lies before the first. Change one of them."))
    if (span.last - span.first).days >= _LONGEST:
        raise CorrectionRefused(msgid("Ask for a year at most."))
    if span.half and not of_type.halves:
        raise CorrectionRefused(msgid("There are no half days of this type. Choose whole days."))
    away = (span.first - today).days
    if away > of_type.ahead:
        raise CorrectionRefused(msgid("This is too far ahead for this type. Ask later."))
    if -away > of_type.back:
        raise CorrectionRefused(msgid("This is too long ago for this type. Ask the office."))


def _meet(one: Leave | LeaveRequest, span: Span) -> bool:
    return one.first <= span.last and span.first <= one.last
