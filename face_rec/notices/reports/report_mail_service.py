"""Reports by mail as those who may read records set them up, each for groups of their own."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.principal import Principal
from face_rec.access.rights import Act, Right
from face_rec.access.storage import Records
from face_rec.clock import Clock
from face_rec.domain.errors import NotAllowed, NoticeRefused
from face_rec.domain.groups import NO_GROUPS, Groups
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.notices.personal.mail_address import mail_address
from face_rec.notices.reports.due import DueReports
from face_rec.notices.reports.results import Results, Standing
from face_rec.notices.reports.schedule import Schedule, checked

MOST: Final = 100
"""Of all accounts: each is looked at every few seconds."""
PrincipalOf = Callable[[str], Principal | None]
"""What an account may do at this moment; None for one that is gone or switched off."""


class ReportMailService:
    """Safe from any thread. Changes raise NoticeRefused, NotAllowed, ProofNeeded, Conflict; all
    may raise StoreUnavailable. ``who``: whoever asks, as they stand at that moment. ``demand``
    raises ProofNeeded where whoever acts must first prove who they are. ``on``: whether anybody
    is written to."""

    def __init__(
        self,
        records: Records[Schedule],
        due: DueReports,
        results: Results,
        *,
        accounts: Callable[[], list[Account]],
        principal_of: PrincipalOf,
        audit_log: AuditLog,
        clock: Clock,
        demand: Callable[[Act], None],
        on: Callable[[], bool],
    ) -> None:
        self._records = records
        self._due = due
        self._results = results
        self._accounts = accounts
        self._principal_of = principal_of
        self._audit_log = audit_log
        self._clock = clock
        self._demand = demand
        self.on = on

    def readers(self, who: Principal) -> list[str]:
        """The accounts that ``who`` can have a report sent to: those with an address that may
        read records of some of the same groups."""
        found = []
        for one in self._accounts():
            reader = self._principal_of(one.id) if mail_address(one.id) else None
            if reader is not None and shared(reader, who) != NO_GROUPS:
                found.append(one.id)
        return found

    def all(self, who: Principal) -> list[Standing]:
        """Those of ``who``, those that go to them, and, for who manages the site, all."""
        found = [one for one in self._records.all() if self._mine(one, who) or who.id in one.to]
        times = self._due.next_times([one for one in found if one.active])
        return [
            Standing(one, times.get(one.id), self._results.of(one.id), self._mine(one, who))
            for one in sorted(found, key=lambda one: (one.owner != who.id, one.report, one.id))
        ]

    def save(self, schedule: Schedule, who: Principal) -> Schedule:
        """One without an id is a new one, of ``who``."""
        self._demand(Act.REPORTS)
        before = self._of(schedule.id, who) if schedule.id else None
        wanted = checked(replace(schedule, owner=before.owner if before else who.id))
        self._check(wanted, who, before.to if before else frozenset())
        if before is not None:
            saved = self._records.update(replace(wanted, made_at=before.made_at))
            self._results.forget(saved.id, before.to - saved.to)
        else:
            if len(self._records.all()) >= MOST:
                raise NoticeRefused(
                    sentence("There are {most} already. Remove one first.", most=MOST)
                )
            made = replace(wanted, id=secrets.token_hex(6), made_at=self._clock.now())
            saved = replace(made, version=1)
            self._records.create(saved)
        self._due.begin(saved)
        self._noted(Action.REPORT_SAVED, before, saved)
        return saved

    def switch(self, schedule_id: str, who: Principal, *, active: bool) -> None:
        """Pause it, or let it go on; what was due meanwhile is not sent."""
        self._demand(Act.REPORTS)
        before = self._of(schedule_id, who)
        if before.active != active:
            saved = self._records.update(replace(before, active=active))
            if active:
                self._due.begin(saved)
            self._noted(Action.REPORT_SAVED, before, saved)

    def send_now(self, schedule_id: str, who: Principal) -> None:
        """Besides the times at which it goes out anyway; also while it is paused."""
        self._demand(Act.REPORTS)
        one = self._of(schedule_id, who)
        if self._due.at_once(one):
            self._audit_log.record(Action.REPORT_NOW, one.id, after={"to": _names(one.to)})

    def remove(self, schedule_id: str, who: Principal) -> None:
        """What is on its way is not sent either."""
        self._demand(Act.REPORTS)
        before = self._of(schedule_id, who)
        self._records.remove(before.id)
        self._due.forget(before.id)
        self._results.forget(before.id, self._results.of(before.id))
        self._noted(Action.REPORT_REMOVED, before, None)

    def leave(self, schedule_id: str, who: Principal) -> None:
        """Whoever gets it does not want it any more."""
        before = self._records.get(schedule_id)
        if before is not None and who.id in before.to:
            saved = self._records.update(replace(before, to=before.to - {who.id}))
            self._results.forget(saved.id, [who.id])
            self._noted(Action.REPORT_SAVED, before, saved)

    # --- who may

    def _mine(self, one: Schedule, who: Principal) -> bool:
        return who.may(Right.RECORDS) and (one.owner == who.id or who.may(Right.SITE))

    def _of(self, schedule_id: str, who: Principal) -> Schedule:
        found = self._records.get(schedule_id)
        if found is None:
            raise NoticeRefused(msgid("Somebody has removed this. Reload the page."))
        if not self._mine(found, who):
            raise NotAllowed(msgid("Somebody else has set this up. Ask them to change it."))
        return found

    def _check(self, wanted: Schedule, who: Principal, before: frozenset[str]) -> None:
        """Whoever got it before may stay: what they get is asked when it is sent."""
        if not who.may(Right.RECORDS):
            raise NotAllowed(msgid("You may not read records. Nothing was changed."))
        if not all(who.sees(group) for group in wanted.of_groups):
            raise NotAllowed(msgid("You may not see one of these groups. Nothing was changed."))
        if wanted.to - before - frozenset(self.readers(who)):
            raise NoticeRefused(
                msgid("One of these accounts may not read these records. Choose anew.")
            )

    def _noted(self, action: Action, before: Schedule | None, after: Schedule | None) -> None:
        one = after or before
        self._audit_log.record(
            action, one.id if one else "",
            before=_about(before) if before else {}, after=_about(after) if after else {},
        )  # fmt: skip


def shared(reader: Principal, owner: Principal) -> Groups:
    """The groups of which ``reader`` may be sent records by ``owner``."""
    if not (reader.may(Right.RECORDS) and owner.may(Right.RECORDS)):
        return NO_GROUPS
    return reader.groups.within(owner.groups)


def _names(accounts: Iterable[str]) -> str:
    return ", ".join(sorted(accounts))


def _about(one: Schedule) -> dict[str, object]:
    return {
        "owner": one.owner,
        "report": f"{one.report}, {one.span}, {one.suffix[1:]}",
        "when": f"{one.often} {'' if one.often == 'daily' else one.day} {one.at:%H:%M}",
        "groups": ", ".join(sorted(name or "(none)" for name in one.of_groups)),
        "to": _names(one.to),
        "on": one.active,
    }
