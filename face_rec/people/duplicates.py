"""Nobody is registered twice: the check that stands inside every write of a face."""

import logging
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Final, TypeVar

import numpy as np

from face_rec.domain.enrolment_errors import FaceTaken
from face_rec.domain.errors import Conflict
from face_rec.domain.faces import Matrix
from face_rec.domain.people import Contract, Person
from face_rec.domain.recognition import Match
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Sentence, sentence
from face_rec.people.gallery.gallery import centroid
from face_rec.protocols.models import FaceModels, ModelSource
from face_rec.protocols.people_store import Gallery, PeopleReader
from face_rec.retry import until_first

log = logging.getLogger(__name__)

Written = TypeVar("Written")

Wait = Callable[[int, float], bool]
"""Waits until the gallery has a revision; False after so many seconds."""

MOST: Final = 8
"""People whom a face may be named after; the gallery compares no more of them by template."""
_CATCH_UP_SECONDS = 10.0
_TRIES = 25


class _Overtaken(Exception):
    """Somebody else wrote between the check and the write; raised here, never seen outside."""


class DuplicateCheck:
    """Compares a new face with everybody, at a revision that the store then insists on.

    Two admins who register one face under two IDs at the same moment both pass the check, but
    only one write finds the revision it was checked at; the other is checked again and refused.
    ``wait`` is the gallery's follower's, so that the check sees everybody.
    """

    def __init__(
        self, people: PeopleReader, models: ModelSource, gallery: Gallery, wait: Wait
    ) -> None:
        self._people = people
        self._models = models
        self._gallery = gallery
        self._wait = wait

    def guarded(
        self,
        faces: Matrix,
        contract: Contract,
        write: Callable[[int], Written],
        own: str = "",
        reason: str = "",
    ) -> Written:
        """``write(seen_revision)`` once ``faces``, the photos of one person, are known to be
        nobody's but ``own``'s.

        ``write`` runs again when it raises Conflict because somebody else was faster. Raises
        FaceTaken unless ``reason`` says why the face may be registered again; Conflict when
        others never let go, or the gallery is still loading.
        """

        def attempt() -> Written:
            seen = self._caught_up()
            self.check(faces, contract, own, reason)
            try:
                return write(seen)
            except Conflict as error:
                raise _Overtaken from error

        try:
            return until_first(attempt, tries=_TRIES, lost=_Overtaken)
        except _Overtaken:
            raise Conflict(
                msgid("Others are saving people at the same time. Wait a moment and save again.")
            ) from None

    def check(self, faces: Matrix, contract: Contract, own: str = "", reason: str = "") -> None:
        """Raises FaceTaken, which names all, if ``faces`` (N, D) are those of somebody other than
        ``own``. Whom they are less like than ``own`` is not asked for: a twin whom somebody has
        confirmed stands there with every new photo."""
        found = self._gallery.nearest(centroid(faces), contract, MOST)
        models = self._models.current()
        if found is None or models is None or models.contract != contract:
            raise Conflict(msgid("The face model was changed meanwhile. Take the photos again."))
        alike = self._those_alike(faces, models, found, own)
        if not alike:
            return
        if not reason:
            raise self.taken(*alike, score=max(alike.values()))
        log.warning("duplicate_face_confirmed others=%s reason=%r", ",".join(alike), reason)

    def resembled(self, person: Person) -> list[Person]:
        """All whose face that of ``person`` may be, who are registered now: first whom an import
        found it to be, whom the gallery may not know any more (deactivated, another model). May
        raise StoreUnavailable."""
        names = dict.fromkeys((person.resembles, *self._alike_now(person.subject)))
        known = self._people.many([name for name in names if name])
        return [known[name] for name in names if name in known]

    def check_decided(self, person: Person) -> None:
        """Raises FaceTaken, which names all whom ``person`` resembles, whatever the gallery says
        now: it may not know whom it was found to be, and it was found that they look alike."""
        found = [one.subject for one in self.resembled(person)]
        if person.resembles in found:
            raise self.taken(*found)

    def _alike_now(self, subject: str) -> Iterable[str]:
        models = self._models.current()
        faces = self._faces(subject, models) if models else None
        if models is None or faces is None:
            return ()
        found = self._gallery.nearest(centroid(faces), models.contract, MOST) or ()
        return self._those_alike(faces, models, found, subject)

    def _those_alike(
        self, faces: Matrix, models: FaceModels, found: Iterable[Match], own: str
    ) -> dict[str, float]:
        """By subject, with the score; the likest first."""
        before = takewhile(lambda match: match.subject != own, found)
        return {
            match.subject: match.score
            for match in before
            if match.subject and self._alike(faces, match.subject, match.score, models)
        }

    def _alike(self, faces: Matrix, subject: str, score: float, models: FaceModels) -> bool:
        """Whether ``subject``, whom the gallery gives ``score``, has these faces.

        A limit is measured on pairs of photos. What the gallery scores is a mean of photos
        against a mean of photos, whose noise is averaged away: strangers come closer to each
        other by it, the more photos there are. The mean cosine of all pairs of photos stands on
        the scale that the limit was measured on, however many there are.
        """
        limit = models.calibration.alike(max(1, self._gallery.people))
        if score < limit:  # never lower than the mean of the pairs: spares the reading
            return False
        stored = self._faces(subject, models)
        return stored is not None and float((faces @ stored.T).mean()) >= limit

    def _faces(self, subject: str, models: FaceModels) -> Matrix | None:
        digest = models.contract.digest
        stored = [t.vector for t in self._people.templates(subject) if t.info.contract == digest]
        return np.stack(stored) if stored else None

    def _caught_up(self) -> int:
        """The gallery's revision, at least the store's of this moment. It is read before the
        match: what comes between is seen by the match and refused by the store."""
        if not self._wait(self._people.revision(), _CATCH_UP_SECONDS):
            raise Conflict(
                msgid(
                    "The faces of those already registered are still being loaded, "
                    "so this one cannot be compared with them yet. Wait a moment "
                    "and save again."
                )
            )
        return self._gallery.revision

    def taken(self, subject: str, *others: str, score: float = 0.0) -> FaceTaken:
        """The refusal of a face that is ``subject``'s, and perhaps that of ``others``; ``score``
        0: it was not compared now."""
        holders = self._people.many([subject, *others])
        known = [_described(holders[one]) for one in (subject, *others) if one in holders]
        who = known[0] if known else sentence("somebody else")
        for other in known[1:]:
            who = sentence("{who} and as {other}", who=who, other=other)
        return FaceTaken(
            subject,
            score,
            sentence(
                "This face is already registered as {who}. Add photos there, or confirm with a "
                "reason that this is another person.",
                who=who,
            ),
            others,
        )


def _described(person: Person) -> Sentence:
    return sentence("{name} (ID {id})", name=person.name, id=person.id)
