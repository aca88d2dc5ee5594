"""Seen before as unknown: the visits that may be a registered person's, and the marks that they
would have got. A proposal is an entry of the review list: it counts when somebody who may correct
marks confirms it, never by itself."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.clock import Clock
from face_rec.domain.errors import PersonMissing, SnapshotMissing
from face_rec.domain.faces import Vector
from face_rec.domain.marks import Event, EventKind, Outcome, Source
from face_rec.domain.pictures import key_of
from face_rec.domain.strangers import Before, Standing, Stranger, Visit
from face_rec.languages.language import msgid
from face_rec.protocols.marks import MarkWriter
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.strangers.alike import Limit
from face_rec.strangers.index import StrangerIndex, mean_of
from face_rec.strangers.storage import StrangerStore

_SLACK: Final = 0.05
"""By so much less may somebody unknown look like the person as a whole and have visits that do."""
_MOST: Final = 1000


class Seen:
    """Visits by whom they look like. Safe from any thread; may raise StoreUnavailable."""

    def __init__(
        self, store: StrangerStore, index: StrangerIndex, people: PeopleReader, limit: Limit
    ) -> None:
        self._store = store
        self._index = index
        self._people = people
        self._limit = limit

    def of(self, subject: str) -> list[Before]:
        """Newest first. Only visits of models that the person has photos of are compared."""
        said = [
            one
            for one in self._index.people()
            if one.standing is Standing.ASSIGNED and one.decision.subject == subject
        ]
        found = {v.id: Before(v, 1.0) for v in self._visits(said)}
        for contract, face in self._faces(subject).items():
            for one in self._alike(face, contract):
                found.setdefault(one.visit.id, one)
        return sorted(found.values(), key=lambda one: one.visit.began, reverse=True)

    def _faces(self, subject: str) -> dict[str, Vector]:
        """The mean of the person's photos, by contract."""
        rows: dict[str, list[Vector]] = {}
        for template in self._people.templates(subject):
            rows.setdefault(template.info.contract, []).append(template.vector)
        return {contract: mean_of(found) for contract, found in rows.items()}

    def _alike(self, face: Vector, contract: str) -> Iterable[Before]:
        limit = self._limit(contract)
        near = self._index.alike(face, contract, limit - _SLACK, most=_MOST)
        visits = self._visits([one for one, _ in near])
        faces = self._store.faces([one.id for one in visits])
        for one in visits:
            score = float(np.dot(faces[one.id], face)) if one.id in faces else -1.0
            if score >= limit:
                yield Before(one, score)

    def _visits(self, strangers: Sequence[Stranger]) -> list[Visit]:
        return list(self._store.visits([v for one in strangers for v in one.visits]).values())

    def held(self, subject: str) -> list[dict[str, Any]]:
        """For an export of what is held about somebody."""
        return [
            {
                "from": one.visit.began.isoformat(),
                "to": one.visit.ended.isoformat(),
                "kiosk": one.visit.kiosk,
                "alike": round(one.score, 3),
            }
            for one in self.of(subject)
        ]


class Proposals:
    """Makes entries of the review list of visits. Safe from any thread."""

    def __init__(
        self,
        seen: Seen,
        *,
        people: PeopleReader,
        marks: MarkWriter,
        pictures: SnapshotStore,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self.seen = seen
        self._people = people
        self._marks = marks
        self._pictures = pictures
        self._audit = audit
        self._clock = clock

    def propose(self, subject: str, visits: Iterable[str], by: str) -> int:
        """Put these visits of somebody on the review list, each once; how many are new there.
        Raises PersonMissing, JournalError, StoreUnavailable."""
        if self._people.get(subject) is None:
            raise PersonMissing(msgid("This person was deleted meanwhile. Reload the page."))
        wanted, made = set(visits), 0
        for one in self.seen.of(subject):
            if one.visit.id in wanted:
                made += self._one(subject, one, by)
        self._audit.record(Action.STRANGER_MARKS, after={"proposed": made}, about=subject)
        return made

    def _one(self, subject: str, before: Before, by: str) -> bool:
        visit = before.visit
        name = hashlib.sha256(f"{visit.id}|{subject}".encode()).hexdigest()[:32]
        key = key_of(name, visit.began, subject)
        event = Event(
            name, subject, visit.began, EventKind.HELD, Source.SEEN, visit.kiosk,
            score=round(before.score, 4), snapshot=key, contract=visit.contract, author=by,
            reason=f"proposed by {by}: this person was seen here as unknown",
            recorded_at=self._clock.now(),
        )  # fmt: skip
        new = self._marks.apply(event, 0.0, replay=True).outcome is Outcome.MARKED
        if new:
            self._copy(visit, key)
        return new

    def _copy(self, visit: Visit, key: str) -> None:
        """From now on it is a picture of the person, and goes with them."""
        try:
            self._pictures.put(key, self._pictures.get(visit.picture))
        except SnapshotMissing:
            return


def ids_of(found: Sequence[Before]) -> list[str]:
    """Of the visits."""
    return [one.visit.id for one in found]
