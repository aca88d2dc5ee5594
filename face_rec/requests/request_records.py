"""Where requests rest: a record for each person, with what people wrote sealed."""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from face_rec.access.storage import Records
from face_rec.access.subject_records import SubjectRecords
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.free_text import free_text
from face_rec.languages.language import msgid
from face_rec.protocols.sealing import Sealer, open_text, seal_text
from face_rec.requests.request import (
    Asked,
    LeaveRequest,
    OwnRequest,
    OwnRequests,
    Standing,
    SwapRequest,
)

GONE: Final = msgid("This request is not there any more. Reload the page.")
DECIDED: Final = msgid("Somebody has decided this request. Reload the page.")
One = TypeVar("One", OwnRequest, LeaveRequest, SwapRequest)
Pick = Callable[[OwnRequests], One | None]
"""One of a person's requests, as it stands among all of theirs."""


class RequestRecords(SubjectRecords[OwnRequests]):
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(self, records: Records[OwnRequests], sealer: Sealer) -> None:
        super().__init__(records, OwnRequests)
        self._sealer = sealer

    def sealed(self, request_id: str, text: str) -> str:
        """What people wrote, as it is kept; nothing for nothing."""
        said = free_text(text)
        return seal_text(self._sealer, said, _context(request_id)) if said else ""

    def text(self, request_id: str, sealed: str) -> str:
        """Raises StoreError where its key is missing."""
        return open_text(self._sealer, sealed, _context(request_id)) if sealed else ""

    def withdraw(self, subject: str, request_id: str, *, erased: bool) -> None:
        """Of somebody who is registered all else stays, what they ask at this moment in another
        tab, too; an erasure, which hides its person first, has taken that by now, and nothing is
        left."""
        if erased:
            self.forget(subject)
        else:
            self.change(subject, lambda found: found.without(request_id))

    def find(self, request_id: str) -> tuple[str, Asked] | None:
        """Subject and request, by the latter's id; looks at all."""
        for of in self.all():
            for one in of.all:
                if one.id == request_id:
                    return of.id, one
        return None

    # --- how one stands

    def decide(
        self, subject: str, pick: Pick[One], standing: Standing, *, by: str, note: str,
        now: datetime,
    ) -> One:  # fmt: skip
        """The request, which nobody else decides any more. Raises CorrectionRefused for one that
        was decided."""

        def change(found: OwnRequests) -> OwnRequests:
            one = pick(found)
            if one is None or not one.waits(now):
                raise CorrectionRefused(DECIDED)
            sealed = self.sealed(one.id, note)
            return found.having(
                replace(one, standing=standing, by=by, note=sealed, decided_at=now)
            )

        made = pick(self.change(subject, change))
        if made is None:
            raise CorrectionRefused(GONE)
        return made

    def take_back(self, subject: str, pick: Pick[One], now: datetime) -> None:
        """By its person. Nothing to do for one that is decided."""

        def back(found: OwnRequests) -> OwnRequests:
            one = pick(found)
            if one is None or one.standing is not Standing.ASKED:
                return found
            taken = replace(one, standing=Standing.TAKEN_BACK, decided_at=now)
            return found.having(taken).without_files(one.id)  # they are removed at night

        self.change(subject, back)

    def settle(self, subject: str, one: Asked) -> None:
        """Write one that only who decided about it changes."""
        self.change(subject, lambda found: found.having(one))

    def settle_failed(self, subject: str, one: Asked, made: str) -> None:
        """After an approval that was refused, or whose answer was lost on its way: ``made`` is
        what has come of it all the same; "": nothing, and it waits as before."""
        again = replace(one, standing=Standing.ASKED, by="", note="", decided_at=None)
        self.settle(subject, replace(one, made=made) if made else again)

    # --- privacy

    def held(self, subject: str) -> list[dict[str, Any]]:
        """What is kept of the person's requests, as plain values, and in which language they are
        written to."""
        found = self.of(subject)
        reads = [{"reads_in": found.language}] if found.language else []
        return [*(self._shown(one) for one in found.all), *reads]

    def language(self, subject: str) -> str:
        """The code of that in which they read their page last; "": the site's."""
        return self.of(subject).language

    def _shown(self, one: Asked) -> dict[str, Any]:
        return _what(one) | {
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
        young = one.kept(now)
        if registered and young == one:
            return 0
        want()
        if not registered:
            return self.forget(one.id)
        self.change(one.id, lambda found: found.kept(now))
        return len(one.all) - len(young.all)

    def forget(self, subject: str) -> int:
        """All of theirs; and colleagues' requests do not lead to them any more."""
        count = len(self.of(subject).all)
        self.remove(subject)
        for one in self.all():
            if subject in one.colleagues:
                self.change(one.id, lambda found: found.without_colleague(subject))
        return count

    def reseal(self) -> int:
        """Seal all texts with the key of now; how many requests. Raises StoreError."""
        return sum(len(self.change(one.id, self._resealed).all) for one in self.all())

    def _resealed(self, found: OwnRequests) -> OwnRequests:
        fresh = tuple(replace(one, **self._anew(one)) for one in found.requests)
        leaves = tuple(replace(one, **self._anew(one)) for one in found.leaves)
        swaps = tuple(replace(one, **self._anew(one)) for one in found.swaps)
        return replace(found, requests=fresh, leaves=leaves, swaps=swaps)

    def _anew(self, one: Asked) -> dict[str, Any]:
        texts = {"reason": one.reason, "note": one.note}
        return {name: self.sealed(one.id, self.text(one.id, t)) for name, t in texts.items()}


def _what(one: Asked) -> dict[str, Any]:
    if isinstance(one, LeaveRequest):
        return _leave(one)
    if isinstance(one, SwapRequest):  # with whom is the colleague's, too: it is not in the copy
        back = one.back.isoformat() if one.back else None
        return {"swap_of": one.day.isoformat(), "in_exchange_for": back}
    return _mark(one)


def _mark(one: OwnRequest) -> dict[str, Any]:
    return {
        "mark_at": one.wish.at.isoformat(),
        "mark": one.wish.kind.value,
        "should": "not count" if one.wish.event else "be added",
    }


def _leave(one: LeaveRequest) -> dict[str, Any]:
    return {
        "leave": one.kind,
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "half_days": one.half,
        "days": one.days,
        "attachments": [f"requests/{one.id}.{name}" for name in one.attached],
    }


def _context(request_id: str) -> str:
    return f"request:{request_id}"
