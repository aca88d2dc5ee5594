"""PINs: how somebody whose face fails is marked all the same.

A PIN is short, so that the lock-out guards it and not its strength (where it is stored, the seal
does); it opens nothing but a mark of its owner, at a kiosk that allows it, and that mark is shown
as one to be looked at; and, where the site says so, its owner's own attendance.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from face_rec.access.accounts.passwords import Passwords
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.pin_rule import check
from face_rec.access.limits.throttle import (
    BY_KIOSK,
    BY_PIN,
    OWN_BY_DAY,
    OWN_BY_NETWORK,
    OWN_BY_PERSON,
    Limit,
    Throttle,
)
from face_rec.access.storage import PinStore
from face_rec.domain.errors import (
    AccountRefused,
    PinsLocked,
    SignInRefused,
    TryLater,
)
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

_NOBODY: Final = "nobody"  # no subject: those are random and longer
_REFUSED: Final = msgid("ID and PIN do not match, or no PIN is set. Try again, or ask the office.")
_LOCKED: Final = msgid(
    "Too many tries. Wait {minutes} minutes, or ask the office to note your time."
)


@dataclass(frozen=True, slots=True)
class _Count:
    """One count of a try, by ``who``. ``target`` and ``about``: as the audit log tells of it.
    ``forgiven``: a good try forgets all of them, else only itself."""

    limit: Limit
    who: str
    target: str
    about: str = ""
    forgiven: bool = True


class Pins:
    """Sets, removes and checks PINs. Safe to call from any thread."""

    def __init__(
        self,
        store: PinStore,
        passwords: Passwords,
        throttle: Throttle,
        audit_log: AuditLog,
        changed: Callable[[str], object] = lambda _: None,
    ) -> None:
        """``changed`` is called with the subject of whose PIN is another one, or gone."""
        self._changed = changed
        self._store = store
        self._passwords = passwords
        self._throttle = throttle
        self._audit_log = audit_log

    def has(self, subject: str) -> bool:
        """Whether this person has a PIN."""
        return self._store.get(subject) is not None

    def set(self, person: Person, pin: str) -> None:
        """Give ``person`` a PIN. Raises PasswordRefused, AccountRefused if they are gone."""
        check(pin, person.id)
        if not self._store.put(person.subject, self._passwords.hash(pin)):
            raise AccountRefused(msgid("This person is not here any more. Nothing was saved."))
        for limit in (BY_PIN, OWN_BY_PERSON, OWN_BY_DAY):
            self._throttle.forgive(limit, person.subject)
        self._audit_log.record(Action.PIN_SET, person.id, about=person.subject)
        self._changed(person.subject)

    def clear(self, person: Person) -> None:
        """Take the PIN away; no error if there is none."""
        if self._store.clear(person.subject):
            self._audit_log.record(Action.PIN_REMOVED, person.id, about=person.subject)
            self._changed(person.subject)

    def verify(self, kiosk: str, typed_id: str, person: Person | None, pin: str) -> Person:
        """The person, if the PIN is theirs; ``person`` is who has ``typed_id``, or None.

        Raises SignInRefused, in the same words and after the same work for an ID that nobody
        has, a wrong PIN and somebody without one. Tries are counted before they are made, by
        kiosk and by ID; a good one does not count against the kiosk. TryLater, where too many
        wait for a hash already; nothing is counted then.
        """
        at_kiosk = _Count(BY_KIOSK, kiosk, f"kiosk {kiosk}", forgiven=False)
        return self._verified([at_kiosk, _of(BY_PIN, typed_id, person)], person, pin)

    def verify_own(self, address: str, typed_id: str, person: Person | None, pin: str) -> Person:
        """The same for somebody who wants to see their own attendance, from ``address``: counted
        by its network and by ID, apart from kiosks. Tries of a day are not forgotten because its
        owner comes in between."""
        here = _Count(OWN_BY_NETWORK, address, "page of one's own", forgiven=False)
        of_day = replace(_of(OWN_BY_DAY, typed_id, person), forgiven=False)
        return self._verified([here, _of(OWN_BY_PERSON, typed_id, person), of_day], person, pin)

    def _verified(self, counts: Sequence[_Count], person: Person | None, pin: str) -> Person:
        for one in counts:
            self._count(one.limit, one.who, one.target, one.about)
        stored = self._store.get(person.subject if person else _NOBODY)
        try:
            fits = self._passwords.fits(stored, pin)
        except TryLater:  # not looked at, so no try
            for one in counts:
                self._throttle.take_back(one.limit, one.who)
            raise
        if not fits or person is None or not person.active:
            raise SignInRefused(_REFUSED)
        self._renew(person.subject, stored, pin)
        for one in counts:
            settle = self._throttle.forgive if one.forgiven else self._throttle.take_back
            settle(one.limit, one.who)
        return person

    def _renew(self, subject: str, stored: str | None, pin: str) -> None:
        """What is stored, made as it would be today."""
        if stored is not None and self._passwords.outdated(stored):
            self._store.replace(subject, stored, self._passwords.hash(pin))
        else:
            self._store.renew(subject)

    def _count(self, limit: Limit, who: str, target: str, about: str = "") -> None:
        """One more try; the first one too many is noted."""
        tries = self._throttle.try_now(limit, who)
        if tries == limit.tries + 1:
            self._audit_log.record(Action.PIN_LOCKED, target, about=about)
        if tries > limit.tries:
            minutes = round(limit.seconds / 60)
            raise PinsLocked(sentence(_LOCKED, minutes=minutes), minutes)


def _of(limit: Limit, typed_id: str, person: Person | None) -> _Count:
    """Counted for an ID that nobody has like for one that somebody has."""
    if person is None:
        return _Count(limit, f"?{typed_id}", "PIN of an unknown ID")
    return _Count(limit, person.subject, f"PIN of {person.id}", person.subject)
