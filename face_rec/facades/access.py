"""For who says who may do what: Accounts, API tokens and the audit log."""

from collections.abc import Callable
from dataclasses import dataclass

from face_rec.access.accounts.accounts import Accounts
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.tokens import Tokens
from face_rec.access.factors.second_factor import SecondFactor
from face_rec.facades.facade import Facade
from face_rec.protocols.people_store import PeopleReader


@dataclass(frozen=True, slots=True)
class AccessFacade(Facade):
    accounts: Accounts
    factors: SecondFactor
    forget: Callable[[], None]
    """What is remembered of who is signed in: a change of an account holds from now on."""
    tokens: Tokens
    audit: AuditLog
    people: PeopleReader
