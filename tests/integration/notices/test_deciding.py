"""Requests by mail: who decides is written to and decides by a link, once, as long as they may; a
real mail server, and the link's page behind the real gate."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from starlette.testclient import TestClient

from face_rec.access.accounts.account import Account
from face_rec.access.accounts.deciding import Deciders, StandIn
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.principal import Principal
from face_rec.access.rights import Role
from face_rec.access.signin.authenticator import user_principal
from face_rec.assembly.attendance.requests import RequestTelling, offered_by
from face_rec.assembly.storage.stores import Stores
from face_rec.attendance.leave.balance import Span
from face_rec.attendance.rules.leave_type import LeaveType
from face_rec.attendance.rules.roster_week import OFF, cells_of, monday, weeks_of
from face_rec.domain.errors import AccountRefused
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.domain.people import Person
from face_rec.notices.deciding.telling import DecidingTelling
from face_rec.requests.leave_service import LeaveService
from face_rec.requests.request import Asked, LeaveRequest, Standing
from face_rec.requests.swap_service import Swap
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.redis.client import Client
from face_rec.web.told import deciding
from face_rec.web.told.deciding import Deciding
from tests.fakes.system import FakeSystem
from tests.gate_app import GateApp, access_on
from tests.integration.notices.a_site import Process, Site
from tests.integration.notices.receiver import Mailbox
from tests.samples import a_person

LINK = re.compile(r"https://door\.example\.org(/decide/[^\s>]+)")
ANNA, MAX = "anna@work.example", "max@work.example"


@dataclass
class Office:
    """A site with Ada, whose leave Anna decides, and Max, who has another group."""

    site: Site
    mail: Mailbox
    system: FakeSystem
    client: Client
    ada: Person
    accounts: dict[str, Account] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.accounts = {
            ANNA: Account(id=ANNA, role=Role.MANAGER, groups=only("Office")),
            MAX: Account(id=MAX, role=Role.HR, groups=only("Another")),
            "root@x.example": Account(id="root@x.example", role=Role.ADMIN, groups=ALL_GROUPS),
        }
        timesheets = self.system.service.timesheets
        self.deciders = Deciders(
            RedisRecords(self.client, "main", StandIn), lambda: list(self.accounts.values()),
            self.principal, timesheets.today, AuditLog(self.site.audit, self.site.clock),
        )  # fmt: skip
        self.leave: LeaveService = self.system.leave_service()
        stores = SimpleNamespace(
            client=self.client,
            requests=self.leave.records,
            options=self.system.options,
            people=self.system.people,
        )
        self.telling = RequestTelling(
            cast("Stores", stores), "main", self.system.system.services, self.site.clock
        )
        self.leave._tell = self.telling.tell
        self.site.deciding = DecidingTelling(
            self.site.personal, self.deciders, self.site.told, self.site.links, self.site.clock,
            asked=self.telling.asked, offered=offered_by(self.system.swap_service()),
            page="https://door.example.org/my",
        )  # fmt: skip
        self.site.personal.server.switch(self.site.office(self.mail).id)
        self.process: Process = self.site.opened(self.telling.remind)
        parts = Deciding(
            self.site.links, self.system.people, self.system.requests_service(), self.leave,
            self.system.swap_service(), self.deciders, self.site.told, self.site.clock,
        )  # fmt: skip
        gate = GateApp(
            access_on(self.client, self.site.clock), self.site.clock,
            more=[*deciding.routes(lambda: parts)],
        )  # fmt: skip
        self.browser: TestClient = gate.browser()

    def principal(self, name: str) -> Principal | None:
        account = self.accounts.get(name)
        return user_principal(account) if account and account.active else None

    def ask(self, ahead: int = 14) -> LeaveRequest:
        day = self.system.service.timesheets.today() + timedelta(days=ahead)
        made = self.leave.ask(self.ada.subject, "h", Span(day, day), "To the sea")
        self.go_on()
        return made

    def go_on(self) -> None:
        self.process.look()
        self.process.send(2)

    def link(self, number: int = -1) -> str:
        found = LINK.search(self.mail.letters[number])
        assert found
        return found[1]

    def standing(self) -> LeaveRequest:
        return self.leave.of(self.ada.subject)[0]

    def leaves(self) -> int:
        return len(self.system.service.timesheets.rules().leaves)


@pytest.fixture
def office(site: Site, mail: Mailbox, redis_client: Client) -> Iterator[Office]:
    with FakeSystem(clock=site.clock).running() as system:
        ada = system.people.create(a_person(), [], system.people.revision())
        site.people[ada.subject] = ada
        system.rules.put(LeaveType("h", "Annual leave"))
        yield Office(site, mail, system, redis_client, ada)


def test_whoever_decides_gets_a_link_that_shows_and_decides_once(office: Office) -> None:
    office.ask()
    assert office.mail.to == [[ANNA]]  # not Max, whose group it is not, and no administrator
    assert "To the sea" not in office.mail.letters[0]
    assert "Annual" not in office.mail.letters[0]
    link = office.link()
    for _ in range(2):  # mail programs look at links
        shown = office.browser.get(link).text
        assert "Annual leave" in shown
        assert "To the sea" in shown
    assert office.standing().standing is Standing.ASKED
    refused = office.browser.post(link, data={"do": "decline", "note": " "})
    assert "Say why" in refused.text
    done = office.browser.post(link, data={"do": "approve", "note": "Have fun"})
    assert f"This was approved by {ANNA}." in done.text
    assert (office.standing().by, office.leaves()) == (ANNA, 1)
    again = office.browser.post(link, data={"do": "decline", "note": "No"})
    assert "Somebody has decided this request" in again.text
    assert office.standing().standing is Standing.APPROVED
    office.go_on()
    assert office.mail.to[1:] == [[office.ada.email]]
    assert "was approved" in office.mail.letters[1]
    assert "Have fun" not in office.mail.letters[1]


def test_a_link_finishes_an_approval_that_was_cut_off(office: Office) -> None:
    one, now = office.ask(), office.site.clock.now()
    office.leave.records.decide(
        office.ada.subject, lambda found: found.leave(one.id), Standing.APPROVED,
        by=MAX, note="", now=now,
    )  # fmt: skip
    link = office.link()
    assert "This was approved" in office.browser.get(link).text
    office.site.clock.advance(61)
    shown = office.browser.get(link).text
    assert "Approve" in shown
    assert "This was approved" not in shown, "no leave came of it"
    office.browser.post(link, data={"do": "approve"})
    assert (office.standing().by, office.leaves()) == (ANNA, 1)


@pytest.mark.parametrize("lost", ["right", "account", "sessions", "group", "time", "sign"])
def test_a_link_of_whoever_may_not_decide_any_more_is_over(office: Office, lost: str) -> None:
    office.ask()
    link, anna = office.link(), office.accounts[ANNA]
    if lost == "right":
        office.accounts[ANNA] = replace(anna, role=Role.REGISTRAR)
    elif lost == "account":
        office.accounts[ANNA] = replace(anna, active=False)
    elif lost == "sessions":
        office.accounts[ANNA] = replace(anna, epoch=1)
    elif lost == "group":
        office.accounts[ANNA] = replace(anna, groups=only("Another"))
    elif lost == "time":
        office.site.clock.advance(15 * 86_400)
    else:
        link = link[:-1] + ("0" if link[-1] != "0" else "1")
    for answer in (office.browser.get(link), office.browser.post(link, data={"do": "approve"})):
        assert answer.status_code == 410
        assert "To the sea" not in answer.text
    assert (office.standing().standing, office.leaves()) == (Standing.ASKED, 0)


def test_what_waits_is_reminded_of_and_what_was_decided_meanwhile_is_not_sent(
    office: Office,
) -> None:
    one = office.ask()
    for _ in range(4):
        office.site.clock.advance(86_400)
        office.go_on()
        office.go_on()
    assert office.mail.to == [[ANNA]] * 2  # after three days, once
    assert "still waits" in office.mail.letters[1]
    office.site.clock.advance(2 * 86_400)
    office.process.look()  # begun, not sent
    office.leave.take_back(office.ada.subject, one.id)
    office.process.send(2)
    assert len(office.mail.to) == 2


def test_who_stands_in_is_written_to_and_decides_in_both_names_while_the_other_is_away(
    office: Office,
) -> None:
    today = office.system.service.timesheets.today()
    with pytest.raises(AccountRefused):
        office.deciders.name(ANNA, "nobody", today, today)
    with pytest.raises(AccountRefused):
        office.deciders.name(ANNA, MAX, today - timedelta(days=9), today - timedelta(days=1))
    office.deciders.name(ANNA, MAX, today, today + timedelta(days=1))
    office.ask()
    assert sorted(office.mail.to) == [[ANNA], [MAX]]
    link = office.link(office.mail.to.index([MAX]))
    assert f"{MAX} (for {ANNA})" in office.browser.get(link).text
    office.site.clock.advance(2 * 86_400)
    assert office.browser.post(link, data={"do": "approve"}).status_code == 410
    office.deciders.name(ANNA, MAX, today, today + timedelta(days=9))
    office.accounts[ANNA] = replace(office.accounts[ANNA], active=False)
    assert office.browser.get(link).status_code == 410  # nobody stands in for who is gone
    office.accounts[ANNA] = replace(office.accounts[ANNA], active=True)
    office.browser.post(link, data={"do": "approve"})
    assert office.standing().by == f"{MAX} (for {ANNA})"
    told = [what for what, _ in office.site.audit.said]
    assert told.count("account.substitute.named") == 2
    office.deciders.end(ANNA)
    assert office.deciders.stand_in(ANNA) is None
    assert not office.deciders.named(MAX).standing_for  # type: ignore[union-attr]


def test_nobody_is_written_to_about_their_own_request(office: Office) -> None:
    office.accounts[ANNA] = replace(office.accounts[ANNA], id=office.ada.email)
    office.accounts[office.ada.email] = office.accounts.pop(ANNA)
    office.ask()
    assert office.mail.to == [["root@x.example"]]


def test_a_swap_that_two_agreed_on_is_decided_by_its_link(office: Office) -> None:
    system, ada = office.system, office.ada
    system.options.decide("swaps", "ask")
    ben = system.add_person(7, "Ben", ada.group)
    day = monday(system.service.timesheets.today()) + timedelta(days=7)
    system.rules.put(*weeks_of({(ada.subject, day): "default", (ben.subject, day): OFF}))
    service = system.swap_service()
    service._tell = office.telling.tell
    service.ask(ada.subject, ben.subject, day, None, "Dentist")
    office.go_on()
    assert not office.mail.to, "the colleague, who has no address, is asked first"
    service.answer(ben.subject, service.offered(ben.subject)[0], agreed=True)
    office.go_on()
    assert office.mail.to == [[ANNA]]
    assert "asks to swap the shift" in office.mail.letters[0]
    assert "Dentist" not in office.mail.letters[0]
    assert "Ben takes the shift of" in office.browser.get(office.link()).text
    done = office.browser.post(office.link(), data={"do": "approve", "note": ""})
    assert f"This was approved by {ANNA}." in done.text
    told = cells_of(system.rules.load().rosters)
    assert (told[ada.subject, day], told[ben.subject, day]) == (OFF, "default")


def test_a_manager_who_takes_the_shift_is_not_written_to_about_the_swap(office: Office) -> None:
    system, ada = office.system, office.ada
    system.options.decide("swaps", "ask")
    anna = replace(a_person("8", "Anna"), group=ada.group, email=ANNA)
    anna = system.people.create(anna, [], system.people.revision())
    day = monday(system.service.timesheets.today()) + timedelta(days=7)
    system.rules.put(*weeks_of({(ada.subject, day): "default", (anna.subject, day): OFF}))
    service = system.swap_service()
    service.ask(ada.subject, anna.subject, day, None, "Dentist")
    service._tell = office.telling.tell
    service.answer(anna.subject, service.offered(anna.subject)[0], agreed=True)
    office.go_on()
    assert office.mail.to == [["root@x.example"]]


def test_a_colleague_is_written_to_when_asked_and_when_it_is_decided_in_their_language(
    office: Office,
) -> None:
    system, ada = office.system, office.ada
    system.options.decide("swaps", "ask")
    ben = replace(a_person("8", "Ben"), email="ben@example.org")
    ben = system.people.create(ben, [], system.people.revision())
    office.site.people[ben.subject] = ben
    day = monday(system.service.timesheets.today()) + timedelta(days=7)
    roster = {(who.subject, day + timedelta(days=n)): told
              for who, told in ((ada, "default"), (ben, OFF)) for n in range(3)}  # fmt: skip
    system.rules.put(*weeks_of(roster))
    service = system.swap_service()
    service._tell = office.telling.tell
    system.requests_service().reads_in(ben.subject, "de")
    office.site.reads = service.records.language

    def asked(number: int) -> Swap:
        service.ask(ada.subject, ben.subject, day + timedelta(days=number), None, "Dentist")
        return service.offered(ben.subject)[0]

    service.take_back(ada.subject, asked(0).request.id)
    office.go_on()
    assert not office.mail.to, "it was taken back before it was sent"
    first = asked(1)
    office.go_on()
    assert office.mail.to == [[ben.email]]
    assert "Ada bittet Sie" in office.mail.letters[0]
    assert "https://door.example.org/my" in office.mail.letters[0]
    assert "Dentist" not in office.mail.letters[0]
    service.answer(ben.subject, first, agreed=False)
    office.go_on()
    assert office.mail.to[1:] == [[ada.email]], "who declined needs no letter about it"
    second = asked(2)
    service.answer(ben.subject, second, agreed=True)
    anna = office.deciders.named(ANNA)
    assert anna is not None
    service.decline(ada.subject, second.request.id, anna, "We need you")
    office.go_on()
    told = dict(zip([to[0] for to in office.mail.to], office.mail.letters, strict=True))
    assert "was declined" in told[ada.email]
    assert "abgelehnt" in told[ben.email]
    assert "We need you" not in told[ben.email]


def test_of_all_requests_each_letter_about_one_is_one_look(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter asks whether it still waits and, of a swap, with whom: a look opens the requests of
    everybody."""
    looks = list[str]()
    find = office.leave.records.find

    def counted(request_id: str) -> tuple[str, Asked] | None:
        looks.append(request_id)
        return find(request_id)

    monkeypatch.setattr(office.leave.records, "find", counted)
    office.ask()
    assert office.mail.to == [[ANNA]]
    one = office.standing()
    assert looks == [one.id] * 2, "whom to write to, and the letter when it goes out"
