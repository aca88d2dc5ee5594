"""Privacy over the fakes of a system, and a chain whose state a test decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

from face_rec.attendance.marks.effective_marks import entries
from face_rec.attendance.marks.records import marks_table
from face_rec.attendance.reports.spreadsheets import to_csv
from face_rec.domain.people import Person
from face_rec.people.kept_photos import KeptPhotos
from face_rec.privacy.consent import ConsentService
from face_rec.privacy.erase import Erasure
from face_rec.privacy.export import PersonExport
from face_rec.privacy.ports import Keeper
from face_rec.privacy.privacy_service import Privacy
from face_rec.privacy.retention import Retention
from face_rec.privacy.retention_run import Periods, Run
from face_rec.protocols.models import Progress
from face_rec.stores.verify.chain_report import Report, WitnessStatus
from face_rec.stores.verify.daily_check import DailyCheck
from face_rec.stores.verify.watch import ChainWatch
from tests.fakes.system import SITE, FakeSystem


class FakeRunLog:
    """A ``RunLog`` in memory; ``taken`` as if another process were at it."""

    def __init__(self) -> None:
        self.taken = False
        self.saved: list[Run] = []

    def last(self) -> Run | None:
        return self.saved[-1] if self.saved else None

    def save(self, run: Run) -> None:
        self.saved.append(run)

    def claim(self) -> bool:
        if self.taken:
            return False
        self.taken = True
        return True

    def release(self) -> None:
        self.taken = False


@dataclass
class FakeChainWatch:
    """Says what it is told to."""

    report: Report = field(default_factory=lambda: Report(days=2, entries=5, linked=5))
    state: WitnessStatus = field(default_factory=WitnessStatus)

    def status(self) -> WitnessStatus:
        return self.state

    def verify(self, progress: Progress | None = None) -> Report:
        if progress is not None:
            progress(1, 1)
        return self.report


@dataclass
class PrivacyOf:
    """The privacy of ``fake``; installs itself there. ``leave`` stands for what another part
    holds, by subject; ``notes`` is the audit log."""

    fake: FakeSystem
    periods: Periods = field(default_factory=Periods)
    leave: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: list[tuple[str, str, Mapping[str, object]]] = field(default_factory=list)
    runs: FakeRunLog = field(default_factory=FakeRunLog)
    chain: FakeChainWatch = field(default_factory=FakeChainWatch)
    alarms: list[Report] = field(default_factory=list)
    days_of: Callable[[str], list[date]] | None = None
    """On which days somebody has marks; None: as the fake store says."""

    def __post_init__(self) -> None:
        fake, note = self.fake, self._note
        keeper = Keeper("leave", lambda s: self.leave.get(s, []), self._forget)
        stores: dict[str, Any] = {
            "people": fake.people, "snapshots": fake.snapshots, "clock": fake.clock, "note": note,
        }  # fmt: skip
        erasure = Erasure(
            site=lambda: "Test site", writer=fake.people, attendance=fake.attendance,
            days_of=self.days_of or fake.attendance.marked, settled=self._settled,
            keepers=[keeper], **stores,
        )  # fmt: skip
        export = PersonExport(
            site=lambda: "Test site", events=erasure.events, keepers=[keeper],
            table=lambda e, p: to_csv(
                marks_table(entries(e).marks, {p.subject: p}, SITE.timezone)
            ),
            **stores,
        )  # fmt: skip
        retention = Retention(
            writer=fake.people,
            attendance=fake.attendance,
            runs=self.runs,
            periods=lambda: self.periods,
            tidy=lambda: KeptPhotos(fake.snapshots).tidy(fake.people.many),
            **stores,
        )
        consent = ConsentService(fake.people, fake.people, fake.clock, note)
        self.privacy = Privacy(consent, retention, erasure, export)
        fake.system = replace(
            fake.system, privacy=self.privacy, chain=cast("ChainWatch", self.chain),
            daily_check=DailyCheck(self.chain, self.alarms.append, fake.clock),
        )  # fmt: skip

    def _note(self, what: str, whose: Person | None, details: Mapping[str, object]) -> None:
        self.notes.append((what, whose.id if whose else "", details))

    def _settled(self, revision: int) -> bool:
        return (
            self.fake.follower.wait(revision, 2.0) if self.fake.follower.status().ready else False
        )

    def _forget(self, subject: str) -> int:
        return len(self.leave.pop(subject, []))
