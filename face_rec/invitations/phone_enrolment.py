"""The way in for who was invited to register on their phone: from a link to photos that wait."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from face_rec.access.audit.actor import Actor, acting
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.limits.throttle import BY_LINK, SENT_BY_POSTER, Throttle
from face_rec.clock import Clock
from face_rec.domain.enrolment_errors import DetailsRefused, FaceTaken
from face_rec.domain.errors import (
    Conflict,
    FaceRecError,
    JournalError,
    LinkInvalid,
    PictureRefused,
    StoreUnavailable,
    TryLater,
)
from face_rec.domain.people import Consent, Person, PhotoLife, poorest
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.invitations.deciding import EnrolDecisions
from face_rec.invitations.invitation import Invitation, SelfEnrolment, Standing
from face_rec.invitations.invitation_records import InvitationRecords, Typed
from face_rec.invitations.phone import PhoneCapture, PhoneCaptures
from face_rec.languages.language import msgid
from face_rec.people.details import Details, clean_details
from face_rec.people.enrolment import Enrolment
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.protocols.people_store import PeopleReader

log = logging.getLogger(__name__)

THEMSELVES: Final = "the person"
"""Who registers somebody where the site trusts them."""
_INVALID: Final = msgid(
    "This link was used, has expired or is not valid. Ask the office for a new one."
)
_TOO_MANY: Final = msgid("Too many tries. Wait 15 minutes, then try again.")
_NAME: Final = msgid("Type your ID and your name.")
_MORE: Final = msgid("Not all views are taken yet.")
_DOUBTED: Final = msgid(
    "This looks like a picture of a face. Stand before the camera yourself, in even light, and "
    "take the views again."
)
_LATER: Final = msgid("This cannot be looked at now. Wait a moment, then send it again.")
_TWICE: Final = msgid("It is being sent. Wait a moment.")


class ViewsMissing(FaceRecError):
    """What is wrong with the photos, in words for the person; ``again``: all are to be taken
    anew."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


@dataclass(frozen=True, slots=True)
class Guest:
    """Who has opened a link that works. ``person``: whom it is for; None by a poster."""

    invitation: Invitation
    person: Person | None


class PhoneEnrolment:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(
        self,
        *,
        records: InvitationRecords,
        people: PeopleReader,
        enrolment: Enrolment,
        decisions: EnrolDecisions,
        captures: PhoneCaptures,
        read: Callable[[str], str],
        throttle: Throttle,
        audit_log: AuditLog,
        clock: Clock,
        rule: Callable[[], SelfEnrolling],
        tell: Callable[[SelfEnrolment], None] = lambda _: None,
        want: Callable[[], object] = lambda: None,
    ) -> None:
        """``read``: the invitation's id that a link names; "" for one that is none of ours, or
        over. ``rule``: what the site allows at this moment. ``tell``: that somebody waits for a
        decision; must not raise. ``want``: what is deleted is to leave the database's files."""
        self._records = records
        self._people = people
        self._enrolment = enrolment
        self._decisions = decisions
        self.captures = captures
        self._read = read
        self._throttle = throttle
        self._audit_log = audit_log
        self._clock = clock
        self._rule = rule
        self._tell = tell
        self._want = want

    def find(self, token: str, address: str) -> Guest:
        """Who this link is for, without using it. Raises LinkInvalid."""
        found = self._found(token)
        if found is not None:
            return found
        tries = self._throttle.try_now(BY_LINK, address)
        raise LinkInvalid(_TOO_MANY if tries > BY_LINK.tries else _INVALID)

    def _found(self, token: str) -> Guest | None:
        return self._guest(self._read(token))

    def goes_on(self, name: str) -> bool:
        """Whether somebody may still register by the invitation of this id."""
        return self._guest(name) is not None

    def _guest(self, name: str) -> Guest | None:
        known = name and self._rule() is not SelfEnrolling.OFF
        invitation = self._records.invitations.get(name) if known else None
        if invitation is None or not invitation.usable(self._clock.now()):
            return None
        if invitation.poster:
            return Guest(invitation, None)
        person = self._present(invitation.subject)
        return Guest(invitation, person) if person else None

    def _present(self, subject: str) -> Person | None:
        person = self._people.get(subject)
        return person if person is not None and person.active else None

    # --- what somebody does

    def begin(self, guest: Guest, consent: Consent, language: str, typed: Typed) -> PhoneCapture:
        """They have agreed. ``typed`` counts by a poster alone. Raises DetailsRefused,
        TryLater."""
        said = None
        if guest.person is None:
            said = _clean(typed)
        return self.captures.open(guest.invitation.id, consent, language, said)

    def send(self, guest: Guest, capture: PhoneCapture, address: str) -> Standing:
        """The link is used up. What became of it: DONE where the site trusts them and nothing
        speaks against it, else WAITING. Raises ViewsMissing, LinkInvalid, TryLater."""
        if not self.captures.claim(capture):
            raise ViewsMissing(_TWICE)
        try:
            with acting(Actor(THEMSELVES, "person", address)):
                standing = self._sent(guest, capture, address)
        except Exception:
            self.captures.free(capture)
            raise
        self.captures.close(capture)
        return standing

    def _sent(self, guest: Guest, capture: PhoneCapture, address: str) -> Standing:
        if not capture.guide.state().done:
            raise ViewsMissing(_MORE)
        photos = capture.guide.taken()
        if poorest(photo.life for photo in photos) == PhotoLife.ATTACK:
            raise ViewsMissing(_DOUBTED, again=True)
        if guest.person is None:
            self._check_pace(address)
        made = self._made(guest, capture, photos)
        self._kept(guest, made, photos)
        about = guest.person.subject if guest.person else ""
        target = guest.person.id if guest.person else f"poster {guest.invitation.id}"
        told = {"version": made.text_version, "language": made.language, "photos": len(photos)}
        self._audit_log.record(Action.SELF_ENROLLED, target, after=told, about=about)
        if guest.person and self._trusted(made) and self._at_once(made):
            return Standing.DONE
        self._tell(made)
        return Standing.WAITING

    def _check_pace(self, address: str) -> None:
        tries = self._throttle.try_now(SENT_BY_POSTER, address)
        if tries > SENT_BY_POSTER.tries:
            raise TryLater(_TOO_MANY, SENT_BY_POSTER.seconds)

    def _made(
        self, guest: Guest, capture: PhoneCapture, photos: tuple[EnrolPhoto, ...]
    ) -> SelfEnrolment:
        name, consent = secrets.token_hex(12), capture.consent
        subject = guest.person.subject if guest.person else ""
        doubts = dict.fromkeys(word for photo in photos for word in photo.doubts)
        return SelfEnrolment(
            name, guest.invitation.id, subject, self._clock.now(), consent.text, consent.version,
            capture.language, consent.given_at,
            typed=self._records.seal_typed(name, capture.typed) if capture.typed else "",
            group=guest.invitation.group, alike=self._alike(photos, subject),
            life=poorest(photo.life for photo in photos), doubts=tuple(doubts),
        )  # fmt: skip

    def _alike(self, photos: tuple[EnrolPhoto, ...], subject: str) -> tuple[str, ...]:
        """Who else has this face: for the office, and never told to the person."""
        try:
            self._enrolment.check_new(photos, subject)
        except FaceTaken as error:
            return (error.subject, *error.others)
        except PictureRefused:
            raise
        except (Conflict, FaceRecError) as error:
            if isinstance(error, StoreUnavailable):
                raise
            log.info("self_enrolment_later reason=%s", error)
            raise TryLater(_LATER, 10.0) from error
        return ()

    def _kept(self, guest: Guest, made: SelfEnrolment, photos: tuple[EnrolPhoto, ...]) -> None:
        """A full disk is nothing that the person could mend: they send it again."""
        try:
            self._keep(guest, made, photos)
        except JournalError as error:
            log.error("self_enrolment_not_kept reason=%s", error)
            self._want()
            self._records.drop(made.id)
            raise TryLater(_LATER, 10.0) from error

    def _keep(self, guest: Guest, made: SelfEnrolment, photos: tuple[EnrolPhoto, ...]) -> None:
        """Kept first and then the link is used up, so that whoever is cut off in between can send
        once more; of two who use it at once one has it. An erasure hides its person first and
        takes what is theirs then, so that one of the two sees the other."""
        self._records.keep(made, photos)
        now = self._clock.now()

        def used(found: Invitation) -> Invitation:
            if not found.usable(now):
                raise LinkInvalid(_INVALID)
            return found.used()

        try:
            changed = self._records.change(guest.invitation.id, used)
        except LinkInvalid:
            changed = None
        gone = guest.person is not None and self._present(guest.person.subject) is None
        if changed is None or gone or self._rule() is SelfEnrolling.OFF:
            self._want()
            self._records.drop(made.id)
            raise LinkInvalid(_INVALID)

    # --- at once

    def _trusted(self, made: SelfEnrolment) -> bool:
        sure = made.life != PhotoLife.UNSURE and not made.alike
        return self._rule() is SelfEnrolling.TRUST and sure

    def _at_once(self, made: SelfEnrolment) -> bool:
        """Whatever is refused waits for somebody who looks at it."""
        try:
            self._decisions.approve(made.id, THEMSELVES)
        except StoreUnavailable:
            return False
        except FaceRecError as error:
            log.info("self_enrolment_not_at_once reason=%s", type(error).__name__)
            return False
        return True


def _clean(typed: Typed) -> Typed:
    try:
        clean = clean_details(Details(typed.id, typed.name))
    except DetailsRefused:
        raise DetailsRefused("ID", _NAME) from None
    return Typed(clean.id, clean.name)
