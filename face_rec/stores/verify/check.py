"""The check of the whole chain: every day, every other stream, the witness, and the records."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.languages.sentence import sentence
from face_rec.protocols.models import Progress
from face_rec.stores.chain.links import Chain, Stream, name_of
from face_rec.stores.left.left_days import ArchiveUnset
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.chain_records import Records
from face_rec.stores.verify.chain_report import Finding, Flaw, Report
from face_rec.stores.verify.walk import Walk, accepted
from face_rec.stores.witness.witness import Witness
from face_rec.stores.witness.witness_entry import Seen

WITNESS: Final = "witness"
"""The stream that findings about the witness itself are listed under."""
_NAMED: Final = 20  # events newer than the witness that are named


@dataclass(slots=True)
class _Tally:
    """What a check has counted so far."""

    days: int = 0
    entries: int = 0
    older: int = 0
    newer: int = 0
    events: list[str] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)
    changes: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


class ChainCheck:
    """Reads all events. Safe from any thread."""

    def __init__(
        self, chain: Chain, days: ChainDays, witness: Witness, records: Sequence[Records]
    ) -> None:
        self._chain = chain
        self._days = days
        self._witness = witness
        self._records = {one.ledger.name: one for one in records}

    def run(self, progress: Progress | None = None) -> Report:
        """Walk every day and stream there is or was. Raises StoreUnavailable; what cannot be read
        is one of the findings.

        The witness is read before the lists, so that these can only be longer.
        """
        evidence, tally = self._witness.evidence(), _Tally()
        tally.findings += [Finding(WITNESS, Flaw.WITNESS, flaw) for flaw in evidence.flaws]
        seen: dict[str, list[Seen]] = {}
        for one in evidence.seen:
            seen.setdefault(name_of(one.day), []).append(one)
        days = self._days.days() | {one.day for one in evidence.seen if isinstance(one.day, date)}
        streams: list[Stream] = [*sorted(days), *self._records]
        unset: list[Stream] = []
        for number, stream in enumerate(streams, 1):
            about = seen.get(name_of(stream), [])
            try:
                if isinstance(stream, date):
                    self._day(tally, stream, about, evidence.older)
                else:
                    self._stream(tally, stream, about)
            except StoreUnavailable:
                raise
            except ArchiveUnset:
                unset.append(stream)
            except StoreError as error:  # one that is no list must not hide what others hold
                tally.findings.append(Finding(stream, Flaw.UNREADABLE, error.said))
            if progress is not None:
                progress(number, len(streams))
        tally.findings += _unset(unset)
        return _report(tally, evidence.seen)

    def _day(
        self,
        tally: _Tally,
        day: date,
        seen: Sequence[Seen],
        older: Mapping[str, tuple[int, str]] | None,
    ) -> None:
        stored = self._days.read(day)
        count, wrong = accepted(stored, older)
        walk = Walk(self._chain, stored, older=count)
        tally.days += 1
        tally.entries += len(stored.entries)
        tally.older += walk.older
        tally.keys += walk.keys
        tally.findings += [*wrong, *_findings(walk, seen)]
        witnessed = max([walk.older, *(one.count for one in seen)])
        tally.newer += max(0, len(stored.entries) - witnessed)
        tally.events += walk.ids(witnessed)

    def _stream(self, tally: _Tally, stream: str, seen: Sequence[Seen]) -> None:
        stored = self._days.read(stream)
        walk = Walk(self._chain, stored, older=0)
        found = _findings(walk, seen)
        tally.findings += found
        if stored.entries:
            tally.changes[stream] = sum(walk.keys.values())
        if not found:  # of a broken stream every record would be named
            tally.findings += self._records[stream].findings()


def _unset(days: Sequence[Stream]) -> list[Finding]:
    """One for all: nothing is known to be wrong with any of them."""
    words = sentence(
        "This day and {number} others have left Redis for an archive, and ARCHIVE_URL is empty, "
        "so that they could be neither shown nor checked; that does not say that they were "
        "changed. Set ARCHIVE_URL to the archive, and check again.",
        number=len(days) - 1,
    )
    return [Finding(days[0], Flaw.UNREADABLE, words)] if days else []


def _findings(walk: Walk, seen: Sequence[Seen]) -> list[Finding]:
    """What is wrong with a list, each thing once, whoever saw it."""
    found = list(walk.findings)
    for one in seen:
        said = {(finding.flaw, finding.place) for finding in found}
        found += [f for f in walk.against(one) if (f.flaw, f.place) not in said]
    return found


def _report(tally: _Tally, seen: Sequence[Seen]) -> Report:
    return Report(
        days=tally.days,
        entries=tally.entries,
        linked=sum(tally.keys.values()),
        older=tally.older,
        newer=tally.newer,
        newer_events=tuple(tally.events[-_NAMED:]),
        witnessed_at=max((one.at for one in seen), default=None),
        findings=tuple(tally.findings),
        keys=dict(tally.keys),
        changes=tally.changes,
    )
