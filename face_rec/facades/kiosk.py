"""For the kiosk: cameras, marks of today, PINs. A tablet at the door has no other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from face_rec.attendance.marks.meaning import meaning
from face_rec.attendance.marks.visit import Visits
from face_rec.attendance.rules import rule_version
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.kiosks.look import Look
from face_rec.domain.kiosks.screens import Label
from face_rec.domain.marks import Event, Receipt
from face_rec.domain.people import Person
from face_rec.facades.facade import Facade
from face_rec.kiosks.banner import Means, Named, full_name, short_name
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.kiosk_register import KioskRegister
from face_rec.kiosks.languages import Languages
from face_rec.kiosks.seats import Seats
from face_rec.languages.translator import Translator
from face_rec.models.terms.model_status import ReportingModels
from face_rec.protocols.people_store import Directory, PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.protocols.streams import Stream


class KioskEngine(Protocol):
    """What a kiosk's page asks of the engine; tests have cameras by hand."""

    seats: Seats

    def kiosk(self, name: str = "main") -> Stream: ...

    def by_pin(self, subject: str, kiosk: str, *, live: bool = True) -> Receipt: ...

    def last_still(self, kiosk: str, since: float) -> tuple[Label, ...] | None: ...


@dataclass(frozen=True, slots=True)
class KioskFacade(Facade):
    engine: KioskEngine
    kiosks: KioskRegister
    verify_pin: Callable[[str, str, Person | None, str], Person]
    """Whose PIN it is, typed with an ID at a kiosk; see
    :meth:`face_rec.access.devices.pins.Pins.verify`."""
    people: PeopleReader
    directory: Directory
    pictures: SnapshotStore
    models: ReportingModels
    away: Callable[[], bool]
    """Whether Redis does not answer at the moment; asking costs nothing."""
    visits_of: Callable[[date], Visits]
    """Everybody's on one local day; raises StoreUnavailable."""
    late_by: Callable[[Event], int]
    """Seconds that a mark's person has come late with it; raises StoreUnavailable."""
    words: Callable[[str | None], Translator]
    """What is said in the language of a code; None: the site's."""
    languages: Languages

    def today(self) -> date:
        return self.clock.now().astimezone(self.site.timezone).date()

    def visits(self) -> Visits:
        """Everybody's of today; raises StoreUnavailable."""
        return self.visits_of(self.today())

    def record(self, kiosk: str) -> KioskRecord:
        """What the office decided about the kiosk, as it holds today; of an unknown one only its
        name."""
        return rule_version.at(self.kiosks.record(kiosk), self.today())

    def open_now(self, kiosk: str) -> bool:
        """Whether it is within its hours, whatever device or browser it is."""
        return self.record(kiosk).open_at(self.clock.now().astimezone(self.site.timezone))

    def look(self, kiosk: str) -> Look:
        """How the kiosk's screen looks and what it does."""
        return self.record(kiosk).look(self.site.look)

    def words_at(self, kiosk: str) -> Translator:
        """What its screen says, in its language."""
        return self.words(self.languages.of(self.record(kiosk)))

    def named_at(self, kiosk: str) -> Named:
        """How people are called on its screen."""
        return short_name if self.look(kiosk).short_names else full_name

    def means_at(self, kiosk: str) -> Means:
        """What marks at ``kiosk`` mean today; nothing while the database is away."""
        words = self.words_at(kiosk)

        def means(event: Event) -> str:
            if self.away():
                return ""
            try:
                own = self.visits().of(event.subject)
                late = self.late_by(event) if self.look(kiosk).show_late else 0
            except StoreUnavailable:
                return ""
            direction = self.record(kiosk).direction
            return meaning(event, own, direction, self.site.timezone, late, words=words)

        return means
