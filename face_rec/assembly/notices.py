"""Notices: where they come from, whom they are about, and by which ways they go out."""

import ipaddress
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from config import Settings
from face_rec.assembly.attendance.report_mail import open_report_mail
from face_rec.assembly.attendance.requests import (
    RequestParts,
    RequestTelling,
    offered_by,
    open_requests,
)
from face_rec.assembly.noticed import cameras_seen, checked, kiosks_heard, missed, way_of_mark
from face_rec.assembly.site import own_address
from face_rec.assembly.storage.sealing import chain_secrets
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.kiosks.offline import KEPT_FOR
from face_rec.languages.language import language_of
from face_rec.languages.translator import Translators
from face_rec.notices.channel import REPORTS
from face_rec.notices.deciding.telling import REQUESTS, DecidingTelling
from face_rec.notices.delivery import Queued
from face_rec.notices.guardians.guardian_service import GUARDIANS, GuardianService
from face_rec.notices.guardians.telling import GuardianTelling
from face_rec.notices.message import Messages
from face_rec.notices.notice import Notice
from face_rec.notices.personal.mail import PERSONAL, PersonalMail
from face_rec.notices.personal.mail_server import MailServer
from face_rec.notices.reports.report_letters import ReportLetters
from face_rec.notices.reports.report_mail_service import ReportMailService
from face_rec.notices.running.composing import Composer, Told
from face_rec.notices.running.escalation import Escalation
from face_rec.notices.running.links import GUARDIAN, Links
from face_rec.notices.running.notice_service import NoticeService
from face_rec.notices.running.sending import Sending
from face_rec.notices.sorting import Sorting
from face_rec.notices.sources.conditions import Condition, ConditionFeed
from face_rec.notices.sources.feeds import DayFeed, MarkFeed
from face_rec.notices.webhook import Webhooks
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.keyring import KeyedSeal
from face_rec.web.ops.health import Health

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Telling:
    """Whatever is told to anybody by mail, chat or webhook, and what it is told about."""

    told: Told
    links: Links
    guardians: GuardianService
    personal: PersonalMail
    asked: RequestParts
    """What people ask for, and who decides."""
    reports: ReportMailService
    notices: NoticeService
    """Not started yet."""


def open_telling(
    settings: Settings,
    stores: Stores,
    services: ServiceByZone,
    clock: Clock,
    *,
    health: Health,
    translators: Translators,
) -> Telling:
    """All of it, put together."""
    waiting = RequestTelling(stores, settings.site, services, clock)
    asked = open_requests(stores, services, clock, waiting)
    told, links = open_told(stores, translators), open_links(settings, clock)
    guardians = open_guardians(settings, stores, clock, links)
    personal = open_personal_mail(settings, stores, told, clock)
    deciding = DecidingTelling(
        personal, asked.deciders, told, links, clock, asked=waiting.asked,
        offered=offered_by(asked.swaps), page=f"{own_address(settings)}/my",
    )  # fmt: skip
    reports = open_report_mail(
        settings, stores, services, clock, told=told, links=links, mail=personal
    )

    def remind() -> None:
        reports.due.look()
        waiting.remind()

    tellers = _Tellers(
        GuardianTelling(
            guardians, told, links, clock, way=lambda notice: way_of_mark(services, notice)
        ),
        personal, deciding, reports.letters,
    )  # fmt: skip
    notices = open_notices(
        settings, stores, services, health, clock, told=told, links=links, tellers=tellers,
        remind=remind,
    )  # fmt: skip
    return Telling(told, links, guardians, personal, asked, reports.service, notices)


def open_told(stores: Stores, translators: Translators) -> Told:
    """What notices are put into words with, as it stands when it is asked."""
    options = stores.options

    def people(subjects: list[str]) -> Mapping[str, Person]:
        return stores.people.many(sorted(set(subjects)))

    return Told(
        people,
        title=lambda: options.current().title,
        zone=lambda: options.current().timezone,
        kiosk=lambda name: stores.kiosks.record(name).title or name,
        words=lambda code: translators.of(code or options.current().language),
        reads=stores.requests.language,
    )


def open_links(settings: Settings, clock: Clock) -> Links:
    """Of messages; signed with a key made of the chain's, which outlives a restored backup."""
    signer = KeyedSeal("links", settings.site, keyring.derived(chain_secrets(settings), "links"))
    return Links(own_address(settings), signer, clock)


@dataclass(frozen=True, slots=True)
class _Tellers:
    """Who puts notices into words that go to somebody in particular, each their own."""

    guardians: GuardianTelling
    personal: PersonalMail
    deciding: DecidingTelling
    reports: ReportLetters

    def queue(self, notice: Notice, person: Person | None) -> list[Queued]:
        """The deliveries of one notice."""
        return [
            *self.guardians.queue(notice, person), *self.deciding.queue(notice, person),
            *self.reports.queue(notice, person),
        ]  # fmt: skip


def open_notices(
    settings: Settings,
    stores: Stores,
    services: ServiceByZone,
    health: Health,
    clock: Clock,
    *,
    told: Told,
    links: Links,
    tellers: _Tellers,
    remind: Callable[[], None],
) -> NoticeService:
    """Not started yet."""
    outbox = RedisOutbox(stores.client, settings.site)
    machine, begun = f"{socket.gethostname()}:{settings.port}", clock.now()
    late = max(KEPT_FOR, timedelta(hours=settings.journal_hours))

    def heard() -> list[Condition]:
        cameras = {one.id for one in stores.cameras.records.all()}
        return [
            *kiosks_heard(services, begun, cameras),
            *cameras_seen(stores, clock, told.zone, begun),
        ]

    return NoticeService(
        stores.channels,
        outbox,
        clock,
        marks=MarkFeed(
            stores.attendance, outbox, clock,
            lambda event: services.current().timesheets.late_by(event),  # noqa: PLW0108
            late.days + 1,
        ),
        days=DayFeed(lambda day: missed(services, day), outbox, clock),
        checks=ConditionFeed(lambda: checked(health, machine), outbox, clock),
        kiosks=ConditionFeed(heard, outbox, clock),
        sorting=Sorting(
            stores.channels, outbox, told.people, clock, zone=told.zone, more=tellers.queue
        ),
        escalation=Escalation(stores.channels, outbox, clock, told.zone),
        sending=_sending(
            settings, stores, outbox, clock, tellers=tellers,
            composer=Composer(told, stores.channels, outbox, links),
        ),
        today=lambda: services.current().timesheets.today(),  # noqa: PLW0108 - of now's zone
        turn=outbox.turn,
        remind=remind,
    )  # fmt: skip


def _sending(
    settings: Settings,
    stores: Stores,
    outbox: RedisOutbox,
    clock: Clock,
    *,
    composer: Composer,
    tellers: _Tellers,
) -> Sending:
    networks = [ipaddress.ip_network(text) for text in settings.webhook_networks or ()]
    return Sending(
        stores.channels, outbox, composer, clock,
        webhooks=Webhooks(networks), messages=Messages(),
        aside={
            GUARDIANS: tellers.guardians.letter, PERSONAL: tellers.personal.letter,
            REQUESTS: tellers.deciding.letter, REPORTS: tellers.reports.letter,
        },
        heard={REPORTS: tellers.reports.heard}, one_by_one=[REPORTS],
    )  # fmt: skip


def open_guardians(
    settings: Settings, stores: Stores, clock: Clock, links: Links
) -> GuardianService:
    """Who is told of a person's coming and going."""
    options = stores.options
    return GuardianService(
        stores.guardians,
        MailServer(
            stores.channels, chosen=lambda: options.current().guardians,
            choose=lambda channel: options.decide("guardians", channel),
        ),
        RedisOutbox(stores.client, settings.site), audit_log=stores.access.audit, clock=clock,
        language=lambda: language_of(options.current().language).code,
        active=partial(_active, stores), digest=partial(links.secret, GUARDIAN),
    )  # fmt: skip


def open_personal_mail(
    settings: Settings, stores: Stores, told: Told, clock: Clock
) -> PersonalMail:
    """Mail to people themselves."""
    options = stores.options
    server = MailServer(
        stores.channels,
        chosen=lambda: options.current().letters,
        choose=lambda channel: options.decide("letters", channel),
    )
    return PersonalMail(server, RedisOutbox(stores.client, settings.site), told, clock)


def _active(stores: Stores, subject: str) -> bool:
    person = stores.people.get(subject)
    return person is not None and person.active
