"""Who decides about what people ask for: whoever may correct their marks, and who stands in for
them while they are away."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.principal import Principal
from face_rec.access.rights import NARROWED, Right
from face_rec.access.storage import Records
from face_rec.domain.errors import AccountRefused, NotAllowed
from face_rec.domain.groups import Groups
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.retry import until_first

_LONGEST: Final = 366


@dataclass(frozen=True, slots=True)
class StandIn:
    """``substitute`` decides for the account ``id`` too on these days, both included."""

    id: str
    substitute: str
    first: date
    last: date
    version: int = 0

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who decides: ``groups`` of their own, and those ``standing_for`` others."""

    account: str
    name: str
    groups: Groups
    standing_for: Mapping[str, Groups] = field(default_factory=dict)

    @property
    def within(self) -> Groups:
        """All whom they may decide about."""
        every = (self.groups, *self.standing_for.values())
        named = frozenset(name for one in every for name in one.named)
        return Groups(named, any(one.every for one in every))

    def signed(self, group: str) -> str:
        """Both names, where they decide for somebody else."""
        if self.groups.holds(group):
            return self.name
        absent = next(one for one, groups in self.standing_for.items() if groups.holds(group))
        return f"{self.name} (for {absent})"

    def check(self, person: Person | None, beside: Person | None = None) -> Person:
        """``person``, if they may decide about them; raises NotAllowed. ``beside``: a colleague
        whose shift it is about as well."""
        if person is None or not self.within.holds(person.group):
            raise NotAllowed(msgid("You may not decide about this person. Nothing was changed."))
        if self.is_self(person) or (beside is not None and self.is_self(beside)):
            raise NotAllowed(msgid("This is your own request: somebody else decides it."))
        return person

    def may_decide(self, person: Person, beside: Person | None = None) -> bool:
        """Whether :meth:`check` lets them."""
        try:
            self.check(person, beside)
        except NotAllowed:
            return False
        return True

    def is_self(self, person: Person) -> bool:
        """Whether the account is that of the person: it is named like their address or ID."""
        return self.account.casefold() in {person.email.casefold(), person.id.casefold()}


class Deciders:
    """Safe from any thread; all may raise StoreUnavailable. ``principal_of``: what an account may
    do at this moment; None for one that is gone or switched off."""

    def __init__(
        self,
        stand_ins: Records[StandIn],
        accounts: Callable[[], list[Account]],
        principal_of: Callable[[str], Principal | None],
        today: Callable[[], date],
        audit_log: AuditLog,
    ) -> None:
        self._stand_ins = stand_ins
        self._accounts = accounts
        self._principal_of = principal_of
        self._today = today
        self._audit_log = audit_log

    def of(self, principal: Principal) -> Decider:
        """What ``principal`` may decide now. Raises NotAllowed where that is nothing."""
        if not principal.may(Right.CORRECT):
            raise NotAllowed(msgid("You may not decide about requests. Nothing was changed."))
        return Decider(principal.id, principal.name, principal.groups, self._absent(principal.id))

    def named(self, account: str) -> Decider | None:
        """The same of an account that need not be signed in; None where it may decide nothing."""
        found = self._principal_of(account)
        return self.of(found) if found is not None and found.may(Right.CORRECT) else None

    def epoch(self, account: str) -> int | None:
        """How often all sign-ins of the account were ended; None where there is none."""
        return next((one.epoch for one in self._accounts() if one.id == account), None)

    def about(self, person: Person, beside: Person | None = None) -> list[Decider]:
        """Those who are asked about ``person``, and may decide (see :meth:`Decider.check`):
        managers of the group and who stands in for them; administrators only where there are
        none."""
        found = [
            (account, one)
            for account in self._accounts()
            if account.active and (one := self.named(account.id)) is not None
            and one.may_decide(person, beside)
        ]  # fmt: skip
        near = [one for account, one in found if account.role in NARROWED or one.standing_for]
        return near or [one for _, one in found]

    def _absent(self, account: str) -> dict[str, Groups]:
        """Whom ``account`` stands in for today, and about whom these may decide."""
        found = {}
        for one in self._stand_ins.all():
            if one.substitute == account and one.covers(self._today()):
                absent = self._principal_of(one.id)
                if absent is not None and absent.may(Right.CORRECT):
                    found[one.id] = absent.groups
        return found

    # --- by whoever will be away

    def choices(self, account: str) -> list[str]:
        """Who may stand in for ``account``."""
        names = (one.id for one in self._accounts() if one.active and one.id != account)
        return [name for name in names if self.named(name) is not None]

    def stand_in(self, account: str) -> StandIn | None:
        """Who stands in for ``account``, today or later."""
        found = self._stand_ins.get(account)
        return found if found is not None and found.last >= self._today() else None

    def name(self, account: str, substitute: str, first: date, last: date) -> None:
        """Raises AccountRefused."""
        if substitute not in self.choices(account):
            raise AccountRefused(msgid("Choose somebody who may decide about requests."))
        if last < max(first, self._today()) or (last - first).days > _LONGEST:
            raise AccountRefused(
                msgid("Give days of at most a year, and the last one not in the past.")
            )
        made = StandIn(account, substitute, first, last)

        def write() -> None:
            before = self._stand_ins.get(account)
            if before is not None:
                self._stand_ins.update(replace(made, version=before.version))
            elif not self._stand_ins.create(made):
                self._stand_ins.update(replace(made, version=1))

        until_first(write, tries=20)
        told = {"substitute": substitute, "from": first.isoformat(), "to": last.isoformat()}
        self._audit_log.record(Action.SUBSTITUTE_NAMED, account, after=told)

    def end(self, account: str) -> None:
        if self._stand_ins.remove(account):
            self._audit_log.record(Action.SUBSTITUTE_ENDED, account)
