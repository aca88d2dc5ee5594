"""Where rules are changed: from a day on, and with what it would change seen beforehand."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, TypeVar

from face_rec.attendance.days.day_record import STATUSES
from face_rec.attendance.rules import rule_version
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.roster import Assignment
from face_rec.attendance.rules.rules import (
    Item,
    Limits,
    Rules,
    RulesWriter,
    stored_of,
    subject_of,
    with_items,
)
from face_rec.attendance.rules.shift import DEFAULT_ID, PRESENCE, Shift
from face_rec.attendance.rules.validation import conflicts, flaws, removal_conflicts
from face_rec.attendance.terms.status import StatusChange
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.errors import RuleRefused, RulesMoved
from face_rec.kiosks.kiosk import KioskRecord, alike_but_dated
from face_rec.languages.language import msgid
from face_rec.retry import until_first

_ONE = timedelta(days=1)
T = TypeVar("T", Shift, KioskRecord, Limits)


def entries_for(rules: Rules, item: Item, since: date | None) -> tuple[Item, ...]:
    """The entries to be stored for ``item`` as it was entered.

    Shifts, kiosks and limits get another version (kiosks where what a day is judged by changes:
    all else holds at once); an assignment ends, and another one begins.
    Holidays, leave and employment have dates of their own and are stored as they are.
    """
    stored = stored_of(rules, item)
    if isinstance(item, Shift):
        before = stored or (PRESENCE if item.id == DEFAULT_ID else None)
        return (_next(before, item, since),)
    if isinstance(item, KioskRecord):
        return (_kiosk(stored, item, since),)
    if isinstance(item, Limits):
        return (_next(rules.limits, item, since),)
    if isinstance(item, Assignment) and isinstance(stored, Assignment):
        return _reassigned(stored, item, since)
    return (item,)


def ending(rules: Rules, item: Item, since: date | None) -> tuple[Item, ...]:
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


def _kiosk(stored: Item | None, item: KioskRecord, since: date | None) -> KioskRecord:
    """What no day is judged by holds at once, so that it makes no version by itself."""
    if not isinstance(stored, KioskRecord):
        return replace(item, valid_from=None, earlier=(), watched_from=None)
    wanted = replace(item, watched_from=stored.watched_from)
    return rule_version.succeeded(alike_but_dated(stored, wanted), wanted, since)


def _reassigned(stored: Assignment, item: Assignment, since: date | None) -> tuple[Item, ...]:
    """The old assignment up to the day before, and the new one from then on."""
    whom_and_what = (item.shift, item.subject, item.group)
    unchanged = whom_and_what == (stored.shift, stored.subject, stored.group)
    if since is None or unchanged or (stored.first or date.min) >= since:
        return (item,)
    old = replace(stored, last=min(stored.last or date.max, since - _ONE))
    first = max(since, item.first or since)
    return (old, replace(item, id=secrets.token_hex(6), first=first))


_TRIES: Final = 8
_CHANGED: Final = msgid(
    "Somebody else changed this entry while you had it open, and nothing of yours was saved. "
    "Look at what is stored now, then make your change again."
)
GONE: Final = msgid(
    "One of these people was removed meanwhile, and nothing was saved. Reload the page."
)
_BUSY: Final = msgid("The rules are being changed by several people at once. Save again.")


class RuleService:
    """Checks and saves rules. Raises RuleRefused, with nothing saved.

    ``begun``: the rules as somebody saw them when they began; what was changed in the entry
    since then is never overwritten. ``since``: the day from which a change holds; None: the
    past is judged anew as well.
    """

    def __init__(self, writer: RulesWriter, timesheets: Timesheets) -> None:
        self._writer = writer
        self._timesheets = timesheets

    def save(
        self,
        *items: Item,
        authority: Authority,
        begun: Rules | None = None,
        since: date | None = None,
    ) -> None:
        """Add or replace entries; all of them or none."""

        def write(rules: Rules) -> None:
            made = self._made(rules, items, since)
            self._check_owner(rules, made, authority)
            self._writer.put(*_checked(rules, made), seen=rules.version)
            written[:] = made

        written: list[Item] = []
        self._written(write, items, begun)
        leave_nothing(self._writer, self._timesheets, written)

    def remove(
        self,
        item: Item,
        *,
        authority: Authority,
        begun: Rules | None = None,
        since: date | None = None,
    ) -> None:
        """Remove an entry. With ``since`` an assignment ends the day before instead, and the
        shift that holds for all becomes what it was at first."""

        def write(rules: Rules) -> None:
            self._check_owner(rules, [item], authority)
            ended = ending(rules, item, since)
            if ended:
                self._writer.put(*_checked(rules, ended), seen=rules.version)
                return
            problems = removal_conflicts(rules, item)
            if problems:
                raise RuleRefused(problems)
            self._writer.remove(item, seen=rules.version)

        self._written(write, (item,), begun)

    def preview(
        self, items: Iterable[Item], first: date, last: date, since: date | None = None
    ) -> list[StatusChange]:
        """Whose status on these days saving ``items`` would change."""
        rules = self._timesheets.rules()
        changed = with_items(rules, _checked(rules, self._made(rules, tuple(items), since)))
        before = self._timesheets.under(rules, first, last)
        after = self._timesheets.under(changed, first, last)
        differs = (before.rows["status"] != after.rows["status"]).nonzero()
        return [
            StatusChange(
                before.people[who],
                before.days[day],
                STATUSES[before.rows["status"][day, who]],
                STATUSES[after.rows["status"][day, who]],
            )
            for day, who in zip(*(index.tolist() for index in differs), strict=True)
        ]

    def check_unmoved(self, item: Item, begun: Rules) -> None:
        """Before something else is done that goes with a change of ``item``."""
        _check_unmoved((item,), begun, self._timesheets.rules())

    def _written(
        self, write: Callable[[Rules], None], items: tuple[Item, ...], begun: Rules | None
    ) -> None:
        """``write`` checks what it reads, so it runs again when somebody else was faster."""

        def attempt() -> None:
            rules = self._timesheets.rules()
            if begun is not None:
                _check_unmoved(items, begun, rules)
            write(rules)

        try:
            until_first(attempt, tries=_TRIES, lost=RulesMoved)
        except RulesMoved:
            raise RuleRefused((_BUSY,)) from None

    def _made(self, rules: Rules, items: tuple[Item, ...], since: date | None) -> tuple[Item, ...]:
        return tuple(made for item in items for made in entries_for(rules, item, since))

    def _check_owner(self, rules: Rules, items: Iterable[Item], authority: Authority) -> None:
        """Both what stands and what is to stand must be theirs."""
        if authority.everything:
            return
        people = {person.subject: person for person in self._timesheets.sources.people()}
        asked = [one for item in items for one in (item, stored_of(rules, item)) if one]
        refusals = dict.fromkeys(authority.refusal(one, rules, people) for one in asked)
        refusals.pop("", None)
        if refusals:
            raise RuleRefused(tuple(refusals))


def leave_nothing(writer: RulesWriter, timesheets: Timesheets, items: Iterable[Item]) -> None:
    """Take away those of ``items``, just written, that are about somebody whom an erasure, which
    hides its person first, has taken meanwhile. Raises RuleRefused where there are any."""
    about = [item for item in items if subject_of(item)]
    there = {person.subject for person in timesheets.sources.people()} if about else set()
    left = [item for item in about if subject_of(item) not in there]
    if left:
        writer.remove(*left)
        raise RuleRefused((GONE,))


def _check_unmoved(items: Iterable[Item], begun: Rules, now: Rules) -> None:
    for item in items:
        if by_hand(stored_of(begun, item)) != by_hand(stored_of(now, item)):
            raise RuleRefused((_CHANGED,))


def _checked(rules: Rules, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items; raises RuleRefused with every problem of every one."""
    problems: list[str] = []
    for item in items:
        problems += flaws(item) or conflicts(rules, item)
        rules = with_items(rules, (item,))
    if problems:
        raise RuleRefused(tuple(problems))
    return items
