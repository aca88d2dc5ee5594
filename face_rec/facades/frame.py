"""For the frame around every page: who is at the browser, and whether the database answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.factors.step_up import StepUp
from face_rec.access.principal import Principal
from face_rec.access.signin.session import SignIn
from face_rec.domain.groups import Groups
from face_rec.facades.facade import Facade
from face_rec.languages.translator import ENGLISH, Translator


class KnownAccounts(Protocol):
    """Finds accounts by their ID."""

    def account(self, account_id: str) -> Principal | None: ...


class SignIns(Protocol):
    """What an account's owner should know of their own sign-ins; ``secret``: of the session."""

    def unseen(self, secret: str) -> SignIn | None: ...

    def previous(self, secret: str) -> SignIn | None: ...


class Visitors(Protocol):
    """Who is at a browser, and what they did; tests have several of their own."""

    @property
    def enabled(self) -> bool:
        """False: everybody is this computer, with every right."""
        ...

    @property
    def audit(self) -> AuditLog: ...

    @property
    def step_up(self) -> StepUp: ...

    @property
    def authenticator(self) -> KnownAccounts: ...

    @property
    def own_sessions(self) -> SignIns: ...

    def in_tab(self, tab: str, cookies: Mapping[str, str]) -> Principal | None: ...


class Departed(Protocol):
    """Who has gone since something was made of people: see :mod:`face_rec.people.departures`."""

    def now(self) -> int: ...

    def since(self, moment: int, groups: Groups) -> bool: ...


@dataclass(frozen=True, slots=True)
class FrameFacade(Facade):
    access: Visitors
    ask_database: Callable[[], object]
    """Raises StoreUnavailable while it does not answer."""
    departures: Departed
    words: Callable[[str | None], Translator] = lambda _: ENGLISH
    """What is said in the language of a code; None: in the site's."""
