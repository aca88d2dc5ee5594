"""Walks one day's list and says what is wrong with it, and what of it is older than the chain."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence, sentence_many
from face_rec.stores.chain.links import Chain, Linked, head_of, name_of, parsed
from face_rec.stores.left.left_note import digest_of
from face_rec.stores.verify.chain_days import StoredDay
from face_rec.stores.verify.chain_report import Finding, Flaw
from face_rec.stores.witness.witness_entry import Seen


class Walk:
    """One pass over ``stored``; read the results afterwards.

    The first ``older`` entries may be without a link, before the first that has one: they
    stem from the time before the chain.
    """

    def __init__(self, chain: Chain, stored: StoredDay, *, older: int) -> None:
        self._chain = chain
        self._day = stored.day
        self._entries = [parsed(entry) for entry in stored.entries]
        self._raw = stored.entries
        self._may_be_older = older
        self._links = _by_position(self._entries)
        self._first = min(self._links, default=len(self._entries))
        self.older = 0
        self.keys: Counter[str] = Counter()
        self.findings = [*self._entry_findings(), *self._head(stored.head)]

    def ids(self, start: int) -> list[str]:
        """The ids of the events from place ``start`` (from 0) on."""
        return [_event_id(entry) for entry in self._raw[start:]]

    # --- the entries

    def _entry_findings(self) -> Iterator[Finding]:
        expected: int | None = None  # position of the next entry; None before the first link
        for place, entry in enumerate(self._entries):
            if entry is None:
                yield from self._unlinked(place, expected)
                expected = self._after_unlinked(expected)
                continue
            self.keys[entry.key] += 1
            expected = min(place, self._first) if expected is None else expected
            yield from self._linked(place, entry, expected)
            expected = max(expected, entry.position + 1)

    def _unlinked(self, place: int, expected: int | None) -> Iterator[Finding]:
        if expected is None and place < min(self._may_be_older, self._first):
            self.older += 1
        elif expected is None or expected in self._links:
            yield self._finding(
                place, Flaw.INSERTED, msgid("It carries no link: another program wrote it.")
            )
        else:
            yield self._finding(
                place, Flaw.EDITED, msgid("Its link was removed or made unreadable.")
            )

    def _after_unlinked(self, expected: int | None) -> int | None:
        """An entry that lost its link still fills its place."""
        return expected if expected is None or expected in self._links else expected + 1

    def _linked(self, place: int, entry: Linked, expected: int) -> Iterator[Finding]:
        if entry.position < expected:
            yield self._finding(place, Flaw.REORDERED, _belongs(entry.position))
        elif entry.position > expected:
            yield self._gap(place, entry.position, expected)
        else:
            yield from self._checked(place, entry)

    def _gap(self, place: int, position: int, expected: int) -> Finding:
        there = sum(1 for known in self._links if expected <= known < position)
        missing = position - expected - there
        if missing:
            detail = sentence_many(
                "{count} entry before it is missing.",
                "{count} entries before it are missing.",
                missing,
            )
            return self._finding(place, Flaw.REMOVED, detail)
        return self._finding(place, Flaw.REORDERED, _belongs(position))

    def _checked(self, place: int, entry: Linked) -> Iterator[Finding]:
        holds = self._chain.holds(self._day, entry, self._links.get(entry.position - 1, ""))
        if holds is None:
            yield self._finding(
                place,
                Flaw.KEY,
                sentence(
                    "It was signed with key {key}, which is not known here. Add that key behind "
                    "the others in CHAIN_KEY, or run the check where it is.",
                    key=entry.key,
                ),
            )
        elif not holds and self._position_after(place) == entry.position:
            yield self._finding(place, Flaw.INSERTED, msgid("It was not written by this app."))
        elif not holds:
            yield self._finding(place, Flaw.EDITED, msgid("Its content does not fit its link."))

    def _position_after(self, place: int) -> int | None:
        following = self._entries[place + 1] if place + 1 < len(self._entries) else None
        return following.position if following else None

    # --- the end of the list

    def _head(self, value: bytes) -> Iterator[Finding]:
        if not any(self._entries):
            if value:
                said = sentence(
                    "The head says {entries}, but none is there.", entries=_count(value)
                )
                yield self._end(Flaw.CUT, said)
            return
        head = head_of(value)
        if head is None:
            yield self._end(Flaw.HEAD, msgid("The head of the day is missing or unreadable."))
            return
        count, link, _ = head
        if count > len(self._entries):
            missing = count - len(self._entries)
            detail = sentence_many(
                "{count} entry at the end is missing.",
                "{count} entries at the end are missing.",
                missing,
            )
            yield self._end(Flaw.CUT, detail)
        elif self._link_at(count) != link:
            said = sentence("The head does not belong to entry {number}.", number=count)
            yield self._end(Flaw.HEAD, said)

    def against(self, seen: Seen) -> Iterator[Finding]:
        """What does not fit the head that a witness saw."""
        when = seen.at.isoformat(timespec="seconds")
        if not self._entries:
            yield self._end(
                Flaw.MISSING_DAY,
                sentence(
                    "A witness saw {entries} on {time}; none is there.",
                    entries=_entries(seen.count),
                    time=when,
                ),
            )
        elif seen.count > len(self._entries):
            missing = seen.count - len(self._entries)
            yield self._end(
                Flaw.CUT,
                sentence_many(
                    "A witness saw {entries} on {time}; {count} of them is missing at the end.",
                    "A witness saw {entries} on {time}; {count} of them are missing at the end.",
                    missing,
                    entries=_entries(seen.count),
                    time=when,
                ),
            )
        elif self._link_at(seen.count) != seen.link:
            yield self._finding(
                seen.count - 1,
                Flaw.REWRITTEN,
                sentence("A witness saw another entry here on {time}.", time=when),
            )

    def _link_at(self, count: int) -> str:
        entry = self._entries[count - 1] if 0 < count <= len(self._entries) else None
        return entry.link if entry else ""

    def _finding(self, place: int, flaw: Flaw, detail: str) -> Finding:
        return Finding(self._day, flaw, detail, place + 1, _event_id(self._raw[place]))

    def _end(self, flaw: Flaw, detail: str) -> Finding:
        return Finding(self._day, flaw, detail)


def _by_position(entries: Sequence[Linked | None]) -> dict[int, str]:
    """The link of each position; where two claim one, the later is no copy put in before."""
    return {entry.position: entry.link for entry in entries if entry is not None}


def _event_id(entry: bytes) -> str:
    try:
        record = json.loads(entry)
        return str(record["id"])[:64] if isinstance(record, dict) else "?"
    except (ValueError, KeyError):
        return "?"


def _count(value: bytes) -> str:
    head = head_of(value)
    return _entries(head[0]) if head else msgid("something unreadable")


def _entries(number: int) -> str:
    return sentence_many("{count} entry", "{count} entries", number)


def _belongs(position: int) -> str:
    return sentence("It belongs at place {number} of the day.", number=position + 1)


def older_of(stored: StoredDay) -> tuple[int, str]:
    """How many entries before the first link, and their digest."""
    linked = (place for place, raw in enumerate(stored.entries) if parsed(raw) is not None)
    count = next(linked, len(stored.entries))
    return count, digest_of(stored.entries[:count])


def accepted(
    stored: StoredDay, older: Mapping[str, tuple[int, str]] | None
) -> tuple[int, list[Finding]]:
    """How many entries of the day may be without a link, and what is wrong with those."""
    count, digest = (older or {}).get(name_of(stored.day), (0, ""))
    if not count or digest_of(stored.entries[:count]) == digest:
        return count, []
    detail = sentence_many(
        "The {count} entry from before the chain is not what it was when the witness began.",
        "The {count} entries from before the chain are not what they were when the witness began.",
        count,
    )
    return count, [Finding(stored.day, Flaw.REWRITTEN, detail)]
