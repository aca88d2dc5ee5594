"""For who looks after kiosks: the page Kiosks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from face_rec.access.devices.devices import Devices
from face_rec.attendance.terms.status import StatusChange
from face_rec.facades.facade import Facade
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.offline import Tally
from face_rec.kiosks.screen_status import ScreenReports
from face_rec.models.terms.model_status import ReportingModels
from face_rec.protocols.people_store import PeopleReader
from face_rec.site_options import LiveOptions


class KioskEditor(Protocol):
    """What a page asks of :class:`face_rec.attendance.kiosk_service.KioskService`, without all
    that judges days; see there."""

    def all(self) -> tuple[KioskRecord, ...]: ...
    def today(self) -> date: ...
    def create(self, record: KioskRecord) -> None: ...
    def save(self, record: KioskRecord, seen: KioskRecord, since: date | None) -> None: ...
    def remove(self, seen: KioskRecord) -> None: ...
    def preview(
        self, record: KioskRecord, first: date, last: date, since: date | None
    ) -> list[StatusChange]: ...


@dataclass(frozen=True, slots=True)
class KiosksFacade(Facade):
    devices: Devices
    accounts_on: bool
    """False: everybody is this computer, and no device can be linked."""
    people: PeopleReader
    kiosks: KioskEditor
    options: LiveOptions
    """Of them how the kiosks' screens look."""
    screens: ScreenReports
    """How the screens of kiosks are, as they say it themselves."""
    picture_age: Callable[[str], float | None]
    """Seconds since a kiosk's newest picture came; None without one lately."""
    models: ReportingModels
    cameras: Callable[[], frozenset[str]]
    """The kiosks that are cameras of the site's own: the page Cameras has them."""
    handed_over: Callable[[str], Tally]
    """What became of the stills that a kiosk took while the server was away."""
    waiting: Callable[[date], Mapping[str, int]]
    """How many marks waited for the database where each kiosk's pictures are looked at, at its
    last beat of a UTC day; may raise StoreUnavailable."""
