"""For who says who may do what: Accounts, Kiosks, API tokens and the audit log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from face_rec.access.control.access_control import Access
from face_rec.facades.facade import Facade
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.kiosk_register import KioskRegister
from face_rec.kiosks.screen_status import ScreenReports
from face_rec.protocols.people import PeopleReader


@dataclass(frozen=True, slots=True)
class AccessFacade(Facade):
    access: Access
    people: PeopleReader
    kiosks: KioskRegister
    kiosk_rules: Callable[[], Sequence[KioskRecord]]
    """What a mark at each kiosk means, as saved; raises StoreUnavailable."""
    save_kiosk_rule: Callable[[KioskRecord], None]
    """From today on; raises RuleRefused."""
    screens: ScreenReports
    """How the screens of kiosks are, as they say it themselves."""
    picture_age: Callable[[str], float | None]
    """Seconds since a kiosk's newest picture came; None without one lately."""
