"""Where requests rest: a record for each person, with what people wrote sealed."""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from face_rec.access.storage import Records
from face_rec.access.subject_records import SubjectRecords
from face_rec.protocols.sealing import Sealer, open_text, seal_text
from face_rec.requests.request import OwnRequest, OwnRequests


class RequestBook(SubjectRecords[OwnRequests]):
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(self, records: Records[OwnRequests], sealer: Sealer) -> None:
        super().__init__(records, OwnRequests)
        self._sealer = sealer

    def sealed(self, request_id: str, text: str) -> str:
        """What people wrote, as it is kept; nothing for nothing."""
        return seal_text(self._sealer, text, _context(request_id)) if text else ""

    def text(self, request_id: str, sealed: str) -> str:
        """Raises StoreError where its key is missing."""
        return open_text(self._sealer, sealed, _context(request_id)) if sealed else ""

    # --- privacy

    def held(self, subject: str) -> list[dict[str, Any]]:
        """What is kept of the person's requests, as plain values."""
        return [self._shown(one) for one in self.of(subject).requests]

    def _shown(self, one: OwnRequest) -> dict[str, Any]:
        return {
            "mark_at": one.wish.at.isoformat(),
            "mark": one.wish.kind.value,
            "should": "not count" if one.wish.event else "be added",
            "reason": self.text(one.id, one.reason),
            "asked_at": one.asked_at.isoformat(),
            "standing": one.standing.value,
            "decided_by": one.by,
            "decided_at": one.decided_at.isoformat() if one.decided_at else None,
            "note": self.text(one.id, one.note),
        }

    def tidy(
        self,
        now: datetime,
        there: Callable[[Sequence[str]], Container[str]],
        want: Callable[[], object] = lambda: None,
    ) -> int:
        """Remove what was decided long ago, and all of subjects that are not ``there`` any more:
        what an erasure and a request at once may leave. How many requests; ``want`` is called
        before each removal."""
        found = self.all()
        registered = there([one.id for one in found])
        return sum(self._tidied(one, now, one.id in registered, want) for one in found)

    def _tidied(
        self, one: OwnRequests, now: datetime, registered: bool, want: Callable[[], object]
    ) -> int:
        young = one.kept(now).requests if registered else ()
        if registered and len(young) == len(one.requests):
            return 0
        want()
        if not registered:
            return self.forget(one.id)
        self.change(one.id, lambda found: found.kept(now))
        return len(one.requests) - len(young)

    def forget(self, subject: str) -> int:
        count = len(self.of(subject).requests)
        self.remove(subject)
        return count

    def reseal(self) -> int:
        """Seal all texts with the key of now; how many requests. Raises StoreError."""
        return sum(len(self.change(one.id, self._resealed).requests) for one in self.all())

    def _resealed(self, found: OwnRequests) -> OwnRequests:
        fresh = tuple(
            replace(
                one,
                reason=self.sealed(one.id, self.text(one.id, one.reason)),
                note=self.sealed(one.id, self.text(one.id, one.note)),
            )
            for one in found.requests
        )
        return replace(found, requests=fresh)


def _context(request_id: str) -> str:
    return f"request:{request_id}"
