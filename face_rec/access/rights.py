"""The one table of who may do what."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final


class Right(StrEnum):
    """One thing that somebody may or may not do."""

    OVERVIEW = "overview.read"
    KIOSK = "kiosk.use"
    RECORDS = "records.read"
    CORRECT = "records.correct"
    RULES = "rules.manage"
    """Rules of the whole company: limits, the shift that holds for all."""
    HR = "hr.manage"
    """Leave, holidays, shifts and employment of the groups that one sees."""
    SITE = "site.manage"
    PEOPLE_READ = "people.read"
    PEOPLE_WRITE = "people.write"
    MODELS = "models.manage"
    SYSTEM = "system.read"
    METRICS = "metrics.read"
    ACCOUNTS = "accounts.manage"
    KIOSKS = "kiosks.manage"
    """All about kiosks: what each does, and which device is it."""
    TOKENS = "tokens.manage"
    AUDIT = "audit.read"
    CAMERAS = "cameras.manage"
    """All about cameras that the site runs itself: which there are, and what each does."""
    CAMERAS_SEE = "cameras.see"
    """Their pictures as they come, with the names of whom they see."""
    NOTICES = "notices.manage"
    """Whom the site tells of what: channels and rules."""
    VISITORS_SEE = "visitors.read"
    """Who visits the groups that one sees, and who is in the house at this moment."""
    VISITORS = "visitors.manage"
    """To announce visitors, check them in and out, and erase them."""
    OWN = "own.read"
    """One's own attendance: of the one person that a sign-in is, and of nobody else."""


class Act(StrEnum):
    """What a stranger at an open screen could do most harm with: done only with a fresh proof
    of who sits there (:mod:`face_rec.access.factors.step_up`)."""

    ACCOUNTS = "accounts.change"
    TOKENS = "tokens.change"
    KIOSKS = "kiosks.change"
    ERASE = "people.erase"
    EXPORT = "people.export"
    FACTORS = "factors.change"
    END_SESSIONS = "sessions.end"
    NOTICES = "notices.change"
    CAMERAS = "cameras.change"
    REPORTS = "reports.mail"
    """To whom reports go by mail, again and again."""
    STRANGERS = "strangers.decide"
    """Who somebody unknown is, and who is looked out for."""
    BADGES = "badges.print"
    CALENDARS = "calendars.make"
    """An address at which whoever has it reads who of a group works when, for as long as it
    stands."""


class Role(StrEnum):
    """What an account is for. A kiosk device has the rights of ``KIOSK`` and nothing else; a
    registered person who looks at their own attendance those of ``PERSON``, and no account."""

    ADMIN = "admin"
    REGISTRAR = "registrar"
    MANAGER = "manager"
    HR = "hr"
    KIOSK = "kiosk"
    PERSON = "person"


ACCOUNT_ROLES: Final = tuple(role for role in Role if role is not Role.PERSON)
"""What an account can be for."""


class Scope(StrEnum):
    """What an API token may do; each stands for one right."""

    ATTENDANCE_READ = "attendance:read"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    METRICS_READ = "metrics:read"


_A, _R, _M, _H, _K = Role.ADMIN, Role.REGISTRAR, Role.MANAGER, Role.HR, Role.KIOSK
_P: Final = Role.PERSON

RULES: Final[Mapping[Right, frozenset[Role]]] = {
    Right.OVERVIEW: frozenset({_A, _M, _H}),
    Right.KIOSK: frozenset({_A, _K}),
    Right.RECORDS: frozenset({_A, _M, _H}),
    Right.CORRECT: frozenset({_A, _M, _H}),
    Right.RULES: frozenset({_A}),
    Right.HR: frozenset({_A, _H}),
    Right.SITE: frozenset({_A}),
    Right.PEOPLE_READ: frozenset({_A, _R}),
    Right.PEOPLE_WRITE: frozenset({_A, _R}),
    Right.MODELS: frozenset({_A}),
    Right.SYSTEM: frozenset({_A}),
    Right.METRICS: frozenset({_A}),
    Right.ACCOUNTS: frozenset({_A}),
    Right.KIOSKS: frozenset({_A}),
    Right.TOKENS: frozenset({_A}),
    Right.AUDIT: frozenset({_A}),
    Right.NOTICES: frozenset({_A}),
    Right.CAMERAS: frozenset({_A}),
    Right.CAMERAS_SEE: frozenset({_A}),
    Right.VISITORS_SEE: frozenset({_A, _R, _M}),
    Right.VISITORS: frozenset({_A, _R}),
    Right.OWN: frozenset({_P}),
}

FRESH_PROOF: Final[Mapping[Act, Right | None]] = {
    Act.ACCOUNTS: Right.ACCOUNTS,
    Act.TOKENS: Right.TOKENS,
    Act.KIOSKS: Right.KIOSKS,
    Act.ERASE: Right.PEOPLE_WRITE,
    Act.EXPORT: Right.SYSTEM,
    Act.FACTORS: None,
    Act.END_SESSIONS: None,
    Act.NOTICES: Right.NOTICES,
    Act.CAMERAS: Right.CAMERAS,
    Act.STRANGERS: Right.PEOPLE_WRITE,
    Act.REPORTS: Right.RECORDS,
    Act.BADGES: Right.PEOPLE_WRITE,
    Act.CALENDARS: Right.RECORDS,
}
"""Each act that needs a fresh proof, and the right it needs besides; None: it is about one's
own account."""

READS_GUIDE: Final = frozenset(Right) - {Right.KIOSK}
"""Whoever has one of these may read the guide: everybody but what stands at a door."""

NARROWED: Final = frozenset({_M, _H})
"""Roles that see and change only what the account's groups say."""

SCOPES: Final[Mapping[Scope, Right]] = {
    Scope.ATTENDANCE_READ: Right.RECORDS,
    Scope.PEOPLE_READ: Right.PEOPLE_READ,
    Scope.PEOPLE_WRITE: Right.PEOPLE_WRITE,
    Scope.METRICS_READ: Right.METRICS,
}


@cache
def rights_of(role: Role) -> frozenset[Right]:
    """Everything that accounts of ``role`` may do: one set a role, for whoever it is about keeps
    it as long as their tabs are known, and that may be twenty thousand of them."""
    return frozenset(right for right, roles in RULES.items() if role in roles)


def rights_of_scopes(scopes: frozenset[Scope]) -> frozenset[Right]:
    """Everything that a token with ``scopes`` may do, through the API only."""
    return frozenset(SCOPES[scope] for scope in scopes)
