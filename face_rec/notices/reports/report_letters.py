"""The mail with a report, made when it is sent and with what its reader may see then; nothing of
it is kept."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from face_rec.access.audit.audit import Action
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.storage import Records
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.reports.report import Report
from face_rec.attendance.reports.report_tables import TITLES
from face_rec.attendance.reports.reports import LONG, Wanted, make, written
from face_rec.attendance.reports.wording import Wording
from face_rec.attendance.terms.filters import SPANS, Filters
from face_rec.clock import Clock
from face_rec.domain.groups import NO_GROUPS, Groups
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.notices.attached import Attached
from face_rec.notices.channel import REPORTS
from face_rec.notices.delivery import Delivery, Queued
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.personal.mail_server import MailServer
from face_rec.notices.reports.report_mail_service import PrincipalOf, shared
from face_rec.notices.reports.results import Result, Results
from face_rec.notices.reports.schedule import Schedule
from face_rec.notices.running.composing import Letter, NobodyToTell, Told
from face_rec.notices.running.links import Links
from face_rec.notices.running.texts import Voice
from face_rec.notices.said import OWNER_GONE
from face_rec.people.departures import Departures
from face_rec.protocols.models import Progress

LARGEST: Final = 7 << 20
"""Bytes of a file: base64 makes a third more of it, and many mail servers take 10 MB."""
PATIENCE: Final = 45.0
"""Seconds after which a report is too much for mail: well within the lease of its delivery."""


class _TooMuch(Exception):
    """It takes too long to make."""


@dataclass(frozen=True, slots=True)
class Making:
    """A report for one reader. ``groups``: of those that both may see the chosen ones."""

    schedule: Schedule
    reader: str
    groups: Groups
    first: date
    last: date


class ReportLetters:
    """Safe from any thread; may raise StoreUnavailable."""

    def __init__(
        self,
        records: Records[Schedule],
        results: Results,
        services: ServiceByZone,
        *,
        principal_of: PrincipalOf,
        server: MailServer,
        told: Told,
        links: Links,
        audit_log: AuditLog,
        clock: Clock,
        departures: Departures,
    ) -> None:
        self._departures = departures
        self._records = records
        self._results = results
        self._services = services
        self._principal_of = principal_of
        self._server = server
        self._told = told
        self._links = links
        self._audit_log = audit_log
        self._clock = clock

    def queue(self, notice: Notice, _: Person | None) -> Iterable[Queued]:
        """One delivery for each reader."""
        if notice.kind is not NoticeKind.REPORT:
            return
        schedule = self._records.get(_schedule(notice))
        for reader in sorted(schedule.to if schedule else ()):
            name = f"{REPORTS}:{reader}:{notice.id}"
            yield Queued(Delivery(name, REPORTS, reader, notice), self._clock.now())

    def letter(self, delivery: Delivery) -> Letter:
        """Raises NobodyToTell where there is no right to it, or no wish for it, any more."""
        making = self._making(delivery)
        address = self._server.address()
        if not address:
            raise NobodyToTell(msgid("no mail is sent by this site now: see Notifications"))
        reader = self._principal_of(making.reader)
        voice = self._told.voice(reader.language if reader else "")
        text, attached = self._written(making, voice)
        title = voice.words.said(TITLES[making.schedule.report])
        subject = f"{voice.site}: {title}, {_days(making, voice)}"
        headers = {"X-Report": delivery.notice.id}
        return Letter(address, subject, text, making.reader, headers, attached)

    def heard(self, delivery: Delivery, problem: str, again: datetime | None) -> None:
        """What became of it: for who has set it up, and, where it went out, the audit log."""
        schedule, reader = _schedule(delivery.notice), delivery.rule
        result = Result(self._clock.now(), day_of(delivery.notice), problem, again)
        found = self._records.get(schedule)
        if found is not None and reader in found.to:
            self._results.put(schedule, reader, result)
        if not result.problem:
            after = {"to": reader, "report": delivery.notice.details, "of": result.day}
            self._audit_log.record(Action.REPORT_SENT, schedule, after=after)

    # --- whether, and what of

    def _making(self, delivery: Delivery) -> Making:
        schedule, reader = self._records.get(_schedule(delivery.notice)), delivery.rule
        if schedule is None:
            raise NobodyToTell(msgid("it was removed"))
        if reader not in schedule.to:
            raise NobodyToTell(msgid("they are not among its readers any more"))
        if not schedule.active and "now" not in delivery.notice.facts:
            raise NobodyToTell(msgid("it is paused"))
        groups = self._groups(schedule, reader)
        first, last = SPANS[schedule.span](day_of(delivery.notice))
        return Making(schedule, reader, groups, first, last)

    def _groups(self, schedule: Schedule, reader: str) -> Groups:
        owner, them = self._principal_of(schedule.owner), self._principal_of(reader)
        if owner is None or shared(owner, owner) == NO_GROUPS:
            raise NobodyToTell(OWNER_GONE.format(owner=schedule.owner))
        if them is None or shared(them, them) == NO_GROUPS:
            raise NobodyToTell(msgid("this account may not read records now"))
        groups = shared(them, owner).narrowed(schedule.of_groups)
        if groups == NO_GROUPS:
            raise NobodyToTell(msgid("this account may see none of these groups now"))
        return groups

    # --- what it says

    def _written(self, making: Making, voice: Voice) -> tuple[str, Attached | None]:
        """Once more where somebody was erased, or left these groups, while it was made: what is
        sent is in a mailbox, which no erasure reaches."""
        patience = _patience()
        while True:
            begun = self._departures.now()
            text, attached = self._as_read(making, voice, patience)
            if attached is None or not self._departures.since(begun, making.groups):
                return text, attached

    def _as_read(
        self, making: Making, voice: Voice, patience: Progress
    ) -> tuple[str, Attached | None]:
        report = self._made(making, patience)
        small = report is not None and report.frame.size <= LONG[making.schedule.suffix]
        attached = None
        if report is not None and small and not report.frame.empty:
            attached = _file(making, report, Wording(voice.words), patience)
        empty = report is not None and report.frame.empty
        lines = [self._begins(making, voice, attached=attached is not None, empty=empty)]
        if attached is None and not empty:
            lines.append(self._links.at(f"/reports?{_query(making)}"))
        return "\n".join([*lines, *self._ends(making, voice)]), attached

    def _begins(self, making: Making, voice: Voice, *, attached: bool, empty: bool) -> str:
        title = voice.words.said(TITLES[making.schedule.report])
        values = {"report": title, "days": _days(making, voice)}
        if attached:
            return voice.words.gettext("Attached: the report “{report}” of {days}.", **values)
        if empty:
            return voice.words.gettext("The report “{report}” of {days} has no lines.", **values)
        return voice.words.gettext(
            "The report “{report}” of {days} is too large for mail. Open it here:", **values
        )

    def _ends(self, making: Making, voice: Voice) -> Iterable[str]:
        words, groups = voice.words, making.groups
        if not groups.every:
            named = ", ".join(sorted(name or "–" for name in groups.named))
            yield words.gettext("Groups: {groups}", groups=named)
        yield ""
        owner = making.schedule.owner
        yield words.gettext(
            "{account} has set this up. On the page Reports you can stop it:", account=owner
        )
        yield self._links.at("/reports")

    # --- the file

    def _made(self, making: Making, patience: Progress) -> Report | None:
        """None where that takes too long."""
        wanted = Wanted(making.schedule.report, making.first, making.last, Filters(making.groups))
        try:
            return make(self._services.current().timesheets, wanted, patience)
        except _TooMuch:
            return None


def _file(making: Making, report: Report, wording: Wording, patience: Progress) -> Attached | None:
    """None where it takes too long, or is too large."""
    schedule = making.schedule
    try:
        patience(0, 0)
        data = written(report, schedule.suffix, patience, wording=wording)
    except _TooMuch:
        return None
    name = f"{schedule.report}_{making.first}_{making.last}{schedule.suffix}"
    return Attached(name, data) if len(data) <= LARGEST else None


def _patience() -> Progress:
    """Ends what takes too long, at its next step."""
    began = time.monotonic()

    def told(_done: int, _total: int) -> None:
        if time.monotonic() - began > PATIENCE:
            raise _TooMuch

    return told


def _days(making: Making, voice: Voice) -> str:
    first, last = voice.words.day(making.first), voice.words.day(making.last)
    return first if making.first == making.last else f"{first} – {last}"


def _query(making: Making) -> str:
    """Opens the same report, for whoever may see it."""
    groups = [("group", name) for name in sorted(making.schedule.of_groups)]
    dates = [("first", making.first.isoformat()), ("last", making.last.isoformat())]
    return urlencode([("report", making.schedule.report), *dates, *groups])


def _schedule(notice: Notice) -> str:
    return str(notice.facts.get("schedule", ""))


def day_of(notice: Notice) -> date:
    """The local day on which it was due."""
    return date.fromisoformat(str(notice.facts["day"]))
