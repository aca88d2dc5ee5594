"""For who has reports sent by mail: a part of the page Reports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from face_rec.access.principal import Principal
from face_rec.facades.facade import Facade
from face_rec.notices.reports.results import Standing
from face_rec.notices.reports.schedule import Schedule
from face_rec.protocols.people_store import PeopleReader


class ReportMailService(Protocol):
    """What the page asks of the class of this name in ``face_rec/notices/reports``, without all
    that sends; see there."""

    on: Callable[[], bool]

    def readers(self, who: Principal) -> list[str]: ...
    def all(self, who: Principal) -> Sequence[Standing]: ...
    def save(self, schedule: Schedule, who: Principal) -> Schedule: ...
    def switch(self, schedule_id: str, who: Principal, *, active: bool) -> None: ...
    def send_now(self, schedule_id: str, who: Principal) -> None: ...
    def remove(self, schedule_id: str, who: Principal) -> None: ...
    def leave(self, schedule_id: str, who: Principal) -> None: ...


@dataclass(frozen=True, slots=True)
class ReportMailFacade(Facade):
    reports: ReportMailService
    people: PeopleReader
