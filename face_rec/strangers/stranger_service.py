"""What is decided about unknown people, one by one or many at once: assigned to somebody,
dismissed, blocked, taken back, forgotten."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.rights import Act
from face_rec.clock import Clock
from face_rec.domain.errors import PeopleError, PictureError, SnapshotMissing, StrangerGone
from face_rec.domain.people import Person, PhotoLife, TemplateInfo
from face_rec.domain.strangers import Decision, Standing, Stranger, Visit
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, sentence
from face_rec.people.enrolment import Enrolment
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import decode
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.retry import until_first
from face_rec.strangers.forgetting import Forgetting
from face_rec.strangers.index import StrangerIndex
from face_rec.strangers.storage import StrangerStore

LONGEST_BLOCK: Final = 365
"""Days; a block ends by itself, and somebody has to say that it is still needed."""
MOST_PHOTOS: Final = 6
"""Of the best pictures, that become photos of a person."""
_LOOKED_AT: Final = 20
_PROVEN: Final = frozenset({Standing.ASSIGNED, Standing.BLOCKED})
"""What takes a fresh proof, to be said and to be taken back."""
_DECIDED: Final = msgid(
    "Somebody else has decided about this person meanwhile. Reload the page; what was "
    "decided can be taken back there."
)


@dataclass(frozen=True, slots=True)
class Photos:
    """What pictures of unknown people are worth as photos of one person: those that were taken,
    and why others were not."""

    taken: tuple[EnrolPhoto, ...]
    refused: tuple[str, ...]


class StrangerService:
    """Safe from any thread; all may raise StoreUnavailable. What is done is in the audit log."""

    def __init__(
        self,
        store: StrangerStore,
        index: StrangerIndex,
        forgetting: Forgetting,
        *,
        enrolment: Enrolment,
        people: PeopleReader,
        pictures: SnapshotStore,
        audit: AuditLog,
        clock: Clock,
        demand: Callable[[Act], None],
    ) -> None:
        """``demand`` raises ProofNeeded where whoever acts must first prove who they are."""
        self._store = store
        self._index = index
        self._forgetting = forgetting
        self._enrolment = enrolment
        self._people = people
        self._pictures = pictures
        self._audit = audit
        self._clock = clock
        self._demand = demand

    # --- looking

    def all(self) -> list[Stranger]:
        return self._index.people()

    def visits(self, stranger: Stranger) -> list[Visit]:
        """Those that are kept, newest first."""
        found = self._store.visits(stranger.visits)
        return sorted(found.values(), key=lambda one: one.began, reverse=True)

    def best(self, strangers: Sequence[Stranger]) -> dict[str, Visit]:
        """The newest visit of each, by the stranger's id: whose picture stands for them."""
        found = self._store.visits([one.visits[-1] for one in strangers if one.visits])
        return {one.group: one for one in found.values()}

    def photos(self, ids: Iterable[str], so_far: Sequence[EnrolPhoto] = ()) -> Photos:
        """The best pictures of these people, checked as photos at an enrolment are: of one face,
        good enough, all of one person. Raises PackMissing."""
        taken, refused = list(so_far), dict[str, None]()
        visits = [visit for one in self._store.many(list(ids)).values() for visit in one.visits]
        known = sorted(self._store.visits(visits).values(), key=lambda one: -one.quality)
        for visit in known[:_LOOKED_AT]:
            if len(taken) - len(so_far) >= MOST_PHOTOS:
                break
            try:
                image = decode(self._pictures.get(visit.picture))
                photo = self._enrolment.check(image, taken)
            except (PictureError, SnapshotMissing) as error:
                refused[error.said] = None
            else:
                taken.append(replace(photo, life=PhotoLife.STILL))
        return Photos(tuple(taken[len(so_far) :]), tuple(refused))

    # --- deciding

    def assign(self, ids: Sequence[str], subject: str, by: str) -> Person:
        """These people are ``subject``: their best pictures become photos of that person, after
        the checks of an enrolment. Raises ProofNeeded, what ``Enrolment.add_photos`` does,
        PictureRefused among it where it is another face, and PeopleError where no picture is good
        enough or somebody else has decided meanwhile."""
        self._demand(Act.STRANGERS)
        self._all_open(ids)
        photos = self.photos(ids)
        if not photos.taken:
            none = msgid("There are no pictures any more.")
            why = listed(photos.refused or (none,), " ")
            raise PeopleError(sentence("No picture can become a photo: {why}", why=why))
        before = self._templates(subject)
        person = self._enrolment.add_photos(subject, photos.taken)
        added = tuple(name for name in self._templates(subject) if name not in before)
        for number, one in enumerate(ids):
            photos_of = added if number == 0 else ()
            self._decide(one, Standing.ASSIGNED, by, subject=subject, photos=photos_of)
        self._note(Action.STRANGER_ASSIGNED, ids, about=subject)
        return person

    def enrolled(self, ids: Sequence[str], subject: str, by: str) -> None:
        """These people were registered as ``subject``, by their pictures; whoever was forgotten or
        decided about meanwhile stays as they are."""
        for one in ids:
            with suppress(PeopleError):
                self._decide(one, Standing.ASSIGNED, by, subject=subject)
        self._note(Action.STRANGER_ASSIGNED, ids, about=subject)

    def dismiss(self, ids: Sequence[str], by: str) -> int:
        """They are nobody to care about: not shown again, and nothing more is kept of them. Raises
        PeopleError where somebody else has decided meanwhile."""
        self._all_open(ids)
        for one in ids:
            self._decide(one, Standing.DISMISSED, by)
        self._note(Action.STRANGER_DISMISSED, ids)
        return len(ids)

    def block(self, ids: Sequence[str], by: str, days: int) -> int:
        """Whoever is told of blocked people is told when they are seen again, for so many days.
        Raises ProofNeeded, PeopleError."""
        self._demand(Act.STRANGERS)
        self._all_open(ids)
        until = self._clock.now() + timedelta(days=max(1, min(days, LONGEST_BLOCK)))
        for one in ids:
            self._decide(one, Standing.BLOCKED, by, until=until)
        self._note(Action.STRANGER_BLOCKED, ids, until=f"{until:%Y-%m-%d}")
        return len(ids)

    def take_back(self, ids: Sequence[str], by: str) -> int:
        """Undo what was decided: photos that an assignment added go. Raises ProofNeeded where that
        takes photos away or ends a block, and PeopleError where a person would be left without
        any photo: who was registered by these pictures is erased instead."""
        if self.proof_to_take_back(ids):
            self._demand(Act.STRANGERS)
        for one in self._store.many(ids).values():
            decision = one.decision
            if decision.standing is Standing.ASSIGNED and self._people.get(decision.subject):
                self._take_photos_back(decision)
            self._decide(one.id, Standing.OPEN, by)
        self._note(Action.STRANGER_REOPENED, ids)
        return len(ids)

    def proof_to_take_back(self, ids: Sequence[str]) -> bool:
        """Whether taking this back needs a fresh proof."""
        return any(one.standing in _PROVEN for one in self._store.many(ids).values())

    def forget(self, ids: Sequence[str]) -> int:
        """Delete them, with pictures and faces, and out of the database's files. Raises
        ProofNeeded."""
        self._demand(Act.ERASE)
        count = self._forgetting.people(ids)
        self._note(Action.STRANGER_FORGOTTEN, ids)
        self._forgetting.purge()
        return count

    # --- steps

    def _all_open(self, ids: Sequence[str]) -> None:
        """Before anything is done: of two pages that are open the second one does nothing."""
        if any(one.standing is not Standing.OPEN for one in self._store.many(ids).values()):
            raise PeopleError(_DECIDED)

    def _decide(
        self,
        stranger: str,
        standing: Standing,
        by: str,
        *,
        subject: str = "",
        photos: tuple[str, ...] = (),
        until: datetime | None = None,
    ) -> None:
        decision = Decision(standing, by, self._clock.now(), subject, photos, until)

        def write() -> None:
            known = self._store.many([stranger]).get(stranger)
            if known is None:
                raise StrangerGone(
                    msgid(
                        "This person is not kept any more, or was put together "
                        "with another one. Reload the page."
                    )
                )
            if Standing.OPEN not in {standing, known.standing}:
                raise PeopleError(_DECIDED)
            self._store.decide(known, decision)

        until_first(write)

    def _take_photos_back(self, decision: Decision) -> None:
        if not decision.photos:
            raise PeopleError(
                msgid(
                    "This person was registered by these pictures. Erase them "
                    "under People to take that back."
                )
            )
        for info in self._templates(decision.subject).values():
            if _name(info) in decision.photos:
                self._enrolment.remove_template(decision.subject, info.slot)

    def _templates(self, subject: str) -> dict[str, TemplateInfo]:
        person = self._people.get(subject)
        return {_name(info): info for info in person.templates} if person else {}

    def _note(
        self, action: Action, ids: Sequence[str], *, about: str = "", until: str = ""
    ) -> None:
        what = {"people": len(ids), "until": until}
        self._audit.record(action, " ".join(ids)[:200], after=what, about=about)


def _name(info: TemplateInfo) -> str:
    return f"{info.slot}@{info.added_at.isoformat()}"
