"""For who decides about what people have asked for: a view of Records."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from face_rec.access.accounts.deciding import Decider, Deciders
from face_rec.access.principal import Principal
from face_rec.calendars.feed import Feed
from face_rec.facades.facade import Facade
from face_rec.protocols.people_store import PeopleReader
from face_rec.requests.leave_report import LeaveReports
from face_rec.requests.leave_service import LeaveService
from face_rec.requests.request_service import RequestService
from face_rec.requests.swap_service import SwapService


class GroupCalendars(Protocol):
    """What the page asks about calendars of groups; see
    :class:`face_rec.calendars.calendar_service.CalendarService`."""

    def of_group(self, who: Principal, group: str) -> Feed | None: ...

    def renew_group(self, who: Principal, group: str) -> str: ...

    def end_group(self, who: Principal, group: str) -> None: ...


@dataclass(frozen=True, slots=True)
class RequestsFacade(Facade):
    requests: RequestService
    leave: LeaveService
    swaps: SwapService
    deciders: Deciders
    attachment: Callable[[str, str, str, Decider], bytes]
    """A file beside leave, by subject, request and name, for who decides; see
    :meth:`face_rec.requests.attachments.Attachments.read_for`."""
    leave_reports: LeaveReports
    calendars: GroupCalendars
    people: PeopleReader
    address: Callable[[str], str]
    """The whole address of a path."""
