"""What came in by invitations is approved or refused: until then it is in no gallery."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.clock import Clock
from face_rec.domain.enrolment_errors import FaceTaken
from face_rec.domain.errors import PeopleError, PersonMissing
from face_rec.domain.people import Consent, Person
from face_rec.invitations.invitation import SelfEnrolment, Standing
from face_rec.invitations.invitation_records import InvitationRecords, Typed
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people import kept_photos
from face_rec.people.details import Details
from face_rec.people.enrolment import Enrolment
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.protocols.people_store import PeopleReader, PeopleWriter
from face_rec.retry import until_first

log = logging.getLogger(__name__)

LONGEST_WHY: Final = 300
_AT_IT: Final = timedelta(minutes=1)
_GONE: Final = msgid("Somebody has decided about this, or it is over. Reload the page.")
_LOST: Final = msgid(
    "The photos of this registration are gone: nobody decided in time, or a backup was "
    "restored. Refuse it, and invite the person again."
)


@dataclass(frozen=True, slots=True)
class WaitingEnrolment:
    """Something to decide about. ``person``: whom the office had listed; None by a poster, where
    they have ``typed`` who they are. ``alike``: who has this face already."""

    enrolment: SelfEnrolment
    person: Person | None
    typed: Typed | None
    alike: tuple[Person, ...]


class EnrolDecisions:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(
        self,
        *,
        records: InvitationRecords,
        people: PeopleReader,
        writer: PeopleWriter,
        enrolment: Enrolment,
        audit_log: AuditLog,
        clock: Clock,
        want: Callable[[], object] = lambda: None,
    ) -> None:
        """``want``: what is deleted is to leave the database's files, too."""
        self._records = records
        self._want = want
        self._people = people
        self._writer = writer
        self._enrolment = enrolment
        self._audit_log = audit_log
        self._clock = clock

    def waiting(self) -> list[WaitingEnrolment]:
        """The oldest first."""
        now = self._clock.now()
        found = [one for one in self._records.enrolments.all() if not one.over(now)]
        subjects = {name for one in found for name in (one.subject, *one.alike) if name}
        people = self._people.many(sorted(subjects))
        listed = [
            WaitingEnrolment(
                one, people.get(one.subject), self._records.typed(one),
                tuple(people[name] for name in one.alike if name in people),
            )
            for one in found if self._listed(one, people.get(one.subject))
        ]  # fmt: skip
        return sorted(listed, key=lambda one: one.enrolment.at)

    def _listed(self, one: SelfEnrolment, person: Person | None) -> bool:
        """Of somebody who was invited by name only what they have really sent."""
        if not one.subject:
            return True
        invitation = self._records.invitations.get(one.invitation)
        sent = invitation is not None and invitation.standing is Standing.WAITING
        return sent and person is not None

    def photos(self, name: str) -> list[EnrolPhoto]:
        """None of what is gone. Raises StoreError where their key is missing."""
        return self._records.faces.get(name)

    def holder(self, person_id: str) -> Person | None:
        """Who has this ID."""
        return self._people.by_id(person_id.strip()) if person_id.strip() else None

    # --- approved

    def approve(
        self, name: str, by: str, *, details: Details | None = None, holder: str = "",
        reason: str = "",
    ) -> Person:  # fmt: skip
        """The photos become templates: of whom the office had listed, of who has the ID of
        ``details``, or of a new person. ``holder``: whose that ID was, as far as who approves was
        shown. ``reason``: why the face may be registered although somebody else has it. Raises
        FaceTaken without one, PictureRefused (another face than the one that is registered for
        this person), and what else :class:`~face_rec.people.enrolment.Enrolment` does; then it
        goes on waiting, and the person's consent is as before."""
        one = self._begun(name)
        try:
            person = self._taken(one, details, holder, reason)
        except Exception as error:
            taken = (error.subject, *error.others) if isinstance(error, FaceTaken) else ()
            self._mark(name, deciding=False, alike=taken)
            raise
        self._ended(one, Standing.DONE, by, "", person)
        return person

    def _taken(
        self, one: SelfEnrolment, details: Details | None, shown: str, reason: str
    ) -> Person:
        photos = self.photos(one.id)
        if not photos:
            raise PeopleError(_LOST)
        given = Consent(one.text, one.text_version, one.agreed_at)
        if one.subject:
            return self._added(one.subject, photos, given, reason)
        if details is None:
            raise PeopleError(msgid("Say who this is: an ID and a name."))
        holder = self.holder(details.id)
        if (holder.subject if holder else "") != shown:
            whose = (
                sentence("{name} (ID {id})", name=holder.name, id=holder.id)
                if holder
                else sentence("nobody any more")
            )
            raise PeopleError(
                sentence(
                    "This ID is of {whose}. Look at the faces, then approve once more.",
                    whose=whose,
                )
            )
        if holder is not None:
            return self._added(holder.subject, photos, given, reason)
        return self._enrolment.register(replace(details, consent=given), photos, reason)

    def _added(
        self, subject: str, photos: Sequence[EnrolPhoto], given: Consent, reason: str
    ) -> Person:
        person = self._present(subject, given)
        names = {photo.name for photo in photos if photo.name}
        if names and names <= kept_photos.named(person.templates):
            return person  # somebody was cut off after that
        self._enrolment.check_same(subject, photos)
        if not reason:
            self._enrolment.check_new(photos, subject)
        until_first(partial(self._agreed, subject, given))  # of who is refused nothing is changed
        return self._enrolment.add_photos(subject, photos, reason)

    def _agreed(self, subject: str, given: Consent) -> Person:
        """The person with what they agreed to on their phone."""
        person = self._present(subject, given)
        known = person.consent
        if known and known.valid and known.given_at > given.given_at:
            return person
        return self._writer.update(replace(person, consent=given))

    def _present(self, subject: str, given: Consent) -> Person:
        """The person, who has not taken back what they agreed to."""
        person = self._people.get(subject)
        if person is None:
            raise PersonMissing(msgid("This person was erased meanwhile. Reload the page."))
        if not person.active:
            raise PeopleError(
                msgid("This person is deactivated. Activate them first, or refuse this.")
            )
        known = person.consent
        if known and known.withdrawn_at and known.withdrawn_at > given.given_at:
            raise PeopleError(msgid("This person has withdrawn their consent since. Refuse this."))
        return person

    # --- refused

    def refuse(self, name: str, by: str, why: str) -> None:
        """The photos are gone at once. Raises PeopleError without a reason."""
        if not why.strip():
            raise PeopleError(
                msgid("Say why: it is kept with the invitation, and in the audit log.")
            )
        if len(why) > LONGEST_WHY:
            raise PeopleError(
                sentence("Keep the reason within {most} characters.", most=LONGEST_WHY)
            )
        one = self._begun(name)
        self._want()
        self._ended(one, Standing.REFUSED, by, why.strip(), self._people.get(one.subject))

    # --- one at a time

    def _begun(self, name: str) -> SelfEnrolment:
        """Nobody else decides about it for a minute, in which an answer comes."""
        one = self._mark(name, deciding=True)
        if one is None:
            raise PeopleError(_GONE)
        return one

    def _mark(
        self, name: str, *, deciding: bool, alike: tuple[str, ...] = ()
    ) -> SelfEnrolment | None:
        """``alike``: whom the face was found to be of by now."""
        now = self._clock.now()

        def mark() -> SelfEnrolment | None:
            one = self._records.enrolments.get(name)
            if one is None or (deciding and one.over(now)):
                return None
            if deciding and one.deciding and now - one.deciding < _AT_IT:
                raise PeopleError(msgid("Somebody else is deciding about this. Reload the page."))
            since = now if deciding else None
            return self._records.enrolments.update(
                replace(one, deciding=since, alike=alike or one.alike)
            )

        return until_first(mark)

    def _ended(
        self, one: SelfEnrolment, standing: Standing, by: str, why: str, person: Person | None
    ) -> None:
        now = self._clock.now()
        if one.subject:
            sealed = self._records.sealed(one.invitation, why)
            self._records.change(
                one.invitation, lambda found: found.decided(standing, by, now, sealed)
            )
        self._records.drop_all(one)
        done = standing is Standing.DONE
        action = Action.ENROLMENT_APPROVED if done else Action.ENROLMENT_REFUSED
        # Of a poster's nobody is registered yet, so no key of theirs could seal who it is.
        target, about = (person.id, person.subject) if person else ("by a poster", "")
        told = {"reason": why} if why and about else {}
        self._audit_log.record(action, target, after=told, about=about)
        log.info("self_enrolment_decided standing=%s subject=%s", standing.value, about)
