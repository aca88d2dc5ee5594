"""What a check of the chain found, in words for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from face_rec.stores.chain.links import Stream, name_of


class Flaw(StrEnum):
    """What can be wrong with a day's list, or another stream; the values are stable."""

    EDITED = "edited"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT = "cut tail"
    MISSING_DAY = "missing day"
    REWRITTEN = "rewritten"
    HEAD = "head"
    WITNESS = "witness"
    KEY = "key unknown"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``place`` counts from 1; None where no entry can be named."""

    day: Stream
    flaw: Flaw
    detail: str
    place: int | None = None
    event: str = ""

    def sentence(self) -> str:
        where = f", entry {self.place}" if self.place is not None else ""
        event = f" (event {self.event})" if self.event else ""
        return f"{name_of(self.day)}{where}{event}: {self.flaw.value}. {self.detail}"


@dataclass(frozen=True, slots=True)
class Report:
    """The whole check. ``older`` entries were written before there was a chain; ``newer``
    ones after the last witness, so that their removal from the end could not be seen."""

    days: int = 0
    entries: int = 0
    linked: int = 0
    older: int = 0
    newer: int = 0
    newer_events: tuple[str, ...] = ()
    witnessed_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    keys: dict[str, int] = field(default_factory=dict)
    """Entries by the id of the key that signed them."""
    changes: Mapping[str, int] = field(default_factory=dict)
    """Linked entries of the other streams: people, rules, audit."""

    @property
    def whole(self) -> bool:
        return not self.findings

    @property
    def first_bad(self) -> Finding | None:
        """Of the earliest day, the first entry that does not hold."""
        ordered = sorted(
            self.findings, key=lambda f: (name_of(f.day), f.place is None, f.place or 0)
        )
        return ordered[0] if ordered else None

    def lines(self) -> list[str]:
        """The report as sentences, the verdict first."""
        bad = self.first_bad
        said = [
            f"BROKEN at {bad.sentence()}"
            if bad
            else f"The chain holds: {_counted(self.linked, 'linked entr', 'y', 'ies')} on "
            f"{_counted(self.days, 'day')}."
        ]
        if self.changes:
            linked = ", ".join(f"{name} {count:,}" for name, count in sorted(self.changes.items()))
            said.append(f"Linked changes beside the marks: {linked}.")
        others = [finding for finding in self.findings if finding is not bad]
        said += [f"Also: {finding.sentence()}" for finding in others[:20]]
        if len(others) > 20:
            said.append(f"... and {len(others) - 20} more.")
        if self.older:
            older = _counted(self.older, "entr", "y", "ies")
            said.append(f"Older than the chain, and without a link: {older}.")
        return [*said, self._witness_line()]

    def _witness_line(self) -> str:
        if self.witnessed_at is None:
            return "There is no witness yet: a cut tail or a missing day could not be seen."
        when = self.witnessed_at.isoformat(timespec="seconds")
        if not self.newer:
            return f"The last witness is of {when}; no event is newer."
        named = ", ".join(self.newer_events)
        more = " ..." if self.newer > len(self.newer_events) else ""
        return (
            f"Newer than the last witness ({when}), so that cutting it off would not show yet: "
            f"{_counted(self.newer, 'event')}: {named}{more}"
        )


def _counted(number: int, word: str, one: str = "", many: str = "s") -> str:
    return f"{number:,} {word}{one if number == 1 else many}"


@dataclass(frozen=True, slots=True)
class WitnessStatus:
    """When heads were last copied, and what hinders it (or is wrong), if anything."""

    at: datetime | None = None
    problem: str = ""
    broken: str = ""
    places: tuple[str, ...] = ()
