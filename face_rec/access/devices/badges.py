"""Badges: how somebody is marked without a face and without a thing to type.

The code on a badge is a random secret, kept as a keyed digest only. Whoever has the badge, or a
picture of it, is taken for its owner: it opens nothing but a mark, at a kiosk that reads badges.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.badge import Badge, BadgeKey
from face_rec.access.limits.throttle import BADGES_BY_KIOSK, Throttle
from face_rec.access.storage import Records
from face_rec.access.subject_records import SubjectRecords
from face_rec.clock import Clock
from face_rec.domain.errors import BadgesLocked, SignInRefused
from face_rec.domain.kiosks.badge_text import is_badge_text, new_badge_text
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

REFUSED: Final = msgid("This badge is not valid here. Ask the office for a new one.")
_LOCKED: Final = msgid("Too many badges that are not valid. Wait {minutes} minutes.")


class Badges:
    """Makes, withdraws and checks them. Safe from any thread; all may raise StoreUnavailable."""

    def __init__(
        self,
        badges: Records[Badge],
        keys: Records[BadgeKey],
        *,
        digests: Callable[[str], Sequence[str]],
        throttle: Throttle,
        audit_log: AuditLog,
        clock: Clock,
        days: Callable[[], int],
    ) -> None:
        """``digests``: of a code, the newest key's first. ``days``: for
        which a new one is valid; 0: until it is withdrawn."""
        self._badges = SubjectRecords(badges, lambda holder: Badge(holder, "", clock.now()))
        self._records = badges
        self._keys = keys
        self._digests = digests
        self._throttle = throttle
        self._audit_log = audit_log
        self._clock = clock
        self._days = days

    def of(self, holder: str) -> Badge | None:
        """Their badge, valid or not any more; None: none, or it was withdrawn."""
        found = self._records.get(holder)
        return found if found is not None and found.key else None

    def print_for(self, person: Person, by: str) -> tuple[str, datetime | None]:
        """A new badge: the text of its code, which is kept nowhere, and until when it is valid.
        The one before is void. For who was asked for a proof."""
        days = self._days()
        until = self._clock.now() + timedelta(days=days) if days else None
        text = self.make(person.subject, by, until)
        after = {"until": f"{until:%Y-%m-%d}" if until else "withdrawn"}
        self._audit_log.record(Action.BADGE_PRINTED, person.id, after=after, about=person.subject)
        return text, until

    def make(self, holder: str, by: str, until: datetime | None) -> str:
        """The text of a new one's code; for whoever has asked for the right and writes it down."""
        text, now = new_badge_text(), self._clock.now()
        key = self._digests(text)[0]
        self._keys.create(BadgeKey(key, holder))
        replaced = list[str]()

        def made(before: Badge) -> Badge:
            replaced[:] = [before.key] if before.key else []
            return replace(before, key=key, made_at=now, by=by, until=until)

        self._badges.add(holder, made)
        for old in replaced:
            self._keys.remove(old)
        return text

    def prolong(self, holder: str, until: datetime) -> None:
        """What they hold is valid until then; nothing where there is none. For whoever writes it
        down."""
        if self.of(holder) is not None:
            self._badges.change(holder, lambda found: replace(found, until=until))

    def withdraw(self, person: Person) -> None:
        """Void from now on; no error where there is none."""
        if self.void(person.subject):
            self._audit_log.record(Action.BADGE_WITHDRAWN, person.id, about=person.subject)

    def void(self, holder: str) -> bool:
        """The same without a word to the log, for whose end is written there. Whether there was
        one."""
        found = self.of(holder)
        if found is not None:
            self._badges.remove(holder)
            self._keys.remove(found.key)
        return found is not None

    def holder(self, kiosk: str, text: str) -> str:
        """Whose badge this is; who they are, and whether they are here, is asked elsewhere.

        Raises SignInRefused for one that is void, over or of somewhere else, and BadgesLocked
        where a kiosk was shown too many of them: what is tried is counted before it is looked up.
        """
        limit = BADGES_BY_KIOSK
        tries = self._throttle.try_now(limit, kiosk)
        if tries == limit.tries + 1:
            self._audit_log.record(Action.BADGES_LOCKED, f"kiosk {kiosk}")
        if tries > limit.tries:
            minutes = round(limit.seconds / 60)
            raise BadgesLocked(sentence(_LOCKED, minutes=minutes), minutes)
        found = self._found(text)
        if found is None:
            raise SignInRefused(REFUSED)
        self._throttle.take_back(limit, kiosk)
        return found

    def _found(self, text: str) -> str | None:
        for key in self._digests(text) if is_badge_text(text) else ():
            known = self._keys.get(key)
            badge = self.of(known.holder) if known else None
            if badge is not None and badge.key == key and badge.valid(self._clock.now()):
                return badge.id
        return None

    # --- for privacy

    def held(self, holder: str) -> list[dict[str, Any]]:
        """What is kept of somebody, as an export says it; what leads to the code is in none."""
        found = self.of(holder)
        if found is None:
            return []
        until = found.until.isoformat() if found.until else None
        return [{"printed": found.made_at.isoformat(), "by": found.by, "valid_until": until}]

    def holders(self) -> set[str]:
        """All of whom something is kept, people and visitors."""
        return {one.id for one in self._records.all()} | {one.holder for one in self._keys.all()}

    def forget(self, holder: str) -> int:
        """With whatever an interrupted printing has left of them."""
        return self.forget_all({holder})

    def forget_all(self, holders: Collection[str]) -> int:
        """The same of many, with one look at the keys; of how many there was something."""
        keys = [one for one in self._keys.all() if one.holder in holders]
        for one in keys:
            self._keys.remove(one.id)
        there = {holder for holder in holders if self._records.get(holder) is not None}
        for holder in there:
            self._records.remove(holder)
        return len(there | {one.holder for one in keys})


def digests_with(secrets: Sequence[bytes], site: str) -> Callable[[str], Sequence[str]]:
    """By each of these keys, HMAC-SHA256 in hex; of another site it is another one."""
    about = f"badge\n{site}\n".encode()

    def digests(text: str) -> Sequence[str]:
        line = about + text.encode()
        return [hmac.digest(secret, line, hashlib.sha256).hex() for secret in secrets]

    return digests
