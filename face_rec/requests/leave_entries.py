"""What a decision about leave does: to the request, and to the calendar."""

from dataclasses import replace
from typing import Final

from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.calendar import Leave
from face_rec.clock import Clock
from face_rec.domain.errors import CorrectionRefused
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader
from face_rec.requests.leave_checks import leave_type
from face_rec.requests.request import LeaveRequest, Standing
from face_rec.requests.request_records import GONE, RequestRecords
from face_rec.requests.request_service import asked_for

_TYPE_GONE: Final = msgid(
    "This type of leave does not exist any more. Decline the request with a note; leave "
    "of another type can be entered under Settings."
)


class LeaveEntries:
    """Safe from any thread. All raise CorrectionRefused, and RuleRefused where the calendar does
    not take it, and may raise StoreUnavailable."""

    def __init__(
        self, records: RequestRecords, people: PeopleReader, services: ServiceByZone, clock: Clock
    ) -> None:
        self.records = records
        self._people = people
        self._services = services
        self._clock = clock

    def approve(
        self, subject: str, request_id: str, author: str, note: str, authority: Authority
    ) -> LeaveRequest:
        """It becomes a leave by ``author``; where that fails it waits as before. Where only the
        answer was lost on its way the leave is there, and the request approved."""
        one = self.decide(subject, request_id, Standing.APPROVED, author, note)
        try:
            made = self._entered(subject, one, author, note, authority)
        except Exception:
            self.records.settle_failed(subject, one, _name(one) if self._there(one) else "")
            raise
        settled = replace(one, made=made)
        self.records.settle(subject, settled)
        return settled

    def decide(
        self, subject: str, request_id: str, standing: Standing, author: str, note: str
    ) -> LeaveRequest:
        """The request, which nobody else decides any more."""
        now = self._clock.now()
        return self.records.decide(
            subject, lambda found: found.leave(request_id), standing, by=author, note=note, now=now
        )

    def refuse_done(self, subject: str, request_id: str) -> None:
        """One whose approval was cut off after the leave was entered is approved."""
        one = self.records.of(subject).leave(request_id)
        if one is not None and one.unfinished and self._there(one):
            self.records.settle(subject, replace(one, made=_name(one)))
            raise CorrectionRefused(
                msgid("This was approved, and the leave is entered. Reload the page.")
            )

    def undo(
        self, subject: str, one: LeaveRequest, author: str, note: str, authority: Authority
    ) -> LeaveRequest:
        """The leave goes first: whoever is cut off then does it again."""
        stored = next((leave for leave in self._leaves() if leave.id == one.made), None)
        if stored is not None:
            self._services.current().rules.remove(stored, authority=authority)
        undone = replace(
            one, standing=Standing.CANCELLED, by=author or one.by,
            note=self.records.sealed(one.id, note), decided_at=self._clock.now(),
            attached=one.attached if author else (),  # they took it back themselves
        )  # fmt: skip
        self.records.settle(subject, undone)
        return undone

    def _entered(
        self, subject: str, one: LeaveRequest, author: str, note: str, authority: Authority
    ) -> str:
        if self._there(one):
            return _name(one)
        service = self._services.current()
        of_type = leave_type(service.timesheets.rules(), one.type)
        if of_type is None:
            raise CorrectionRefused(_TYPE_GONE)
        leave = Leave(
            _name(one), subject, one.first, one.last, of_type.name, one.half, author,
            asked_for(note), one.type, of_type.elsewhere,
        )  # fmt: skip
        service.rules.save(leave, authority=authority)
        if self._people.get(subject) is None:  # an erasure, which hides its person first
            service.rules.remove(leave, authority=Authority(company=True))
            raise CorrectionRefused(GONE)
        return leave.id

    def _there(self, one: LeaveRequest) -> bool:
        return any(leave.id == _name(one) for leave in self._leaves())

    def _leaves(self) -> tuple[Leave, ...]:
        return self._services.current().timesheets.rules().leaves


def _name(one: LeaveRequest) -> str:
    """Of the leave that comes of it: the same however often it is tried."""
    return f"request-{one.id}"
