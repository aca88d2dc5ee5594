"""All of it in one object, as pages and routes are given it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from face_rec.access.accounts.accounts import Accounts
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.changes import Changes
from face_rec.access.control.cookie_names import PROOF, SESSION, cookie
from face_rec.access.control.tabs import SentFiles, Tabs
from face_rec.access.devices.badges import Badges
from face_rec.access.devices.device import DeviceProofs
from face_rec.access.devices.devices import Devices
from face_rec.access.devices.pins import Pins
from face_rec.access.devices.tokens import Tokens
from face_rec.access.factors.second_factor import SecondFactor
from face_rec.access.factors.step_up import StepUp
from face_rec.access.principal import THIS_COMPUTER, Principal
from face_rec.access.signin.authenticator import Authenticator
from face_rec.access.signin.confirm import Confirmation
from face_rec.access.signin.own_sessions import OwnSessions
from face_rec.access.signin.own_sign_in import OwnSignIn
from face_rec.access.signin.provider_sessions import ProviderSessions
from face_rec.access.signin.sign_in import SignInService
from face_rec.clock import Clock
from face_rec.kiosks.kiosk import KioskRecord


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what. ``enabled`` False: everybody is this computer, with every right."""

    enabled: bool
    sign_in: SignInService
    accounts: Accounts
    devices: Devices
    tokens: Tokens
    pins: Pins
    badges: Badges
    authenticator: Authenticator
    own_sessions: OwnSessions
    own_sign_in: OwnSignIn
    """For people who are registered, to their own attendance."""
    provider_sessions: ProviderSessions
    changes: Changes
    tabs: Tabs
    files: SentFiles
    captures: Tabs
    """Guided captures of Register, by the names of their pages' addresses."""
    proofs: DeviceProofs
    audit: AuditLog
    factors: SecondFactor
    step_up: StepUp
    confirm: Confirmation
    clock: Clock
    zone: Callable[[], tzinfo]
    """Of the site: kiosks open and close by it."""
    kiosk: Callable[[str], KioskRecord | None]
    """What the office decided about a kiosk; None of one that is not registered."""
    signing_key: Callable[[], str]
    """Random, lasting, the same in all processes."""

    def of_cookies(
        self, cookies: Mapping[str, str], used: bool = True, address: str = ""
    ) -> Principal | None:
        """Who shows these cookies, from ``address`` where that is known; a person comes before
        the device they sit at."""
        if not self.enabled:
            return THIS_COMPUTER
        secret = cookie(cookies, SESSION)
        found = self.authenticator.user(secret, used, address) if secret else None
        if found is None:
            bound = self.proofs.holder(cookie(cookies, PROOF))
            return self.authenticator.device(bound) if bound else None
        return found

    def in_tab(self, tab: str, cookies: Mapping[str, str]) -> Principal | None:
        """Who shows these cookies in a tab, if it is theirs; a tab that is new becomes so."""
        found = self.of_cookies(cookies)
        return found if tab and found and self.tabs.claim(tab, found) else None

    def open_now(self, kiosk: str) -> bool:
        """Whether a kiosk is within its hours; there is no other that could be closed. May ask
        the database."""
        record = self.kiosk(kiosk)
        return record is None or record.open_at(self.clock.now().astimezone(self.zone()))
