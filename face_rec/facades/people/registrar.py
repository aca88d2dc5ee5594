"""For who registers people: the pages People and Register."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from face_rec.access.devices.badge import Badge
from face_rec.access.principal import Principal
from face_rec.attendance.explore.views import Views
from face_rec.badges.printed import Printed, Wanted
from face_rec.domain.people import Person
from face_rec.domain.site.own_ways import OwnLogin, OwnWay, WaitingLink
from face_rec.domain.strangers import Before
from face_rec.facades.facade import Facade
from face_rec.models.terms.model_status import ReportingModels
from face_rec.notices.guardians.guardian import Guardian, Guardians
from face_rec.people.enrolment import Enrolment
from face_rec.people.lists.list_changes import PeopleLists
from face_rec.people.photos.captures import Captures
from face_rec.privacy.certificate import Certificate
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.protocols.streams import FrameProcessor, Stream


class CaptureEngine(Protocol):
    """What a guided capture asks of the engine."""

    def open(self, name: str, processor: FrameProcessor) -> Stream: ...


class PinEditor(Protocol):
    """What a person's page asks about their PIN; see
    :class:`face_rec.access.devices.pins.Pins`."""

    def has(self, subject: str) -> bool: ...

    def set(self, person: Person, pin: str) -> None: ...

    def clear(self, person: Person) -> None: ...


class GuardianEditor(Protocol):
    """What a person's page asks about guardians; see
    :class:`face_rec.notices.guardians.guardian_service.GuardianService`."""

    @property
    def language(self) -> str: ...

    def on(self) -> bool: ...

    def of(self, subject: str) -> Guardians: ...

    def add(
        self,
        person: Person,
        address: str,
        language: str,
        by: str,
        *,
        inwards: bool = True,
        outwards: bool = True,
    ) -> Guardian: ...

    def remove(self, subject: str, guardian_id: str) -> None: ...


class OwnLinks(Protocol):
    """What a person's page asks about their way to their own attendance; see
    :class:`face_rec.access.signin.own_sign_in.OwnSignIn`."""

    def ways(self) -> frozenset[OwnWay]: ...

    def make_link(self, person: Person, by: str) -> str: ...

    def waiting(self, subject: str) -> WaitingLink | None: ...

    def logins(self, subject: str) -> list[OwnLogin]: ...

    def end(self, person: Person) -> int: ...


class OwnMail(Protocol):
    """What a person's page asks about mailing it; see
    :class:`face_rec.notices.personal.own_link.OwnLinkMail`."""

    def on(self) -> bool: ...

    def send(self, person: Person, by: str) -> str: ...


class BadgePrinter(Protocol):
    """What pages ask about badges; see :class:`face_rec.badges.badge_service.BadgeService`."""

    def of(self, subject: str) -> Badge | None: ...

    def withdraw(self, person: Person) -> None: ...

    def print_for(
        self, subjects: Sequence[str], by: str, wanted: Wanted, progress: Progress | None = None
    ) -> Printed: ...


@dataclass(frozen=True, slots=True)
class RegistrarFacade(Facade):
    people: PeopleReader
    views: Views
    """Filters that are kept."""
    enrolment: Enrolment
    lists: PeopleLists
    engine: CaptureEngine
    captures: Captures
    claim: Callable[[str, Principal], bool]
    """Makes a capture, by its name, somebody's: nobody else may feed or watch it."""
    models: ReportingModels
    pictures: SnapshotStore
    pins: PinEditor
    badge_service: BadgePrinter
    guardians: GuardianEditor
    own_sign_in: OwnLinks
    own_mail: OwnMail
    calendar_since: Callable[[str], datetime | None]
    """Since when there is an address at which calendar programs read of a subject."""
    end_calendar: Callable[[str], int]
    self_enrolled: Callable[[], int]
    """How many have registered on their phone and wait for somebody to decide."""
    erase: Callable[[str, str], Certificate]
    """Erases a subject, and by whom; see :meth:`face_rec.privacy.erase.Erasure.erase`."""
    enrolled: Callable[[Sequence[str], str, str], None]
    """Notes that unknown people, by their ids, were registered as a subject, and by whom."""
    seen_before: Callable[[str], Sequence[Before]]
    """Visits as somebody unknown that may be a subject's."""
    propose_marks: Callable[[str, Iterable[str], str], int]
    """Puts visits of a subject on the review list, and says how many are new there; by whom."""
