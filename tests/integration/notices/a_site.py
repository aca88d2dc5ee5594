"""A site whose notices are told, as it stands in Redis, and processes of it."""

import asyncio
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from functools import partial

from face_rec.access.audit.audit_log import AuditLog
from face_rec.domain.marks import EventKind, Way
from face_rec.domain.people import Person
from face_rec.languages.translator import Translators
from face_rec.notices.channel import REPORTS, Channel, ChannelKind, NoticeRule
from face_rec.notices.channels import Channels
from face_rec.notices.deciding.telling import REQUESTS, DecidingTelling
from face_rec.notices.guardians.guardian import Guardians
from face_rec.notices.guardians.guardian_records import GuardianRecords
from face_rec.notices.guardians.guardian_service import GUARDIANS, GuardianService
from face_rec.notices.guardians.telling import GuardianTelling
from face_rec.notices.message import Messages
from face_rec.notices.notice import TOLD, NoticeKind
from face_rec.notices.personal.mail import PERSONAL, PersonalMail
from face_rec.notices.personal.mail_server import MailServer
from face_rec.notices.reports.report_letters import ReportLetters
from face_rec.notices.running.composing import Composer, Told
from face_rec.notices.running.escalation import Escalation
from face_rec.notices.running.links import Links
from face_rec.notices.running.notice_service import NoticeService
from face_rec.notices.running.sending import Sending
from face_rec.notices.sorting import Sorting
from face_rec.notices.sources.conditions import Condition, ConditionFeed
from face_rec.notices.sources.feeds import DayFeed, MarkFeed, Missed
from face_rec.notices.webhook import Webhooks
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import KeyedSeal, derived
from tests.fakes.access import MemoryAudit
from tests.fakes.clock import MORNING, FakeClock
from tests.integration.notices.receiver import Mailbox, Receiver
from tests.samples import a_person, an_event

LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
ADA = replace(a_person("7", "Ada Byron"), subject="s1")


SIGNER = KeyedSeal("links", "main", derived(("a key of the tests, long enough it is",), "links"))
translators = Translators()


class Site:
    """One site as it stands in Redis; several processes of it can be opened."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.clock = FakeClock()
        self.people: dict[str, Person] = {ADA.subject: ADA}
        self.missed: list[Missed] = []
        self.wrong: list[Condition] = []
        self.late: dict[str, int] = {}
        self.marks = RedisAttendance(client, "main")
        self.processes: list[Process] = []
        self.audit = MemoryAudit()
        self.channels = Channels(
            RedisRecords(client, "main", Channel), RedisRecords(client, "main", NoticeRule),
            Unsealed(), audit_log=AuditLog(self.audit, self.clock), clock=self.clock,
            demand=lambda _: None,
        )  # fmt: skip
        self.told = Told(
            self._people, lambda: "School", lambda: UTC, lambda name: name.title(),
            lambda code: translators.of(code or self.language),
            lambda subject: self.reads(subject),  # noqa: PLW0108 - another one by then
        )  # fmt: skip
        self.reads: Callable[[str], str] = lambda _: ""
        self.language = "en"
        self.chosen = ""
        self.way = Way.IN
        self.links = Links("https://door.example.org", SIGNER, self.clock)
        self.records = GuardianRecords(RedisRecords(client, "main", Guardians), Unsealed())
        self.service = GuardianService(
            self.records,
            MailServer(self.channels, chosen=lambda: self.chosen, choose=self._choose),
            RedisOutbox(client, "main"),
            audit_log=AuditLog(self.audit, self.clock), clock=self.clock,
            language=lambda: self.language,
            active=lambda subject: subject in self.people and self.people[subject].active,
            digest=partial(self.links.secret, "guardian"),
        )  # fmt: skip
        self.letters = ""
        self.personal = PersonalMail(
            MailServer(self.channels, chosen=lambda: self.letters, choose=self._write_by),
            RedisOutbox(client, "main"), self.told, self.clock,
        )  # fmt: skip
        self.deciding: DecidingTelling | None = None
        """Who is written to about requests; None: nobody."""
        self.reports: ReportLetters | None = None
        """Who is sent reports; None: nobody."""

    def opened(self, remind: Callable[[], None] = lambda: None) -> "Process":
        outbox = RedisOutbox(self.client, "main")
        telling = GuardianTelling(
            self.service, self.told, self.links, self.clock, way=lambda _: self.way
        )
        composer = Composer(self.told, self.channels, outbox, self.links)
        sending = Sending(
            self.channels, outbox, composer, self.clock,
            webhooks=Webhooks(LOOPBACK), messages=Messages(),
            aside={GUARDIANS: telling.letter, PERSONAL: self.personal.letter}
            | ({REQUESTS: deciding.letter} if (deciding := self.deciding) else {})
            | ({REPORTS: reports.letter} if (reports := self.reports) else {}),
            heard={REPORTS: reports.heard} if reports else {}, one_by_one=[REPORTS],
        )  # fmt: skip
        self.processes.append(Process(
            NoticeService(
                self.channels, outbox, self.clock,
                marks=MarkFeed(self.marks, outbox, self.clock, lambda e: self.late.get(e.id, 0)),
                days=DayFeed(self._missed, outbox, self.clock),
                checks=ConditionFeed(lambda: self.wrong, outbox, self.clock),
                kiosks=ConditionFeed(list, outbox, self.clock),
                sorting=Sorting(
                    self.channels, outbox, self._people, self.clock, zone=self.told.zone,
                    more=lambda notice, person: [
                        *telling.queue(notice, person),
                        *(self.deciding.queue(notice, person) if self.deciding else ()),
                        *(self.reports.queue(notice, person) if self.reports else ()),
                    ],
                ),
                escalation=Escalation(self.channels, outbox, self.clock, self.told.zone),
                sending=sending, today=MORNING.date, turn=lambda _: True,
                remind=remind,
            ),
            sending,
        ))  # fmt: skip
        return self.processes[-1]

    def close(self) -> None:
        for one in self.processes:
            one.loop.close()

    def _choose(self, channel: str) -> None:
        self.chosen = channel

    def _write_by(self, channel: str) -> None:
        self.letters = channel

    def _people(self, subjects: list[str]) -> dict[str, Person]:
        return {name: self.people[name] for name in subjects if name in self.people}

    def _missed(self, day: date) -> list[Missed]:
        return [one for one in self.missed if one.day == day]

    def mark(self, *names: str, kind: EventKind = EventKind.IN, seconds: float = 0) -> None:
        for name in names:
            event = replace(an_event(name, "s1", seconds, kind), kiosk="door")
            self.marks.apply(event, 0, replay=True)

    def hook(self, receiver: Receiver, *kinds: NoticeKind) -> Channel:
        made, receiver.secret = self.channels.add(
            "Payroll", ChannelKind.WEBHOOK, receiver.address, "root"
        )
        self.rule(made, *kinds)
        return made

    def office(self, mail: Mailbox, title: str = "Office") -> Channel:
        """A channel of mail."""
        made, _ = self.channels.add(title, ChannelKind.MESSAGE, mail.address, "root")
        return made

    def rule(self, channel: Channel, *kinds: NoticeKind, digest: int = 0) -> NoticeRule:
        rule = NoticeRule("", "All", frozenset(kinds or TOLD), frozenset({channel.id}))
        return self.channels.save_rule(replace(rule, digest=digest))


@dataclass
class Process:
    service: NoticeService
    sending: Sending
    loop: asyncio.Runner = field(default_factory=asyncio.Runner)

    def look(self) -> None:
        self.service.judge()
        self.service.note()

    def send(self, rounds: int = 1) -> None:
        """Send all that is due now, on the process's own event loop."""
        self.loop.run(self._rounds(rounds))

    async def _rounds(self, rounds: int) -> None:
        tasks: set[asyncio.Task[None]] = set()
        for _ in range(rounds):
            await self.sending._begin(tasks)
            await asyncio.gather(*tasks, return_exceptions=True)
