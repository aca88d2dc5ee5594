"""Rosters as calendars: behind the real gate, over real records, read as a calendar program reads
them; and every way in which an address ends."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from icalendar import Calendar, Component
from redis import Redis
from starlette.testclient import TestClient

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.roster import Employment
from face_rec.attendance.rules.roster_week import monday, weeks_of
from face_rec.attendance.rules.shift import Shift
from face_rec.calendars.calendar_service import CalendarService
from face_rec.calendars.feed import Feed, group_id
from face_rec.domain.errors import NotAllowed
from face_rec.domain.groups import Groups, only
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.redis.client import Client
from face_rec.web.told import calendars
from tests.fakes.calendars import CalendarOffice
from tests.fakes.clock import FakeClock
from tests.fakes.system import FakeSystem
from tests.gate_app import GateApp, access_on

MARCH = datetime(2026, 3, 23, 9, tzinfo=UTC)  # clocks go forward in Berlin on the 29th
SATURDAY = date(2026, 3, 28)
NIGHT = Shift("night", "Nacht; spät, „lang“", time(22), time(6))


def account(groups: Groups, role: Role = Role.MANAGER) -> Principal:
    return Principal(PrincipalKind.USER, "anna", "anna", rights_of(role), groups)


@dataclass
class World:
    system: FakeSystem
    office: CalendarOffice
    service: CalendarService
    browser: TestClient

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        answer = self.browser.get(
            path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        return answer.status_code, answer.text

    def events(self, path: str) -> dict[str, Component]:
        """By title and first day."""
        answer = self.browser.get(path)
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        found = Calendar.from_ical(answer.content).walk("VEVENT")
        return {f"{one['SUMMARY']} {one.decoded('DTSTART'):%d.%m.}": one for one in found}

    def roster(self, subject: str, told: dict[date, str]) -> None:
        self.system.rules.put(*weeks_of({(subject, day): one for day, one in told.items()}))


@pytest.fixture
def world(redis_client: Client) -> Iterator[World]:
    clock = FakeClock(MARCH)
    office = CalendarOffice(RedisRecords(redis_client, "main", Feed))
    with FakeSystem(clock=clock, calendars=office).running() as system:
        system.add_person(1, "Ada", "Day")
        system.add_person(2, "Bob", "Day")
        system.add_person(3, "Cid", "Night")
        system.rules.put(Shift("default", "Office", time(9), time(17)), NIGHT)
        office.accounts["anna"] = account(only("Day"))
        service = system.system.calendars
        gate = GateApp(
            access_on(redis_client, clock), clock, more=[*calendars.routes(lambda: service)]
        )
        yield World(system, office, service, gate.browser())


def test_a_calendar_program_reads_shifts_over_the_change_of_clocks_leave_and_holidays(
    world: World,
) -> None:
    world.roster("subject1", {SATURDAY: "night", SATURDAY + timedelta(days=1): "off"})
    world.system.rules.put(
        Leave("l", "subject1", date(2026, 3, 30), date(2026, 4, 2), "Urlaub"),
        Holiday("h", date(2026, 4, 3), "Karfreitag"),
        Holiday("n", date(2026, 4, 6), "Not hers", frozenset({"Night"})),
    )  # fmt: skip
    found = world.events(world.service.renew_own("subject1"))
    night = found[f"{NIGHT.name} 28.03."]
    start, end = night.decoded("DTSTART"), night.decoded("DTEND")
    assert night["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert (start.hour, end.hour, end.date()) == (22, 6, SATURDAY + timedelta(days=1))
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=7)
    leave = found["Urlaub 30.03."]
    assert (leave.decoded("DTSTART"), leave.decoded("DTEND")) == (
        date(2026, 3, 30),
        date(2026, 4, 3),
    )
    assert found["Karfreitag 03.04."].decoded("DTEND") == date(2026, 4, 4)
    assert "Office 23.03." in found
    assert "Office 31.03." not in found, "who is on leave does not work"
    assert not [one for one in found if "Not hers" in one]


def test_names_from_a_file_of_holidays_begin_no_line_and_turn_none(world: World) -> None:
    hostile = "Fest\x00\u202e\r\nATTACH:http://x\x0b; 🎉"
    world.system.rules.put(Holiday("h", date(2026, 4, 3), hostile))
    path = world.service.renew_own("subject1")
    assert "Fest ATTACH:http://x ; 🎉 03.04." in world.events(path)
    text = world.get(path)[1].replace("\r\n", "")
    assert not [one for one in text if one < " " or one == "\u202e"]


def test_what_is_as_before_is_not_sent_again_and_a_change_has_a_higher_number(
    world: World,
) -> None:
    path = world.service.renew_own("subject1")
    first = world.browser.get(path)
    tag, when = first.headers["etag"], first.headers["last-modified"]
    assert world.get(path, if_none_match=tag) == (304, "")
    assert world.get(path, if_none_match=f'"x", W/{tag}') == (304, "")
    assert world.get(path, if_modified_since=when) == (304, "")
    odd = "Mon, 01 Jan 2035 99999999999:00:00 GMT"
    assert world.get(path, if_modified_since=odd)[0] == 200, "as if nothing was said"
    before = world.events(path)
    world.system.clock.advance(3600)
    assert world.browser.get(path).content == first.content, "the same until something changes"
    world.roster("subject1", {date(2026, 3, 24): "night"})
    assert world.get(path, if_none_match=tag)[0] == 200
    assert world.get(path, if_modified_since=when)[0] == 200
    after = world.events(path)
    old, new = before["Office 24.03."], after[f"{NIGHT.name} 24.03."]
    assert old["UID"] == new["UID"], "the same day is the same entry"
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (1, 2)
    assert new.decoded("DTSTAMP") > old.decoded("DTSTAMP")
    renewed = world.service.renew_own("subject1")
    assert world.events(renewed)[f"{NIGHT.name} 24.03."]["SEQUENCE"] == 2, (
        "also with a new address"
    )


def test_an_address_ends_with_a_new_one_the_switch_the_site_and_the_person(world: World) -> None:
    old = world.service.renew_own("subject1")
    path = world.service.renew_own("subject1")
    assert world.get(old)[0] == 404
    assert world.get(path)[0] == 200
    world.office.open = False
    assert world.get(path)[0] == 404
    world.office.open = True
    assert world.get(path)[0] == 200
    world.service.end_own("subject1")
    assert world.get(path)[0] == 404
    path = world.service.renew_own("subject1")
    person = world.system.people.get("subject1")
    assert person is not None
    gone = world.system.people.update(replace(person, active=False))
    assert world.get(path)[0] == 404
    world.system.people.update(replace(gone, active=True))
    assert world.get(path)[0] == 404, "it does not come back"
    assert world.service.own("subject1") is None


def test_a_group_s_calendar_says_who_works_and_never_why_not_and_ends_with_the_right(
    world: World,
) -> None:
    world.system.rules.put(Leave("l", "subject2", SATURDAY, SATURDAY, "Krank"))
    anna = world.office.accounts["anna"]
    with pytest.raises(NotAllowed):
        world.service.renew_group(anna, "Night")
    path = world.service.renew_group(anna, "Day")
    found = world.events(path)
    assert {"Ada: Office 23.03.", "Bob: Office 23.03.", "Bob: away 28.03."} <= found.keys()
    assert "Krank" not in world.get(path)[1]
    assert "Cid" not in world.get(path)[1]
    for lost in (None, account(only("Night")), account(only("Day"), Role.REGISTRAR)):
        path = world.service.renew_group(anna, "Day")
        assert world.get(path)[0] == 200
        world.office.accounts.pop("anna")
        if lost is not None:
            world.office.accounts["anna"] = lost
        assert world.get(path)[0] == 404
        world.office.accounts["anna"] = anna
        assert world.get(path)[0] == 404, "the right alone does not bring it back"


def test_a_group_s_address_ends_with_all_sign_ins_of_its_account_and_with_a_new_password(
    world: World, redis_client: Client
) -> None:
    accounts = access_on(redis_client, FakeClock(MARCH)).accounts
    accounts.create("anna", "a long pass phrase", Role.MANAGER, only("Day"))
    world.office.epoch_of = lambda name: accounts.get(name).epoch  # type: ignore[union-attr]
    anna = world.office.accounts["anna"]
    own = world.service.renew_own("subject1")
    second, third = "another long pass phrase", "and a third one of them"
    for end in (
        partial(accounts.sign_out_everywhere, "anna"),
        partial(accounts.set_password, "anna", second),
        partial(accounts.change_own_password, "anna", second, third),
    ):
        path = world.service.renew_group(anna, "Day")
        assert world.get(path)[0] == 200
        accounts.read_in("anna", "de", decimal_hours=False)
        assert world.get(path)[0] == 200, "what ends no sign-in ends no address"
        end()
        assert world.service.of_group(anna, "Day") is None
        assert world.get(path)[0] == 404
    assert world.get(own)[0] == 200, "that of a person stands on no account"
    path = world.service.renew_group(anna, "Day")
    name = group_id("anna", "Day")
    stored = world.office.records.get(name)
    assert stored is not None
    world.office.records.update(replace(stored, epoch=None))  # as a version before has kept it
    assert world.get(path)[0] == 200
    accounts.sign_out_everywhere("anna")
    assert world.get(path)[0] == 404


def test_the_secret_is_nowhere_and_guesses_are_counted(
    world: World, redis_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    path = world.service.renew_own("subject1")
    secret = path.removesuffix(".ics").rpartition(".")[2]
    assert world.get(path)[0] == 200
    assert isinstance(redis_client, Redis)
    kept = b"".join(redis_client.dump(key) or b"" for key in redis_client.scan_iter())
    assert b"subject1" in kept
    assert secret.encode() not in kept
    assert secret not in repr(world.service.own("subject1"))
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("httpx")]
    assert secret not in " ".join(ours) + str(world.office.audit.entries)
    wrong = path.replace(secret, "x" * len(secret))
    for odd in ("/calendar/.ics", "/calendar/subject1.ics", "/calendar/%00.%ff.ics", wrong):
        assert world.get(odd)[0] in {400, 404}
    codes = [world.get(wrong)[0] for _ in range(60)]
    assert codes[-1] == 429
    assert world.get("/calendar/subject1")[0] != 200


def test_who_looks_too_often_is_told_when_to_come_again(world: World) -> None:
    path = world.service.renew_own("subject1")
    answers = [world.browser.head(path) for _ in range(61)]
    assert [one.status_code for one in answers[-2:]] == [200, 429]
    assert answers[-1].headers["retry-after"] == "3600"


def test_what_lies_weeks_away_is_not_in_it(world: World) -> None:
    world.system.rules.put(Employment("subject1", date(2025, 1, 1)))
    found = world.events(world.service.renew_own("subject1"))
    days = [one.decoded("DTSTART").date() for one in found.values()]
    today = monday(MARCH.date())
    assert (min(days), max(days)) == (
        today - timedelta(weeks=4),
        today + timedelta(weeks=17, days=-3),
    )
