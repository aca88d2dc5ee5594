"""Where requests rest: a record for each person, with what people wrote sealed."""

import base64
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from face_rec.access.storage import Records
from face_rec.domain.errors import Conflict
from face_rec.protocols.sealing import Sealer
from face_rec.requests.request import OwnRequest, OwnRequests
from face_rec.retry import until_first


class RequestBook:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(self, records: Records[OwnRequests], sealer: Sealer) -> None:
        self._records = records
        self._sealer = sealer

    def of(self, subject: str) -> OwnRequests:
        return self._records.get(subject) or OwnRequests(subject)

    def all(self) -> list[OwnRequests]:
        """Of everybody who has asked for something."""
        return self._records.all()

    def change(self, subject: str, change: Callable[[OwnRequests], OwnRequests]) -> OwnRequests:
        """Write what ``change`` makes of them; it is asked again where somebody was faster. Where
        nothing is kept (any more: they were erased), nothing is written."""
        return until_first(partial(self._changed, subject, change), tries=20)

    def _changed(self, subject: str, change: Callable[[OwnRequests], OwnRequests]) -> OwnRequests:
        before = self._records.get(subject)
        return OwnRequests(subject) if before is None else self._records.update(change(before))

    def add(self, subject: str, change: Callable[[OwnRequests], OwnRequests]) -> OwnRequests:
        """The same, and begin where nothing is kept yet."""
        return until_first(partial(self._added, subject, change), tries=20)

    def _added(self, subject: str, change: Callable[[OwnRequests], OwnRequests]) -> OwnRequests:
        before = self._records.get(subject)
        after = change(before or OwnRequests(subject))
        if before is not None:
            return self._records.update(after)
        if not self._records.create(after):
            raise Conflict("Somebody else was faster. Try again.")
        return replace(after, version=1)

    def sealed(self, request_id: str, text: str) -> str:
        """What people wrote, as it is kept; nothing for nothing."""
        if not text:
            return ""
        return base64.b64encode(self._sealer.seal(text.encode(), _context(request_id))).decode()

    def text(self, request_id: str, sealed: str) -> str:
        """Raises StoreError where its key is missing."""
        if not sealed:
            return ""
        return self._sealer.open(base64.b64decode(sealed), _context(request_id)).decode()

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
        self._records.remove(subject)
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
