"""Consent, retention, erasure and export over the stores of a site, and what these hold about
people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from config import Settings
from face_rec.access.audit.audit import Action
from face_rec.access.control.access_control import Access
from face_rec.access.devices.badges import Badges
from face_rec.access.rights import Act
from face_rec.access.storage import Records
from face_rec.assembly.archive.erasing import archive_keeper
from face_rec.assembly.models.vectors import vectors_keeper
from face_rec.assembly.people.invitations import invitations_keeper
from face_rec.assembly.people.keepers import (
    audit_keeper,
    badges_keeper,
    calendars_keeper,
    change_keeper,
    guardians_keeper,
    missed_keeper,
    mobile_keeper,
    own_keeper,
    pins_keeper,
    requests_keeper,
    rules_keeper,
    visits_keeper,
)
from face_rec.assembly.people.missed import needless_counts
from face_rec.assembly.people.strangers import StrangerParts, old_strangers, open_stranger_parts
from face_rec.assembly.people.views import views_keeper
from face_rec.assembly.storage.drill_folder import forget_left_drill
from face_rec.assembly.storage.snapshots import open_kept_photos
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.marks.effective_marks import entries
from face_rec.attendance.marks.records import marks_table
from face_rec.attendance.reports.spreadsheets import to_csv
from face_rec.calendars.feed import Feed
from face_rec.clock import Clock
from face_rec.domain.health import HealthCheck
from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from face_rec.domain.pictures import Tidied
from face_rec.invitations.invitation_records import InvitationRecords
from face_rec.notices.guardians.guardian_records import GuardianRecords
from face_rec.privacy.consent import ConsentService
from face_rec.privacy.erase import Erasure
from face_rec.privacy.export import PersonExport
from face_rec.privacy.left_behind import LeftBehind
from face_rec.privacy.ports import Contacts, Keeper, NoPurge, Note, Purge, Settled
from face_rec.privacy.privacy_service import Privacy
from face_rec.privacy.retention import Retention
from face_rec.privacy.retention_run import Periods
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people_store import PeopleReader, PeopleWriter
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.requests.attachments import Attachments
from face_rec.requests.request_records import RequestRecords
from face_rec.site_options import SiteOptions
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.left.left_days import LeftDays
from face_rec.stores.people.erased_people import ErasedPeople
from face_rec.stores.people.pins import RedisPins
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.embedded import folder_of
from face_rec.stores.redis.purge import EmbeddedPurge, OutsidePurge
from face_rec.stores.site.model_change import RedisModelChange
from face_rec.stores.site.site_state import RedisRunLog, RedisUnfinished, unfinished_check
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.visitors.visit_records import VisitRecords


@dataclass(frozen=True, slots=True)
class PrivacyParts:
    """What privacy works on."""

    site: str
    options: Callable[[], SiteOptions]
    client: Client
    rules: RedisRules
    people: PeopleReader
    writer: PeopleWriter
    attendance: MarkReader
    snapshots: SnapshotStore
    clock: Clock
    settled: Settled
    note: Note
    encrypted: bool
    erasing: Callable[[], None]
    exporting: Callable[[], None]
    """Asked before anything is done; each raises where whoever acts must first prove who they
    are."""
    tidy: Callable[[], Tidied]
    """Removes kept photos that nobody needs."""
    purge: Purge | None = None
    guardians: GuardianRecords | None = None
    calendars: Records[Feed] | None = None
    requests: RequestRecords | None = None
    invitations: InvitationRecords | None = None
    own: Callable[[str], int] = lambda _: 0
    """Ends where somebody looks at their own attendance, and a link to it; says how many."""
    badges: Badges | None = None
    visits: VisitRecords | None = None
    strangers: Callable[[], int] = int
    """Forgets unknown people who are kept for long enough."""
    stranger: Keeper | None = None
    """What is kept of unknown people that is somebody's."""
    left: LeftDays | None = None
    """Days that are in the archive alone."""
    outside: Sequence[Keeper | None] = ()
    """Of what is kept elsewhere: an archive, an engine of vectors."""
    views: Keeper | None = None
    """Views of Explore whose title names somebody."""
    mobile: Keeper | None = None
    missed: Keeper | None = None
    needless: Callable[[], None] = lambda: None
    """Forgets counts of who is not, or may not be, counted any more."""
    audit: Keeper | None = None
    """What the audit log tells of people in clear."""


def open_privacy(parts: PrivacyParts) -> Privacy:
    """All of it; nothing is read or started yet."""
    keepers = [
        rules_keeper(parts.rules),
        pins_keeper(RedisPins(parts.client, parts.site)),
        change_keeper(RedisModelChange(parts.client, parts.site)),
        own_keeper(parts.own),
        *([badges_keeper(parts.badges)] if parts.badges else []),
        *([visits_keeper(parts.visits)] if parts.visits else []),
        *([requests_keeper(parts.requests)] if parts.requests else []),
        *([calendars_keeper(parts.calendars)] if parts.calendars else []),
        *([invitations_keeper(parts.invitations, parts.people)] if parts.invitations else []),
        *([guardians_keeper(parts.guardians)] if parts.guardians else []),
        *(
            keeper
            for keeper in (
                parts.stranger,
                parts.mobile,
                parts.missed,
                parts.audit,
                *parts.outside,
                parts.views,
            )
            if keeper
        ),
    ]
    days = ChainDays(parts.client, parts.site, parts.left)
    erasure = Erasure(
        site=lambda: parts.options().title, people=parts.people, writer=parts.writer,
        attendance=parts.attendance, days_of=days.marked,
        days_here=partial(days.marked, archived=False),
        unfinished=RedisUnfinished(parts.client, parts.site),
        snapshots=parts.snapshots, clock=parts.clock,
        settled=parts.settled, keepers=keepers, note=parts.note, admit=parts.erasing,
        purge=parts.purge,
    )  # fmt: skip
    export = PersonExport(
        site=lambda: parts.options().title, people=parts.people, events=erasure.events,
        snapshots=parts.snapshots, clock=parts.clock, keepers=keepers, note=parts.note,
        table=lambda events, person: _table(events, person, parts.options().timezone),
        admit=parts.exporting,
    )  # fmt: skip
    gone = ErasedPeople(parts.client, parts.site, parts.people.recorded)
    left = LeftBehind(keepers, gone.among, (parts.purge or NoPurge()).want)
    retention = Retention(
        people=parts.people, writer=parts.writer, attendance=parts.attendance,
        snapshots=parts.snapshots, runs=RedisRunLog(parts.client, parts.site), clock=parts.clock,
        periods=lambda: _periods(parts.options()),
        note=parts.note, purge=parts.purge, tidy=parts.tidy, strangers=parts.strangers,
        contacts=Contacts(found.newest, found.forget) if (found := parts.guardians) else None,
        requests=lambda: _old_requests(parts, gone), unreached=erasure.finish,
        counts=parts.needless, left=left.sweep,
    )  # fmt: skip
    consent = ConsentService(parts.people, parts.writer, parts.clock, parts.note)
    return Privacy(consent, retention, erasure, export, parts.encrypted)


def _old_requests(parts: PrivacyParts, gone: ErasedPeople) -> int:
    """Of invitations as well."""
    want, now = (parts.purge or NoPurge()).want, parts.clock.now()
    kept = [records for records in (parts.requests, parts.invitations) if records is not None]
    removed = sum(records.tidy(now, gone.others, want) for records in kept)
    if parts.requests is not None:  # after it: files of requests that are not kept any more
        Attachments(parts.requests, parts.people, parts.snapshots, parts.clock).tidy()
    return removed


def _periods(options: SiteOptions) -> Periods:
    return Periods(options.snapshot_days, options.inactive_days)


def _table(events: Sequence[Event], person: Person, zone: ZoneInfo) -> bytes:
    return to_csv(marks_table(entries(events).marks, {person.subject: person}, zone))


def privacy_of(
    settings: Settings,
    stores: Stores,
    clock: Clock,
    settled: Callable[[int], bool],
    strangers: StrangerParts | None = None,
) -> Privacy:
    purge = purge_of(settings, stores.client)
    unknown = strangers or open_stranger_parts(stores, clock, purge)
    return open_privacy(
        PrivacyParts(
            site=settings.site,
            options=stores.options.current,
            client=stores.client,
            rules=stores.rules,
            people=stores.people,
            writer=stores.writers.people,
            attendance=stores.attendance,
            snapshots=stores.spool,
            clock=clock,
            settled=settled,
            note=_privacy_note(stores.access),
            encrypted=stores.encrypted,
            erasing=lambda: stores.access.step_up.demand(Act.ERASE),
            exporting=lambda: stores.access.step_up.demand(Act.EXPORT),
            tidy=lambda: open_kept_photos(settings, stores.spool).tidy(stores.people.many),
            purge=purge,
            guardians=stores.guardians,
            own=stores.access.own_sign_in.forget,
            badges=stores.access.badges,
            visits=stores.visits,
            requests=stores.requests,
            calendars=stores.calendars,
            invitations=stores.invitations,
            strangers=lambda: old_strangers(stores, unknown),
            stranger=unknown.keeper(),
            left=stores.left,
            outside=(archive_keeper(settings, stores, clock), vectors_keeper(settings, stores)),
            views=views_keeper(stores.views, stores.people),
            mobile=mobile_keeper(stores.mobile_consents),
            missed=missed_keeper(stores.missed),
            needless=lambda: needless_counts(settings, stores, purge),
            audit=audit_keeper(stores.audit, stores.people),
        )
    )


def erasures_check(settings: Settings, stores: Stores) -> Callable[[], HealthCheck]:
    """Whether some could not reach all days."""
    return unfinished_check(RedisUnfinished(stores.client, settings.site).all)


def purge_of(settings: Settings, client: Client) -> Purge:
    """Takes what was deleted out of the database's files, and ends a trial of a backup that was
    killed."""
    left = partial(forget_left_drill, settings.data_dir)
    if not settings.embedded_redis:
        return OutsidePurge(left)
    return EmbeddedPurge(client, settings.site, folder_of(settings.data_dir), left=left)


def _privacy_note(access: Access) -> Note:
    """Writes to the audit log what no store behind it sees."""
    actions = {"exported": Action.EXPORTED, "retention": Action.RETENTION}

    def note(what: str, whose: Person | None, details: Mapping[str, object]) -> None:
        action = actions.get(what)
        if action is not None:  # the rest are changes of a person, which AuditedPeople notes
            target, about = (whose.id, whose.subject) if whose else (what, "")
            access.audit.record(action, target, after=details, about=about)

    return note
