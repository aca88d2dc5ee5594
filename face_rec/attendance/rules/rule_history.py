"""What is written so that a change holds from a day and leaves the past as it was judged."""

import secrets
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from face_rec.attendance.rules import rule_version
from face_rec.attendance.rules.roster import Assignment
from face_rec.attendance.rules.rule_set import stored_of
from face_rec.attendance.rules.rules import Item, Limits, Rules
from face_rec.attendance.rules.shift import DEFAULT_ID, PRESENCE, Shift
from face_rec.kiosks.kiosk import KioskRecord

_ONE = timedelta(days=1)
T = TypeVar("T", Shift, KioskRecord, Limits)


def made(rules: Rules, item: Item, since: date | None) -> tuple[Item, ...]:
    """The entries to be stored for ``item`` as it was entered.

    Shifts, kiosks and limits get another version; an assignment ends, and another one begins.
    Holidays, leave and employment have dates of their own and are stored as they are.
    """
    stored = stored_of(rules, item)
    if isinstance(item, Shift):
        before = stored or (PRESENCE if item.id == DEFAULT_ID else None)
        return (_next(before, item, since),)
    if isinstance(item, KioskRecord):
        return (_kept_watch(stored, _next(stored, item, since)),)
    if isinstance(item, Limits):
        return (_next(rules.limits, item, since),)
    if isinstance(item, Assignment) and isinstance(stored, Assignment):
        return _reassigned(stored, item, since)
    return (item,)


def ended(rules: Rules, item: Item, since: date | None) -> tuple[Item, ...]:
    """What is stored instead of removing ``item``; nothing where it is removed altogether."""
    stored = stored_of(rules, item)
    if since is None or stored is None:
        return ()
    if isinstance(stored, Assignment) and (stored.first or date.min) < since:
        return (replace(stored, last=min(stored.last or date.max, since - _ONE)),)
    if isinstance(stored, Shift) and stored.id == DEFAULT_ID:
        return (rule_version.succeeded(stored, PRESENCE, since),)
    return ()


def by_hand(item: Item | None) -> Item | None:
    """The entry without what the system itself notes in it."""
    return replace(item, watched_from=None) if isinstance(item, KioskRecord) else item


def _next(stored: Item | None, item: T, since: date | None) -> T:
    if not isinstance(stored, type(item)):
        return replace(item, valid_from=None, earlier=())
    return rule_version.succeeded(stored, item, since)


def _kept_watch(stored: Item | None, item: KioskRecord) -> KioskRecord:
    known = stored.watched_from if isinstance(stored, KioskRecord) else None
    return replace(item, watched_from=known)


def _reassigned(stored: Assignment, item: Assignment, since: date | None) -> tuple[Item, ...]:
    """The old assignment up to the day before, and the new one from then on."""
    whom_and_what = (item.shift, item.subject, item.group)
    unchanged = whom_and_what == (stored.shift, stored.subject, stored.group)
    if since is None or unchanged or (stored.first or date.min) >= since:
        return (item,)
    old = replace(stored, last=min(stored.last or date.max, since - _ONE))
    first = max(since, item.first or since)
    return (old, replace(item, id=secrets.token_hex(6), first=first))
