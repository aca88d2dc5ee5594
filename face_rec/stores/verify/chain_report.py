"""What a check of the chain found, in words for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from face_rec.languages.language import msgid
from face_rec.languages.sentence import Sentence, sentence, sentence_many
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
    LOST = "lost"


_FLAWS: Final[Mapping[Flaw, str]] = {
    Flaw.EDITED: msgid("edited"), Flaw.REMOVED: msgid("removed"),
    Flaw.INSERTED: msgid("inserted"), Flaw.REORDERED: msgid("reordered"),
    Flaw.CUT: msgid("cut tail"), Flaw.MISSING_DAY: msgid("missing day"),
    Flaw.REWRITTEN: msgid("rewritten"), Flaw.HEAD: msgid("head"),
    Flaw.WITNESS: msgid("witness"), Flaw.KEY: msgid("key unknown"),
    Flaw.UNREADABLE: msgid("unreadable"), Flaw.LOST: msgid("lost"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``place`` counts from 1; None where no entry can be named."""

    day: Stream
    flaw: Flaw
    detail: str
    place: int | None = None
    event: str = ""

    def sentence(self) -> str:
        where = {"stream": name_of(self.day), "event": self.event, "number": self.place}
        if self.place is None:
            known = (
                sentence("{stream} (event {event})", **where) if self.event else where["stream"]
            )
        elif self.event:
            known = sentence("{stream}, entry {number} (event {event})", **where)
        else:
            known = sentence("{stream}, entry {number}", **where)
        values = {"where": known, "flaw": _FLAWS[self.flaw], "detail": self.detail}
        return Sentence("{where}: {flaw}. {detail}", values)


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
        told: list[str] = [
            sentence("BROKEN at {finding}", finding=bad.sentence()) if bad else self._holds()
        ]
        if self.changes:
            linked = ", ".join(f"{name} {count:,}" for name, count in sorted(self.changes.items()))
            told.append(sentence("Linked changes beside the marks: {linked}.", linked=linked))
        others = [finding for finding in self.findings if finding is not bad]
        told += [sentence("Also: {finding}", finding=one.sentence()) for one in others[:20]]
        if len(others) > 20:
            told.append(sentence("... and {number} more.", number=len(others) - 20))
        if self.older:
            told.append(
                sentence_many(
                    "Older than the chain, and without a link: {count} entry.",
                    "Older than the chain, and without a link: {count} entries.",
                    self.older,
                )
            )
        return [*told, self._witness_line()]

    def _holds(self) -> Sentence:
        days = sentence_many("{count} day", "{count} days", self.days)
        return sentence_many(
            "The chain holds: {count} linked entry on {days}.",
            "The chain holds: {count} linked entries on {days}.",
            self.linked,
            days=days,
        )

    def _witness_line(self) -> str:
        if self.witnessed_at is None:
            return msgid("There is no witness yet: a cut tail or a missing day could not be seen.")
        when = self.witnessed_at.isoformat(timespec="seconds")
        if not self.newer:
            return sentence("The last witness is of {time}; no event is newer.", time=when)
        named = ", ".join(self.newer_events)
        more = " ..." if self.newer > len(self.newer_events) else ""
        return sentence_many(
            "Newer than the last witness ({time}), so that cutting it off would not show yet: "
            "{count} event: {events}",
            "Newer than the last witness ({time}), so that cutting it off would not show yet: "
            "{count} events: {events}",
            self.newer,
            time=when,
            events=named + more,
        )


@dataclass(frozen=True, slots=True)
class WitnessStatus:
    """When heads were last copied, and what hinders it (or is wrong), if anything."""

    at: datetime | None = None
    problem: str = ""
    broken: str = ""
    places: tuple[str, ...] = ()
