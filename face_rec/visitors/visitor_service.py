"""The reception: announces visitors, has them agree, checks them in and out, and erases them."""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.badges import Badges
from face_rec.clock import Clock
from face_rec.domain.errors import VisitRefused
from face_rec.domain.groups import Groups
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.privacy.ports import Purge
from face_rec.protocols.people_store import PeopleReader
from face_rec.visitors.checks import (
    OVER,
    Wanted,
    changes,
    check_begins,
    check_span,
    check_who,
    clean,
    unagreed,
)
from face_rec.visitors.consent import Agreement
from face_rec.visitors.visit import Guest, Stage, Visit, visit_id
from face_rec.visitors.visit_records import VisitRecords

_GONE: Final = msgid("This visit is not there any more. Reload the page.")
_OFF: Final = msgid("Visitors are not entered here. Switch it on under Settings, This site.")
_HOST: Final = msgid("Choose somebody who is registered and active as the host.")
_FASTER: Final = msgid("Somebody else changed this visit meanwhile. Look at it again.")
_LEAVES: Final = timedelta(days=1)
"""After the end of a visit its badge still checks out who is late."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A visit with who comes, in clear, and to whom; None: the host is erased."""

    visit: Visit
    guest: Guest
    host: Person | None


class VisitorService:
    """Safe from any thread; all raise VisitRefused with a reason in words, and may raise
    StoreUnavailable."""

    def __init__(
        self,
        *,
        records: VisitRecords,
        people: PeopleReader,
        badges: Badges,
        audit_log: AuditLog,
        clock: Clock,
        on: Callable[[], bool],
        zone: Callable[[], tzinfo],
        tell: Callable[[Visit, str], bool],
        purge: Purge,
    ) -> None:
        """``on``: whether the site enters visitors. ``tell``: their host, that they are here (at
        a kiosk, or ""); whether that is on its way. Must not raise."""
        self.records = records
        self._people = people
        self._badges = badges
        self._audit_log = audit_log
        self._clock = clock
        self.on = on
        self.zone = zone
        self._tell = tell
        self._purge = purge

    # --- which there are

    def all(self, within: Groups) -> list[Listed]:
        """Those to hosts ``within``, by when they begin."""
        found = self._within(within, self.records.visits.all())
        listed = [Listed(one, self.records.shown(one), host) for one, host in found]
        return sorted(listed, key=lambda one: (one.visit.begins, one.guest.name))

    def counts(self, within: Groups) -> Counter[Stage]:
        """How many of those are at each stage; opens no name."""
        now, found = self._clock.now(), self._within(within, self.records.visits.all())
        return Counter(one.stage(now) for one, _ in found)

    def here(self, within: Groups) -> int:
        """How many visitors to hosts ``within`` are here; opens no name. None while it is off."""
        if not self.on():
            return 0
        now = self._clock.now()
        found = [one for one in self.records.visits.all() if one.stage(now) is Stage.HERE]
        return len(self._within(within, found))

    def _within(self, groups: Groups, visits: list[Visit]) -> list[tuple[Visit, Person | None]]:
        """Those whose hosts are in ``groups``, with them."""
        hosts = self._people.many(sorted({one.host for one in visits if one.host}))
        pairs = ((one, hosts.get(one.host)) for one in visits)
        return [(one, host) for one, host in pairs if groups.holds(host.group if host else None)]

    def get(self, name: str) -> Listed | None:
        found = self.records.visits.get(name)
        if found is None:
            return None
        return Listed(found, self.records.shown(found), self._people.get(found.host))

    # --- before they come

    def announce(
        self, guest: Guest, host: str, begins: datetime, until: datetime, by: str
    ) -> Visit:
        """From ``begins`` until ``until`` (both aware)."""
        self._check(begins, until)
        name = visit_id(secrets.token_hex(8))
        self._host(host)
        sealed = self.records.sealed(name, clean(guest))
        made = Visit(name, host, begins, until, by, self._clock.now(), sealed)
        self.records.visits.create(made)
        try:
            self._host(host)  # who was erased meanwhile has nothing left behind
        except VisitRefused:
            self._purge.want()
            self.records.visits.remove(name)
            raise
        self._audit_log.record(Action.VISIT_ANNOUNCED, name)
        return made

    def _host(self, subject: str) -> None:
        person = self._people.get(subject) if subject else None
        if person is None or not person.active:
            raise VisitRefused(_HOST)

    def _check(self, begins: datetime, until: datetime) -> None:
        if not self.on():
            raise VisitRefused(_OFF)
        check_span(begins, until, self._clock.now())

    def change(self, was: Listed, wanted: Wanted) -> bool:
        """Another host, end or purpose of who has not left; who comes and when it begins, only
        while they are not here. ``was``: as it was seen: what somebody else changed since is not
        overwritten. Another name has not agreed to anything, and its badge is void; other badges
        hold as long as the visit. Whether a host is told who was not the host of this visitor
        before."""
        self._check(wanted.begins, wanted.until)
        self._host(wanted.host)
        wanted = replace(wanted, guest=clean(wanted.guest))
        guest, host, until, name = wanted.guest, wanted.host, wanted.until, was.visit.id
        seen = Wanted(was.visit.host, was.visit.begins, was.visit.until, was.guest)
        parts = changes(was.visit, was.guest, wanted)
        if not parts:
            raise VisitRefused(msgid("Nothing was changed."))

        def change(found: Visit) -> Visit:
            if found.stage(self._clock.now()) is Stage.GONE:
                raise VisitRefused(OVER)
            now = self.records.guest(found)
            if changes(found, now, seen):
                raise VisitRefused(_FASTER)
            check_who(found, now, guest)
            check_begins(found, wanted.begins)
            made = replace(found, host=host, begins=wanted.begins, until=until)
            if guest != now:
                made = replace(made, guest=self.records.sealed(name, guest))
            return unagreed(made) if guest.name != now.name else made

        made = self._changed(name, change)
        if self._people.get(host) is None:  # erased meanwhile: nothing says that it was to them
            self.records.change(name, lambda one: replace(one, host=""))
            raise VisitRefused(_HOST)
        if guest.name != was.guest.name:
            self._badges.void(name)
        else:
            self._badges.prolong(name, until + _LEAVES)
        self._audit_log.record(Action.VISIT_CHANGED, name, after={"changed": ", ".join(parts)})
        here = made.stage(self._clock.now()) is Stage.HERE
        return here and host != was.visit.host and self._tell(made, "")

    def agree(self, name: str, agreed: Agreement) -> None:
        """The visitor agrees; again is nothing new."""
        now = self._clock.now()

        def change(found: Visit) -> Visit:
            if found.agreed_at is not None:
                return found
            return replace(
                found, text=agreed.text, text_version=agreed.version, language=agreed.language,
                agreed_at=now,
            )  # fmt: skip

        made = self._changed(name, change)
        if made.agreed_at == now:
            told = {"version": made.text_version, "language": made.language}
            self._audit_log.record(Action.VISIT_AGREED, name, after=told)

    def badge(self, name: str, by: str) -> str:
        """The text of the code of a new badge; one from before is void. It opens until they have
        left; who is late leaves by it for a day after the end."""
        found = self.get(name)
        if found is None or found.visit.stage(self._clock.now()) is Stage.GONE:
            raise VisitRefused(_GONE)
        text = self._badges.make(name, by, found.visit.until + _LEAVES)
        if self.records.visits.get(name) is None:
            self._badges.forget(name)
            raise VisitRefused(_GONE)
        self._audit_log.record(Action.VISIT_BADGE, name)
        return text

    # --- coming and going

    def come(self, name: str, kiosk: str = "") -> bool:
        """They are here; whether their host is told. One of two presses counts."""
        now = self._clock.now()

        def change(found: Visit) -> Visit:
            self._may_come(found, now)
            return replace(found, came_at=now)

        made = self._changed(name, change)
        self._audit_log.record(Action.VISIT_CAME, name)
        return self._tell(made, kiosk)

    def _may_come(self, found: Visit, now: datetime) -> None:
        if not self.on():
            raise VisitRefused(_OFF)
        if found.stage(now) is Stage.HERE:
            raise VisitRefused(msgid("This visitor is checked in already. Reload the page."))
        if found.stage(now) is Stage.GONE:
            raise VisitRefused(OVER)
        if not found.begun(now, self.zone()):
            raise VisitRefused(msgid("This visit begins on another day. Change its days first."))
        if found.agreed_at is None:
            raise VisitRefused(msgid("The visitor has not agreed yet. Show them the text first."))

    def leave(self, name: str) -> None:
        """They have left, and their badge is void."""
        now = self._clock.now()

        def change(found: Visit) -> Visit:
            if found.stage(now) is not Stage.HERE:
                raise VisitRefused(
                    msgid("This visitor is not checked in (any more). Reload the page.")
                )
            return replace(found, left_at=now)

        self._changed(name, change)
        self._badges.void(name)
        self._audit_log.record(Action.VISIT_LEFT, name)

    def _changed(self, name: str, change: Callable[[Visit], Visit]) -> Visit:
        made = self.records.change(name, change)
        if made is None:
            raise VisitRefused(_GONE)
        return made

    # --- and then nobody need know of it any more

    def erase(self, names: Sequence[str], *, by_itself: bool = False) -> tuple[str, ...]:
        """For good, with their badges, out of the database's files; what was done there and is
        left to do, in sentences. Raises StoreError where the files are not rewritten yet: what
        is erased is gone, and the app tries again by itself."""
        gone = self._erased(set(names))
        if not gone:
            return ()
        if by_itself:
            self._audit_log.record(Action.VISITS_OVER, "visitors", after={"erased": len(gone)})
        else:
            for name in gone:
                self._audit_log.record(Action.VISIT_ERASED, name)
        return self._purge.run()

    def _erased(self, names: Set[str]) -> list[str]:
        """Those that were there. A record goes last but for a badge that is made meanwhile:
        whatever is cut off, the visit is listed still and is erased again."""
        self._purge.want()
        self._badges.forget_all(names)
        gone = [name for name in sorted(names) if self.records.visits.remove(name)]
        self._badges.forget_all(names)
        return gone
