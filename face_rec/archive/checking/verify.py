"""Whether the archive is what Redis is, row for row, and whether its chain holds by itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from face_rec.archive import rows
from face_rec.archive.copying.lists import ListCopier
from face_rec.archive.database import ArchiveDatabase
from face_rec.archive.tables.schema import audit, events, people, rules
from face_rec.attendance.rules.rules import KINDS
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, Typed, sentence
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.archive.source import ArchiveSource
from face_rec.stores.chain.ledger import STREAMS
from face_rec.stores.chain.links import Chain, Stream, head_value, name_of
from face_rec.stores.left.left_days import LeftDays
from face_rec.stores.left.left_note import Note
from face_rec.stores.verify.chain_days import StoredDay
from face_rec.stores.verify.walk import Walk, accepted
from face_rec.stores.witness.witness import Evidence
from face_rec.stores.witness.witness_entry import Seen

_NAMED: Final = 20  # differences that are told one by one
_TRIES: Final = 10
Older = Mapping[str, tuple[int, str]] | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What was compared, and what differs, in sentences."""

    lists: int = 0
    entries: int = 0
    linked: int = 0
    records: int = 0
    differences: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The verdict first."""
        counted = sentence(
            "{entries} entries of {lists} lists and {records} records; {links} links recomputed "
            "from the archive",
            entries=Figure(self.entries), lists=Figure(self.lists),
            records=Figure(self.records), links=Figure(self.linked),
        )  # fmt: skip
        if not self.differences:
            return [sentence("The archive is what Redis is: {counted}.", counted=counted)]
        number, more = len(self.differences), len(self.differences) - _NAMED
        return [
            sentence("{number} differ: {counted}.", number=number, counted=counted),
            *self.differences[:_NAMED],
            *([sentence("... and {number} more.", number=more)] if more > 0 else []),
        ]


@dataclass(slots=True)
class _Tally:
    lists: int = 0
    entries: int = 0
    linked: int = 0
    records: int = 0
    differences: list[str] = field(default_factory=list)


class ArchiveVerify:
    """Compares one site. Reads everything; safe from any thread."""

    def __init__(
        self,
        database: ArchiveDatabase,
        source: ArchiveSource,
        left: LeftDays,
        *,
        reader: PeopleReader,
        chain: Chain,
        evidence: Callable[[], Evidence],
        pause: Callable[[float], object],
    ) -> None:
        """``evidence``: of the witness. ``pause``: waits so many seconds for what is just being
        copied."""
        self._database = database
        self._source = source
        self._left = left
        self._site = source.site
        self._reader = reader
        self._chain = chain
        self._evidence = evidence
        self._pause = pause
        self._lists = ListCopier(source)

    def run(self, progress: Progress | None = None) -> Compared:
        """Raises StoreUnavailable."""
        tally = _Tally()
        evidence = self._evidence()
        streams = self._streams()
        for number, stream in enumerate(streams, 1):
            seen = [one for one in evidence.seen if name_of(one.day) == name_of(stream)]
            here, head = self._compare(tally, stream)
            stored = StoredDay(stream, here, head)
            tally.differences += self._walked(tally, stored, seen, evidence.older)
            if progress is not None:
                progress(number, len(streams))
        for compared in (self._people, self._rules, self._audit):
            tally.differences += self._steady(compared, tally)
        return Compared(
            tally.lists, tally.entries, tally.linked, tally.records, tuple(tally.differences)
        )

    def day(self, day: date, entries: Sequence[bytes], head: bytes) -> list[str]:
        """What is wrong with one archived day: it is not these ``entries``, or does not hold as a
        chain that ends with ``head``. Raises StoreError."""
        here = self._here(day)
        if here != entries:
            return _differences(name_of(day), here, entries)
        older = self._evidence().older
        return self._walked(_Tally(), StoredDay(day, here, head), (), older)

    def _streams(self) -> list[Stream]:
        query = sa.select(events.c.day).where(events.c.site == self._site).distinct()
        archived = {row.day for row in self._database.rows(query)}
        return [*STREAMS, *sorted(self._source.days() | archived)]

    # --- lists

    def _compare(self, tally: _Tally, stream: Stream) -> tuple[list[bytes], bytes]:
        """What the archive has of a list, and the head that it ends with. Redis is read first: it
        is the archive that comes after, a moment later."""
        there, left = self._there(stream)
        here = self._here(stream)
        for _ in range(_TRIES):
            if len(here) >= len(there):
                break
            self._pause(1.0)
            here = self._here(stream)
        tally.lists += 1
        tally.entries += len(here)
        if left is None:
            tally.differences += _differences(name_of(stream), here, there)
            return here, head_value(here)
        if not left.fits(here[: left.length]):
            tally.differences.append(
                sentence(
                    "{list}: the archive's entries are not those that left Redis.",
                    list=name_of(stream),
                )
            )
        return here, left.head

    def _there(self, stream: Stream) -> tuple[list[bytes], Note | None]:
        """A list as Redis has it, or the note with which it left."""
        if isinstance(stream, date):
            return self._left.list_or_left(stream)
        return self._source.entries(stream), None

    def _here(self, stream: Stream) -> list[bytes]:
        with self._database.begin() as connection:
            return self._lists.here(connection, stream)

    def _walked(
        self, tally: _Tally, stored: StoredDay, seen: Sequence[Seen], older: Older
    ) -> list[str]:
        """The chain, from what the archive holds and nothing else but the key and the witness."""
        count, wrong = accepted(stored, older)
        walk = Walk(self._chain, stored, older=count)
        tally.linked += sum(walk.keys.values())
        found = [*wrong, *walk.findings]
        for one in seen:
            found += walk.against(one)
        return [
            sentence("In the archive, {finding}", finding=finding.sentence()) for finding in found
        ]

    # --- records

    def _steady(self, look: Callable[[], tuple[int, dict[str, str]]], tally: _Tally) -> list[str]:
        """What ``look`` says again and again: records change, and are copied a moment later."""
        count, found = look()
        for _ in range(_TRIES):
            if not found:
                break
            self._pause(1.0)
            count, again = look()
            found = {name: words for name, words in again.items() if name in found}
        tally.records += count
        return [found[name] for name in sorted(found)]

    def _people(self) -> tuple[int, dict[str, str]]:
        there = {one.subject: rows.person(self._site, one) for one in self._reader.all()}
        here = {row["subject"]: row for row in self._rows(people)}
        return len(here), _records(msgid("The person"), here, there)

    def _rules(self) -> tuple[int, dict[str, str]]:
        kinds = {kind.name for kind in KINDS}
        there = {}
        for kind in kinds:
            for rule_id, text in self._source.rules_of(kind).items():
                row = rows.rule(self._site, f"{kind}/{rule_id}", text)
                there[f"{row['kind']}/{row['rule_id']}"] = row
        here = {f"{row['kind']}/{row['rule_id']}": row for row in self._rows(rules)}
        return len(here), _records(msgid("The rule"), here, there)

    def _audit(self) -> tuple[int, dict[str, str]]:
        there = {n: rows.audit(self._site, n, text) for n, text in self._source.audit()}
        here = {f"{row['at_ms']}-{row['number']}": row for row in self._rows(audit)}
        return len(here), _records(msgid("Entry of the audit log"), here, there)

    def _rows(self, table: sa.Table) -> Iterator[dict[str, Any]]:
        query = sa.select(table).where(table.c.site == self._site)
        return (dict(row._mapping) for row in self._database.rows(query))  # noqa: SLF001


def _differences(name: str, here: Sequence[bytes], there: Sequence[bytes]) -> list[str]:
    found: list[str] = []
    for place, (mine, its) in enumerate(zip(here, there, strict=False), 1):
        if mine != its:
            event = rows.name_of_entry(its)
            found.append(
                sentence(
                    "{list}, entry {place} ({event}): the archive has another than Redis.",
                    list=name,
                    place=place,
                    event=event,
                )
            )
    if len(here) < len(there):
        found.append(
            sentence(
                "{list}: the archive lacks the last {number} of {all} entries.",
                list=name,
                number=len(there) - len(here),
                all=len(there),
            )
        )
    if len(here) > len(there):
        found.append(
            sentence(
                "{list}: Redis lacks the last {number} of {all} entries that the archive has.",
                list=name,
                number=len(here) - len(there),
                all=len(here),
            )
        )
    return found


def _records(
    what: str, here: Mapping[str, rows.Row], there: Mapping[str, rows.Row]
) -> dict[str, str]:
    found: dict[str, str] = {
        name: sentence("{what} {name} is not in the archive.", what=what, name=Typed(name))
        for name in there.keys() - here.keys()
    }
    found |= {
        name: sentence(
            "{what} {name} is in the archive, and not in Redis.", what=what, name=Typed(name)
        )
        for name in here.keys() - there.keys()
    }
    for name in here.keys() & there.keys():
        other = sorted(key for key in there[name] if here[name][key] != there[name][key])
        if other:
            found[name] = sentence(
                "{what} {name} has another {fields} in the archive.",
                what=what, name=Typed(name), fields=", ".join(other),
            )  # fmt: skip
    return found
