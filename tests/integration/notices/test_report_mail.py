"""Reports by mail over a real Redis and a real mail server: once a day however many look and
whoever is killed, and each reader only what they may see when it is sent."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import Any

import openpyxl
import pytest

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.principal import Principal
from face_rec.access.rights import Role
from face_rec.access.signin.authenticator import user_principal
from face_rec.attendance.reports import reports
from face_rec.attendance.reports.report import Report
from face_rec.domain.errors import NotAllowed, NoticeRefused
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.notices.reports import report_letters
from face_rec.notices.reports.due import DueReports, working_days
from face_rec.notices.reports.report_letters import ReportLetters
from face_rec.notices.reports.report_mail_service import ReportMailService
from face_rec.notices.reports.schedule import Often, Schedule
from face_rec.people.departures import Departures
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.notices.report_results import RedisReportResults
from face_rec.stores.redis.client import Client
from tests.fakes.system import FakeSystem
from tests.integration.notices.a_site import Site
from tests.integration.notices.receiver import Mailbox
from tests.killed import killed_after

ANNA, MAX, ROOT = "anna@work.example", "max@work.example", "root@work.example"
DAY = timedelta(days=1).total_seconds()
REGISTER = Schedule(
    "", "", "daily", "Yesterday", Often.DAILY, time(23, 30), suffix=".csv",
    to=frozenset({ANNA, MAX}),
)  # fmt: skip


@dataclass
class Office:
    """Anna sees the Office, Max Office and Yard, root all; a person of each group."""

    site: Site
    mail: Mailbox
    system: FakeSystem
    client: Client
    accounts: dict[str, Account] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.accounts = {
            ANNA: Account(id=ANNA, role=Role.MANAGER, groups=only("Office")),
            MAX: Account(id=MAX, role=Role.HR, groups=only("Office", "Yard")),
            ROOT: Account(id=ROOT, role=Role.ADMIN, groups=ALL_GROUPS),
            "eve": Account(id="eve", role=Role.MANAGER, groups=ALL_GROUPS),
        }
        self.records = RedisRecords(self.client, "main", Schedule)
        self.results = RedisReportResults(self.client, "main")
        self.due = self.looking()
        self.service = ReportMailService(
            self.records, self.due, self.results, accounts=lambda: list(self.accounts.values()),
            principal_of=self.principal, audit_log=AuditLog(self.site.audit, self.site.clock),
            clock=self.site.clock, demand=lambda _: None, on=self.site.personal.on,
        )  # fmt: skip
        self.letters = ReportLetters(
            self.records, self.results, self.system.system.services,
            principal_of=self.principal, server=self.site.personal.server, told=self.site.told,
            links=self.site.links, audit_log=AuditLog(self.site.audit, self.site.clock),
            clock=self.site.clock, departures=Departures(self.system.people),
        )  # fmt: skip
        self.site.reports = self.letters
        self.site.personal.server.switch(self.site.office(self.mail).id)
        self.process = self.site.opened(self.due.look)

    def looking(self) -> DueReports:
        """As each process has one."""
        return DueReports(
            self.records, RedisOutbox(self.client, "main"), self.site.clock,
            zone=self.site.told.zone, working=lambda: working_days(self.system.rules.load()),
        )  # fmt: skip

    def principal(self, name: str) -> Principal | None:
        account = self.accounts.get(name)
        return user_principal(account) if account and account.active else None

    def who(self, name: str) -> Principal:
        found = self.principal(name)
        assert found is not None
        return found

    def set_up(self, by: str = MAX, **changed: object) -> Schedule:
        return self.service.save(replace(REGISTER, **changed), self.who(by))  # type: ignore[arg-type]

    def lose(self, what: str, one: Schedule) -> None:
        """Of Anna, or of Max, who has set it up."""
        anna, boss = self.accounts[ANNA], self.accounts[MAX]
        changed = {
            "right": replace(anna, role=Role.REGISTRAR), "account": replace(anna, active=False),
            "group": replace(anna, groups=only("Yard")), "owner": replace(boss, active=False),
        }  # fmt: skip
        done = {
            "reader": lambda: self.service.leave(one.id, self.who(ANNA)),
            "pause": lambda: self.service.switch(one.id, self.who(MAX), active=False),
            "removed": lambda: self.service.remove(one.id, self.who(MAX)),
        }
        if what in changed:
            self.accounts[changed[what].id] = changed[what]
        else:
            done[what]()

    def go_on(self, seconds: float = 0) -> None:
        self.site.clock.advance(seconds)
        self.process.look()
        self.process.send(3)

    def file(self, number: int = -1) -> str:
        ((_, data),) = self.mail.files[number].items()
        return data.decode("utf-8-sig")

    def why(self, one: Schedule) -> dict[str, str]:
        return {name: found.problem for name, found in self.results.of(one.id).items()}


@pytest.fixture
def office(site: Site, mail: Mailbox, redis_client: Client) -> Iterator[Office]:
    with FakeSystem(clock=site.clock).running() as system:
        system.add_person(1, "Ada", "Office")
        system.add_person(2, "Bob", "Yard")
        site.clock.advance(3 * DAY)  # a Thursday
        yield Office(site, mail, system, redis_client)


def test_each_reader_gets_once_a_day_what_they_and_the_owner_may_see(office: Office) -> None:
    one = office.set_up(to=frozenset({ANNA, MAX, ROOT}))
    office.go_on()
    assert office.mail.to == []
    office.go_on(DAY)
    office.go_on()
    assert sorted(office.mail.to) == [[ANNA], [MAX], [ROOT]]
    said = {to[0]: number for number, to in enumerate(office.mail.to)}
    assert "Ada" in office.file(said[ANNA])
    assert "Bob" not in office.file(said[ANNA])
    assert "Bob" in office.file(said[MAX])
    assert "Bob" in office.file(said[ROOT])
    (name,) = office.mail.files[said[ANNA]]
    assert name.startswith("daily_")
    assert "Attached: the report “Daily register”" in office.mail.letters[said[ANNA]]
    assert "Groups: Office" in office.mail.letters[said[ANNA]]
    assert f"{MAX} has set this up" in office.mail.letters[said[ANNA]]
    assert office.why(one) == {ANNA: "", MAX: "", ROOT: ""}
    told = [what for what, _ in office.site.audit.said]
    assert told.count("report.mail.sent") == 3
    assert not [key for key in office.client.scan_iter() if b"Ada" in _dumped(office.client, key)]


def test_who_is_erased_while_a_report_is_made_is_not_in_what_is_sent(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would lie in a mailbox, which no erasure reaches."""
    (bob,) = [one for one in office.system.people.all() if one.name == "Bob"]
    made: list[str] = []

    def written(report: Report, *arguments: Any, **words: Any) -> bytes:  # noqa: ANN401
        data = reports.written(report, *arguments, **words)
        made.append(data.decode("utf-8-sig"))
        office.system.people.delete(bob.subject)
        return data

    monkeypatch.setattr(report_letters, "written", written)
    office.set_up(to=frozenset({MAX}))
    office.go_on(DAY)
    office.go_on()
    assert "Bob" in made[0], "or this could not fail"
    assert office.mail.to == [[MAX]]
    assert "Ada" in office.file()
    assert "Bob" not in office.file()


def test_letter_and_file_speak_the_language_that_the_reader_chose(office: Office) -> None:
    office.accounts[ANNA] = replace(office.accounts[ANNA], language="de")
    office.set_up(suffix=".xlsx", to=frozenset({ANNA, ROOT}))
    office.go_on(DAY)
    office.go_on()
    titles = {}
    for to, letter, files in zip(
        office.mail.to, office.mail.letters, office.mail.files, strict=True
    ):
        ((_, data),) = files.items()
        titles[to[0]] = openpyxl.load_workbook(io.BytesIO(data)).sheetnames[0]
        assert titles[to[0]] in letter
    assert titles == {ANNA: "Tagesliste", ROOT: "Daily register"}


def _dumped(client: Client, key: bytes) -> bytes:
    return bytes(client.dump(key) or b"")


@pytest.mark.parametrize(
    ("lost", "why"),
    [("right", "may not read records now"), ("account", "may not read records now"),
     ("group", "none of these groups"), ("owner", "who has set it up"),
     ("reader", "not among its readers"), ("pause", "it is paused"), ("removed", None)],
)  # fmt: skip
def test_a_right_that_was_taken_means_no_letter_and_a_line_why(
    office: Office, lost: str, why: str | None
) -> None:
    one = office.set_up(of_groups=frozenset({"Office"}))
    office.site.clock.advance(DAY)
    office.process.look()  # on its way
    office.lose(lost, one)
    office.process.send(3)
    assert [ANNA] not in office.mail.to
    if why is None:
        assert (office.results.of(one.id), office.mail.to) == ({}, [])
    elif lost == "reader":
        assert ANNA not in office.why(one)
    else:
        assert why in office.why(one)[ANNA]


def test_many_processes_that_look_at_once_begin_it_once(office: Office) -> None:
    office.set_up()
    office.site.clock.advance(DAY)
    threads = [threading.Thread(target=office.looking().look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    office.go_on()
    assert sorted(office.mail.to) == [[ANNA], [MAX]]


def test_whoever_is_killed_at_whatever_step_it_is_begun_once(office: Office) -> None:
    one, outbox = office.set_up(at=time(6)), RedisOutbox(office.client, "main")
    for number in range(2, 12):
        office.site.clock.advance(DAY)
        seen = outbox.newest()
        was_killed = killed_after(number, office.looking().look)
        office.looking().look()
        begun = [entry.notice.id for entry in outbox.after(seen, 10)]
        local = office.due.now().date()
        expected = [f"report-{one.id}-{local}"] if local.weekday() < 5 else []
        assert begun == expected
        if not was_killed:
            break
    assert number > 3


def test_what_was_missed_while_all_were_down_comes_once_and_paused_days_do_not(
    office: Office,
) -> None:
    one = office.set_up(to=frozenset({ANNA}))
    office.go_on(6 * DAY)
    assert office.mail.to == [[ANNA]]
    office.service.switch(one.id, office.who(MAX), active=False)
    office.go_on(2 * DAY)
    office.service.switch(one.id, office.who(MAX), active=True)
    office.go_on()
    assert office.mail.to == [[ANNA]]
    office.service.send_now(one.id, office.who(MAX))
    office.service.send_now(one.id, office.who(MAX))  # pressed twice
    office.go_on()
    assert office.mail.to == [[ANNA], [ANNA]]
    assert office.mail.headers[1]["x-report"].startswith(f"report-{one.id}-now-")


def test_a_mail_server_that_is_away_is_tried_again_and_says_so(office: Office) -> None:
    one = office.set_up(to=frozenset({ANNA}))
    office.mail.away = True
    office.go_on(DAY)
    assert "did not take it" in office.why(one)[ANNA]
    assert office.results.of(one.id)[ANNA].again is not None
    office.mail.away = False
    office.go_on(60)
    assert office.why(one) == {ANNA: ""}


def test_what_is_too_large_or_takes_too_long_goes_as_a_link_and_nothing_as_a_line(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.set_up(to=frozenset({ANNA}), of_groups=frozenset({"Office"}), suffix=".pdf")
    monkeypatch.setattr(report_letters, "LARGEST", 10)
    office.go_on(DAY)
    monkeypatch.setattr(report_letters, "LARGEST", 10_000)
    monkeypatch.setattr(report_letters, "PATIENCE", -1.0)
    office.go_on(3 * DAY)
    assert office.mail.files == [{}, {}]
    for letter in office.mail.letters:
        assert "too large for mail" in letter
        assert "https://door.example.org/reports?report=daily&first=" in letter
        assert "&group=Office" in letter
    monkeypatch.setattr(report_letters, "PATIENCE", 60.0)
    office.service.save(
        replace(office.records.all()[0], report="late"), office.who(MAX)
    )  # nobody was late
    office.go_on(DAY)
    assert "has no lines" in office.mail.letters[-1]


def test_nobody_sets_up_what_they_may_not_see_nor_changes_what_is_somebody_elses(
    office: Office,
) -> None:
    assert office.service.readers(office.who(ANNA)) == [ANNA, MAX, ROOT]  # eve has no address
    with pytest.raises(NotAllowed):
        office.set_up(ANNA, of_groups=frozenset({"Yard"}))
    with pytest.raises(NoticeRefused):
        office.set_up(ANNA, to=frozenset({"eve"}))
    office.accounts["reg@x.example"] = Account(id="reg@x.example", role=Role.REGISTRAR)
    with pytest.raises(NoticeRefused):
        office.set_up(ANNA, to=frozenset({"reg@x.example"}))
    with pytest.raises(NotAllowed):
        office.service.save(REGISTER, office.who("reg@x.example"))
    one = office.set_up()
    for change in (
        lambda: office.service.save(one, office.who(ANNA)),
        lambda: office.service.remove(one.id, office.who(ANNA)),
        lambda: office.service.send_now(one.id, office.who(ANNA)),
        lambda: office.service.switch(one.id, office.who(ANNA), active=False),
    ):
        with pytest.raises(NotAllowed):
            change()
    assert [found.mine for found in office.service.all(office.who(ANNA))] == [False]
    assert office.service.all(office.who("eve")) == []
    assert [found.mine for found in office.service.all(office.who(ROOT))] == [True]
    office.service.switch(one.id, office.who(ROOT), active=False)
    assert office.records.all()[0].owner == MAX
