"""Where invitations rest, and what came in by them until somebody has decided: as a record of
each, with what people typed sealed, and their photos apart, which end by themselves."""

import json
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol

from face_rec.access.storage import Records
from face_rec.invitations.invitation import WAITS, Invitation, SelfEnrolment, Standing
from face_rec.people.imports.collection import same_id
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.protocols.sealing import Sealer, open_text, seal_text
from face_rec.retry import until_first

_TRIES: Final = 20
_SENDING: Final = timedelta(hours=1)
"""After which nobody is just sending photos whose link is not used up."""


class WaitingFaces(Protocol):
    """Photos and templates of who is not approved, in no gallery; by the id of what came in. All
    may raise StoreUnavailable."""

    def put(self, name: str, photos: Sequence[EnrolPhoto], seconds: float) -> None:
        """They are gone by themselves after so many seconds."""
        ...

    def get(self, name: str) -> list[EnrolPhoto]:
        """None of what is gone. Raises StoreError where their key is missing."""
        ...

    def drop(self, name: str) -> None: ...

    def ending(self, seconds: float) -> list[str]:
        """The ids of those that are gone by themselves within so many seconds."""
        ...

    def reseal(self) -> int:
        """Seal all with the key of now; of how many people."""
        ...


@dataclass(frozen=True, slots=True)
class Typed:
    """Who somebody says that they are, by a poster."""

    id: str
    name: str


class InvitationRecords:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(
        self,
        invitations: Records[Invitation],
        enrolments: Records[SelfEnrolment],
        faces: WaitingFaces,
        sealer: Sealer,
    ) -> None:
        self.invitations = invitations
        self.enrolments = enrolments
        self.faces = faces
        self._sealer = sealer

    def change(self, name: str, change: Callable[[Invitation], Invitation]) -> Invitation | None:
        """Write what ``change`` makes of an invitation; it is asked again where somebody was
        faster. None where there is none (any more)."""

        def changed() -> Invitation | None:
            found = self.invitations.get(name)
            return None if found is None else self.invitations.update(change(found))

        return until_first(changed, tries=_TRIES)

    def of(self, subject: str) -> list[Invitation]:
        """All of one person."""
        return [one for one in self.invitations.all() if one.subject == subject]

    def keep(self, one: SelfEnrolment, photos: Sequence[EnrolPhoto]) -> None:
        """The photos first: what is listed can be looked at."""
        self.faces.put(one.id, photos, WAITS.total_seconds())
        self.enrolments.create(one)

    def drop(self, name: str) -> None:
        """What came in, with its photos."""
        self.faces.drop(name)
        self.enrolments.remove(name)

    def drop_all(self, one: SelfEnrolment) -> None:
        """With what came in by the same invitation of one person: whoever was not told that it
        was taken has sent it again."""
        for other in self.enrolments.all() if one.subject else ():
            if other.invitation == one.invitation:
                self.drop(other.id)
        self.drop(one.id)

    # --- what is sealed

    def sealed(self, name: str, text: str) -> str:
        return seal_text(self._sealer, text, _context(name)) if text else ""

    def text(self, name: str, sealed: str) -> str:
        """Raises StoreError where its key is missing."""
        return open_text(self._sealer, sealed, _context(name)) if sealed else ""

    def seal_typed(self, name: str, typed: Typed) -> str:
        return self.sealed(name, json.dumps([typed.id, typed.name]))

    def typed(self, one: SelfEnrolment) -> Typed | None:
        """None of somebody who was invited by name."""
        return Typed(*json.loads(self.text(one.id, one.typed))) if one.typed else None

    # --- privacy

    def held(self, subject: str) -> list[dict[str, Any]]:
        """What is kept of a person, as plain values."""
        waiting = [one for one in self.enrolments.all() if one.subject == subject]
        return [
            *(self._invited(one) for one in self.of(subject)),
            *(_came_in(one, len(self.faces.get(one.id))) for one in waiting),
        ]

    def _invited(self, one: Invitation) -> dict[str, Any]:
        return {
            "invited_at": one.made_at.isoformat(),
            "invited_by": one.by,
            "standing": one.standing.value,
            "decided_by": one.decided_by,
            "reason": self.text(one.id, one.why),
        }

    def forget(self, subject: str, person_id: str = "") -> int:
        """All of a person who is erased, also what came in by a poster under their ID, and that
        others were found to look like them."""
        count = 0
        for one in self.enrolments.all():
            typed = self.typed(one) if person_id else None
            if one.subject == subject or (typed and same_id(typed.id) == same_id(person_id)):
                self.drop(one.id)
                count += 1
            elif subject in one.alike:
                self._unlike(one.id, subject)
        for invitation in self.of(subject):
            self.invitations.remove(invitation.id)
            count += 1
        return count

    def _unlike(self, name: str, subject: str) -> None:
        def changed() -> None:
            found = self.enrolments.get(name)
            if found is not None:
                alike = tuple(one for one in found.alike if one != subject)
                self.enrolments.update(replace(found, alike=alike))

        until_first(changed, tries=_TRIES)

    def tidy(
        self,
        now: datetime,
        there: Callable[[Sequence[str]], Container[str]],
        want: Callable[[], object] = lambda: None,
    ) -> int:
        """Remove what nobody has decided in time, photos whose link was not used up after all,
        and those that lead nowhere, what is long over, and all of subjects that are not ``there``
        any more; how many. ``want`` is called before each removal."""
        invitations, enrolments = self.invitations.all(), self.enrolments.all()
        subjects = {one.subject for one in invitations} | {one.subject for one in enrolments}
        known = there([subject for subject in subjects if subject])
        removed = 0
        sent = {one.id for one in invitations if one.poster or one.standing is Standing.WAITING}
        for one in enrolments:
            never = one.invitation not in sent and now - one.at > _SENDING
            if never or one.over(now) or (one.subject and one.subject not in known):
                want()
                self.drop(one.id)
                self.change(one.invitation, partial(_lapsed, now=now))
                removed += 1
        removed += self._strays({one.id for one in enrolments}, want)
        for invitation in invitations:
            gone = invitation.subject and invitation.subject not in known
            if gone or invitation.old(now):
                want()
                self.invitations.remove(invitation.id)
                removed += 1
        return removed

    def _strays(self, known: Container[str], want: Callable[[], object]) -> int:
        """Drop the photos of no enrolment, of an app that was killed in between: they are kept
        first, and may have been brought back alone."""
        old = self.faces.ending((WAITS - _SENDING).total_seconds())
        strays = [name for name in old if name not in known]
        for name in strays:
            want()
            self.faces.drop(name)
        return len(strays)

    def reseal(self) -> int:
        """Seal all with the key of now; how many. Raises StoreError."""
        for one in self.enrolments.all():
            until_first(partial(self._reseal_typed, one.id), tries=_TRIES)
        for invitation in self.invitations.all():
            self.change(invitation.id, self._reseal_why)
        return self.faces.reseal()

    def _reseal_typed(self, name: str) -> None:
        found = self.enrolments.get(name)
        if found is not None and found.typed:
            fresh = self.sealed(name, self.text(name, found.typed))
            self.enrolments.update(replace(found, typed=fresh))

    def _reseal_why(self, one: Invitation) -> Invitation:
        return replace(one, why=self.sealed(one.id, self.text(one.id, one.why)))


def _lapsed(one: Invitation, now: datetime) -> Invitation:
    """Nobody has decided: the person is to be invited again."""
    if one.poster or one.standing is not Standing.WAITING:
        return one
    return replace(one, standing=Standing.REVOKED, decided_at=now)


def _came_in(one: SelfEnrolment, photos: int) -> dict[str, Any]:
    return {
        "registered_at": one.at.isoformat(),
        "agreed_to": one.text,
        "version": one.text_version,
        "language": one.language,
        "photos_waiting_for_approval": photos,
    }


def _context(name: str) -> str:
    return f"invitation:{name}"
