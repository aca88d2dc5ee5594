"""Attachments of requests for leave: which there are stands with the request, and they themselves
lie sealed among the person's pictures, which an erasure and an export reach."""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Final

from face_rec.access.accounts.deciding import Decider
from face_rec.clock import Clock
from face_rec.domain.errors import CorrectionRefused, SnapshotMissing
from face_rec.domain.pictures import PEOPLE, attached_of, attachment
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.requests.attachment import MOST, MOST_KEPT, checked
from face_rec.requests.request import OwnRequests, Standing
from face_rec.requests.request_records import GONE, RequestRecords

_NAMED_WITHIN: Final = 3600.0
_MISSING: Final = msgid("This attachment is not there any more. Reload the page.")


class Attachments:
    """Safe from any thread; all may raise StoreUnavailable."""

    def __init__(
        self, records: RequestRecords, people: PeopleReader, store: SnapshotStore, clock: Clock
    ) -> None:
        self._records = records
        self._people = people
        self._store = store
        self._clock = clock

    # --- by the person

    def add(self, subject: str, request_id: str, data: bytes) -> None:
        """Lay a file beside a request that waits or was approved. It is named there when it lies
        in the store: who is killed in between leaves what stands nowhere, which is removed at
        night. Raises CorrectionRefused; where nothing can be attached, before the file is opened,
        which may take half a gigabyte."""
        _with(self._records.of(subject), request_id, "")
        kind, kept = checked(data)
        self._check_here(subject)
        name = _fresh(kind, self._clock.now())
        key = attachment(subject, request_id, name)
        self._store.put(key, kept)
        try:
            self._name(subject, request_id, name)
        except Exception:
            self._store.delete(key)
            raise

    def _name(self, subject: str, request_id: str, name: str) -> None:
        found = self._records.change(subject, lambda found: _with(found, request_id, name))
        try:
            self._check_here(subject)  # an erasure hides its person first
        except CorrectionRefused:
            self._unname(subject, request_id, name)
            raise
        one = found.leave(request_id)
        if one is None or name not in one.attached:
            raise CorrectionRefused(GONE)

    def _check_here(self, subject: str) -> None:
        person = self._people.get(subject)
        if person is None or not person.active:
            raise CorrectionRefused(GONE)

    def remove(self, subject: str, request_id: str, name: str) -> None:
        """While nobody has decided. Nothing to do where there is none."""
        one = self._records.of(subject).leave(request_id)
        if one is None or name not in one.attached:
            return
        if one.standing is not Standing.ASKED:
            raise CorrectionRefused(msgid("Somebody has decided by it: ask the office."))
        self._unname(subject, request_id, name)
        self._store.delete(attachment(subject, request_id, name))

    def read(self, subject: str, request_id: str, name: str) -> bytes:
        """Raises CorrectionRefused for one that is not there."""
        one = self._records.of(subject).leave(request_id)
        if one is None or name not in one.attached:
            raise CorrectionRefused(_MISSING)
        try:
            return self._store.get(attachment(subject, request_id, name))
        except SnapshotMissing:
            raise CorrectionRefused(_MISSING) from None

    # --- by the office

    def read_for(self, subject: str, request_id: str, name: str, by: Decider) -> bytes:
        """For who may decide about the person at this moment. Raises NotAllowed."""
        by.check(self._people.get(subject))
        return self.read(subject, request_id, name)

    # --- privacy

    def tidy(self) -> int:
        """Remove those that no request names: of requests that were taken back or are not kept any
        more, and what was cut off; how many. What was sent just now may be about to be named.
        Those of somebody who is not here are left to erasures: a database that has lost people
        must not cost them their files."""
        lying = [(key, found) for key in self._store.keys(PEOPLE) if (found := attached_of(key))]
        here = self._people.many(sorted({subject for _, (subject, _, _) in lying}))
        named = self._named() if here else set()
        now = self._clock.now()
        needless = [
            key
            for key, found in lying
            if found[0] in here and found not in named and not _just_sent(found[2], now)
        ]
        for key in needless:
            self._store.delete(key)
        return len(needless)

    def _named(self) -> set[tuple[str, str, str]]:
        return {
            (of.id, one.id, name)
            for of in self._records.all()
            for one in of.leaves
            for name in one.attached
        }

    def _unname(self, subject: str, request_id: str, name: str) -> None:
        self._records.change(subject, lambda found: _without(found, request_id, name))


def _fresh(kind: str, now: datetime) -> str:
    """A name that says when it was given: 8 hexadecimal digits of seconds, 8 by chance."""
    return f"{int(now.timestamp()):08x}{secrets.token_hex(4)}.{kind}"


def _just_sent(name: str, now: datetime) -> bool:
    """Names of older versions begin by chance."""
    try:
        return abs(now.timestamp() - int(name[:8], 16)) < _NAMED_WITHIN
    except ValueError:
        return False


def _with(found: OwnRequests, request_id: str, name: str) -> OwnRequests:
    one = found.leave(request_id)
    if one is None or one.standing not in (Standing.ASKED, Standing.APPROVED):
        raise CorrectionRefused(
            msgid("Nothing can be attached to this request any more. Hand it in at the office.")
        )
    if len(one.attached) >= MOST:
        raise CorrectionRefused(msgid("Three files a request at most. Remove one first."))
    if sum(len(leave.attached) for leave in found.leaves) >= MOST_KEPT:
        raise CorrectionRefused(msgid("You have attached many files already. Ask the office."))
    return found.having(replace(one, attached=(*one.attached, name)))


def _without(found: OwnRequests, request_id: str, name: str) -> OwnRequests:
    one = found.leave(request_id)
    if one is None:
        return found
    return found.having(replace(one, attached=tuple(n for n in one.attached if n != name)))
