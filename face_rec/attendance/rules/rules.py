"""All that an admin can set about attendance, as one value, and single entries in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, Protocol

from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.leave_type import Allowance, LeaveType
from face_rec.attendance.rules.mobile import MobilePunch
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import RosterWeek
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.clock_state import ClockNote
from face_rec.kiosks.kiosk import Interval, KioskRecord


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds that belong to no single shift.

    ``outage``: minutes without heartbeat that make an outage. A mark is
    doubtful below ``score``, ``margin`` or ``liveness``; the first two lie a
    little above what w600k_mbf needs among 120 people (0.28 with a margin of
    0.12 names one stranger in 200: docs/design.md, "Thresholds").
    """

    id: str = "limits"
    outage: int = 15
    score: float = 0.36
    margin: float = 0.15
    liveness: float = 0.5
    valid_from: date | None = None
    earlier: "tuple[Limits, ...]" = ()


Item = (
    Shift
    | Assignment
    | Employment
    | Holiday
    | Leave
    | LeaveType
    | Allowance
    | RosterWeek
    | MobilePunch
    | KioskRecord
    | Limits
)
"""One stored entry; each has an ``id`` that is unique among its kind."""


@dataclass(frozen=True, slots=True)
class RuleKind:
    """One kind of entry. ``name``: of the field in :class:`Rules` and of its place in the store.
    ``subject``: of which single person an entry tells; empty: of none."""

    name: str
    of: type[Item]
    subject: Callable[[Any], str] = lambda _: ""


KINDS: Final = (
    RuleKind("shifts", Shift),
    RuleKind("assignments", Assignment, lambda one: one.subject),
    RuleKind("employments", Employment, lambda one: one.id),
    RuleKind("holidays", Holiday),
    RuleKind("leaves", Leave, lambda one: one.subject),
    RuleKind("leave_types", LeaveType),
    RuleKind("allowances", Allowance, lambda one: one.subject),
    RuleKind("rosters", RosterWeek, lambda one: one.subject),
    RuleKind("mobiles", MobilePunch),
    RuleKind("kiosks", KioskRecord),
    RuleKind("limits", Limits),
)
"""All of them: what stores, logs, exports and erases rules goes by this list. A new kind needs
besides what only it has: its flaws (:mod:`~face_rec.attendance.rules.validation`), whose it is
to change (``authority``), and its form."""
_KIND_OF: Final = {kind.of: kind for kind in KINDS}


def kind_of(item: Item) -> RuleKind:
    return _KIND_OF[type(item)]


def subject_of(item: Item) -> str:
    """The one person that the entry tells of; empty if there is none."""
    return kind_of(item).subject(item)


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything the judgements depend on besides the punches.

    ``version`` grows with every saved change; ``malformed`` are stored
    entries that could not be understood, for showing to an admin.
    """

    shifts: tuple[Shift, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    employments: tuple[Employment, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    leaves: tuple[Leave, ...] = ()
    leave_types: tuple[LeaveType, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    rosters: tuple[RosterWeek, ...] = ()
    mobiles: tuple[MobilePunch, ...] = ()
    kiosks: tuple[KioskRecord, ...] = ()
    limits: Limits = field(default_factory=Limits)
    version: int = 0
    malformed: tuple[str, ...] = ()


class RulesReader(Protocol):
    """The rules as they are kept; all may raise StoreUnavailable."""

    def version(self) -> int:
        """0 while nothing was ever saved."""
        ...

    def epoch(self) -> str:
        """A random name of this database, made once: a cache made from
        another database is never taken for this one's."""
        ...

    def load(self) -> Rules: ...

    def beats(self, utc_days: Sequence[date]) -> Mapping[str, list[Interval]]:
        """Intervals by kiosk over these UTC days."""
        ...

    def waiting(self, utc_day: date) -> Mapping[str, int]:
        """How many marks waited on each kiosk's machine at its last beat of the day."""
        ...

    def clocks(self, utc_day: date) -> Mapping[str, ClockNote]:
        """What each kiosk's machine said of its clock at its last beat of the day."""
        ...


class RulesWriter(Protocol):
    """Changes of the rules; all may raise StoreUnavailable."""

    def put(self, *items: Item, seen: int | None = None) -> None:
        """Add or replace entries and raise the version, in one step; a roster's week of which
        nothing is said any more goes. Raises RulesMoved, with nothing written, if the version is
        not the one that was ``seen``."""
        ...

    def remove(self, *items: Item, seen: int | None = None) -> None:
        """Remove entries and raise the version, in one step; the same of ``seen``."""
        ...


class RulesStore(RulesReader, RulesWriter, Protocol):
    """Both, as one store is, and the kiosks' signs of life."""

    def known(self, items: Sequence[Item]) -> Sequence[Item]:
        """Those of these entries that are stored, by kind and id, as they are now."""
        ...

    def beat(
        self,
        kiosk: str,
        at: datetime,
        since: datetime | None = None,
        waiting: int = 0,
        clock: ClockNote = ...,
    ) -> None:
        """Note a sign of life, or of a life without a gap from ``since`` (of the
        same UTC day). Beats at most three minutes apart join into one interval.
        A kiosk without a record is not registered and is not noted: an invented name must
        excuse nobody. A registered one's first beat ever starts its watch; no other raises
        the version. ``waiting``: marks that the database has not taken yet. ``clock``: what
        is known of the clock there."""
        ...


def items_of(rules: Rules) -> Iterator[Item]:
    """All entries, one kind after the other."""
    for kind in KINDS:
        found = getattr(rules, kind.name)
        yield from (found if isinstance(found, tuple) else (found,))


def stored_of(rules: Rules, item: Item) -> Item | None:
    """The stored entry of this kind and id."""
    place = _place(item)
    if place is None:
        return rules.limits
    entries: tuple[Item, ...] = getattr(rules, place)
    return next((one for one in entries if one.id == item.id), None)


def with_items(rules: Rules, items: Iterable[Item]) -> Rules:
    """``rules`` with entries added or replaced."""
    for item in items:
        rules = _with(rules, item)
    return rules


def without(rules: Rules, item: Item) -> Rules:
    """``rules`` with the entry of this kind and id removed."""
    place = _place(item)
    if place is None:
        return replace(rules, limits=Limits())
    changes: dict[str, Any] = {
        place: tuple(one for one in getattr(rules, place) if one.id != item.id)
    }
    return replace(rules, **changes)


def _with(rules: Rules, item: Item) -> Rules:
    if isinstance(item, Limits):
        return replace(rules, limits=item)
    kept = without(rules, item)
    place = _place(item) or ""
    changes: dict[str, Any] = {place: (*getattr(kept, place), item)}
    return replace(kept, **changes)


def _place(item: Item) -> str | None:
    """The field of Rules that holds entries of this kind; None for the limits."""
    return None if isinstance(item, Limits) else kind_of(item).name
