"""The office invites people to register on their phone, one, many or by a poster."""

import secrets
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol, Self

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.clock import Clock
from face_rec.domain.errors import PeopleError
from face_rec.domain.people import Person
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.invitations.invitation import LASTS, LONGEST, MOST, Invitation, Standing
from face_rec.invitations.invitation_records import InvitationRecords
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader

ENROL: Final = "enrol"
"""What a link of an invitation is for, and its place in the address."""
LETTER: Final = "invitation"
"""What its mail is called."""


class Mail(Protocol):
    """Writes to people themselves; see :class:`face_rec.notices.personal.mail.PersonalMail`."""

    def on(self) -> bool: ...

    def send(self, purpose: str, what: str, person: Person) -> str:
        """To the person's address, soon; it, as much of it as may be shown. "": they have none,
        or nobody is written to."""
        ...


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with whom it is for; None: a poster."""

    invitation: Invitation
    person: Person | None


@dataclass(frozen=True, slots=True)
class InviteReport:
    """What became of many: invited, of those written to, and why others were not, by subject."""

    invited: tuple[str, ...]
    mailed: int
    refused: tuple[tuple[str, str, str], ...]
    """Subject, ID and reason."""

    def subjects(self) -> Set[str]:
        """Whom it names."""
        return {*self.invited, *(subject for subject, _, _ in self.refused)}

    def without(self, gone: Set[str]) -> Self:
        """Without those who are erased."""
        return replace(
            self,
            invited=tuple(one for one in self.invited if one not in gone),
            refused=tuple(one for one in self.refused if one[0] not in gone),
        )


class InvitationService:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(
        self,
        *,
        records: InvitationRecords,
        people: PeopleReader,
        audit_log: AuditLog,
        clock: Clock,
        rule: Callable[[], SelfEnrolling],
        token: Callable[[Invitation], str],
        mail: Mail,
    ) -> None:
        """``rule``: what the site allows at this moment. ``token``: what stands at the end of an
        invitation's link; the same for the same."""
        self.records = records
        self._people = people
        self._audit_log = audit_log
        self._clock = clock
        self._rule = rule
        self._token = token
        self.mail = mail

    def rule(self) -> SelfEnrolling:
        return self._rule()

    def path(self, one: Invitation) -> str:
        """The link, from the / after the site's address on."""
        return f"/{ENROL}/{self._token(one)}"

    def all(self) -> list[Invited]:
        """Those of people who are there, and all posters; the newest first, then by name."""
        found = self.records.invitations.all()
        people = self._people.many([one.subject for one in found if one.subject])
        listed = [
            Invited(one, people.get(one.subject))
            for one in found if one.poster or one.subject in people
        ]  # fmt: skip
        listed.sort(key=lambda one: one.person.name if one.person else "")
        return sorted(listed, key=lambda one: one.invitation.made_at.date(), reverse=True)

    # --- inviting

    def invite(
        self,
        subjects: Sequence[str],
        by: str,
        *,
        days: int = LASTS.days,
        mail: bool = False,
        progress: Progress | None = None,
    ) -> InviteReport:
        """One invitation each, in the place of one that they had; ``mail``: written to where an
        address is known. What was done before an error or a stop stays."""
        self._check(days)
        before: dict[str, list[Invitation]] = {}
        for one in self.records.invitations.all():
            before.setdefault(one.subject, []).append(one)
        invited, refused, mailed = list[str](), list[tuple[str, str, str]](), 0
        try:
            for number, subject in enumerate(dict.fromkeys(subjects), 1):
                person = self._people.get(subject)
                why = _why_not(person) or self._superseded(before.get(subject, ()))
                if person is None or why:
                    refused.append((subject, person.id if person else "", why))
                else:
                    made = self._made(person, by, days, before.get(subject, ()))
                    invited.append(subject)
                    mailed += bool(mail and self._mailed(made, person))
                if progress is not None:
                    progress(number, len(subjects))
        finally:
            self._leave_one_each(invited)
        return InviteReport(tuple(invited), mailed, tuple(refused))

    def _superseded(self, before: Sequence[Invitation]) -> str:
        """End them; or why that is not done: photos came, maybe a moment ago."""
        now = self._clock.now()

        def ended(found: Invitation) -> Invitation:
            still_open = found.standing is Standing.OPEN
            return found.decided(Standing.REVOKED, "", now) if still_open else found

        left = [self.records.change(one.id, ended) for one in before]
        sent = any(one is not None and one.standing is Standing.WAITING for one in left)
        return msgid("has sent photos: decide about them first") if sent else ""

    def _leave_one_each(self, subjects: Sequence[str]) -> None:
        """Of people whom somebody else has invited in the same moment: whoever looks last finds
        both, and either of them leaves the same one, so that one link works and never none."""
        wanted, found = set(subjects), dict[str, list[Invitation]]()
        for one in self.records.invitations.all() if wanted else ():
            if one.subject in wanted:
                found.setdefault(one.subject, []).append(one)
        for several in found.values():
            several.sort(key=lambda one: (one.standing is Standing.WAITING, one.made_at, one.id))
            for other in several[:-1]:
                if not self._superseded([other]):
                    self.records.invitations.remove(other.id)

    def _made(
        self, person: Person, by: str, days: int, before: Sequence[Invitation]
    ) -> Invitation:
        now = self._clock.now()
        made = Invitation(_new_id(), person.subject, by, now, now + timedelta(days=days))
        self.records.invitations.create(made)
        for old in before:
            self.records.invitations.remove(old.id)
        if not self._there(person.subject):
            self.records.forget(person.subject)
            return made
        until = f"{made.until:%Y-%m-%d %H:%M} UTC"
        self._audit_log.record(
            Action.INVITED, person.id, after={"until": until}, about=person.subject
        )
        return made

    def poster(self, group: str, by: str, *, days: int = LASTS.days, most: int = 50) -> Invitation:
        """By which ``most`` people may register, for ``group``; each is to be approved."""
        self._check(days)
        if not 1 <= most <= MOST:
            raise PeopleError(
                sentence("A poster is for 1 to {most} people.", most=format(MOST, ","))
            )
        now = self._clock.now()
        made = Invitation(_new_id(), "", by, now, now + timedelta(days=days), group.strip(), most)
        self.records.invitations.create(made)
        self._audit_log.record(Action.INVITED, f"poster {made.id}", after={"group": made.group})
        return made

    def mail_again(self, name: str) -> str:
        """Send the link once more; where to, as much of it as may be shown. Raises PeopleError."""
        one = self.records.invitations.get(name)
        person = self._people.get(one.subject) if one else None
        if one is None or person is None or not one.usable(self._clock.now()):
            raise PeopleError(msgid("This invitation is over. Invite the person again."))
        to = self._mailed(one, person)
        if not to:
            raise PeopleError(
                msgid(
                    "No mail address of this person is known, or no mail server. Enter the "
                    "address under People, or a mail server under Notifications."
                )
            )
        return to

    def _mailed(self, one: Invitation, person: Person) -> str:
        to = self.mail.send(LETTER, one.id, person)
        if to:
            now = self._clock.now()
            self.records.change(one.id, lambda found: replace(found, mailed_to=to, mailed_at=now))
        return to

    def revoke(self, name: str, by: str) -> None:
        """Nobody can register by it any more. Nothing to do where it is over; what came in by it
        is refused, not revoked."""
        now = self._clock.now()

        def revoked(found: Invitation) -> Invitation:
            if found.standing is not Standing.OPEN:
                return found
            return found.decided(Standing.REVOKED, by, now)

        one = self.records.change(name, revoked)
        if one is not None and one.standing is Standing.REVOKED and one.decided_at == now:
            person = self._people.get(one.subject) if one.subject else None
            target, about = (person.id, person.subject) if person else (f"poster {name}", "")
            self._audit_log.record(Action.INVITATION_REVOKED, target, about=about)

    def _check(self, days: int) -> None:
        if self._rule() is SelfEnrolling.OFF:
            raise PeopleError(
                msgid(
                    "People do not register themselves here. Switch it on under "
                    "Settings, This site."
                )
            )
        if not 1 <= days <= LONGEST:
            raise PeopleError(
                sentence("An invitation lasts 1 to {longest} days.", longest=LONGEST)
            )

    def _there(self, subject: str) -> bool:
        person = self._people.get(subject)
        return person is not None and person.active


def _why_not(person: Person | None) -> str:
    if person is None:
        return msgid("is not there any more")
    if not person.active:
        return msgid("is deactivated")
    return ""


def _new_id() -> str:
    return secrets.token_hex(8)
