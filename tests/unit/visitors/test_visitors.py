"""Visitors: who is let in and when, what a kiosk says to them, and what is left of them."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.badge_check import BadgeCheck
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.terms.status import Flag, Status
from face_rec.domain.errors import Conflict, JournalError, SignInRefused, VisitRefused
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.formulas import csv_of
from face_rec.kiosks.badge_windows import Answer, Phase
from face_rec.kiosks.badge_words import card_of
from face_rec.kiosks.banner import full_name, short_name
from face_rec.kiosks.kiosk import BadgeUse
from face_rec.languages.translator import ENGLISH, Translators
from face_rec.notices.running.texts import Voice
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.visitors import house
from face_rec.visitors.check_in import VisitorCheckIn
from face_rec.visitors.checks import Wanted
from face_rec.visitors.consent import Agreement
from face_rec.visitors.house import Words, in_house
from face_rec.visitors.upkeep import VisitorUpkeep
from face_rec.visitors.visit import Guest, Stage, Visit
from face_rec.visitors.visitor_letters import VisitorLetters
from face_rec.visitors.visitor_service import Listed
from tests.fakes.badges import BadgeOffice
from tests.fakes.clock import FakeClock
from tests.fakes.options import OPTIONS, live_options
from tests.fakes.visitors import fake_visitors, host_of, purged
from tests.samples import a_person

ZAPHOD = Guest("Zaphod Quartz", "Quartz & Sons", "Repairs the lift")
HOUR = timedelta(hours=1)
EVE = replace(a_person(), subject="eve", id="2", name="Eve")


class World:
    """Ada, of Sales, is a host; it is 09:00 at the site, on a Monday."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.office = BadgeOffice(self.clock)
        self.ada = self.office.register(replace(a_person(), group="Sales"))
        self.options = live_options(chosen={"visitors": "on"})
        self.visitors = fake_visitors(
            self.office.people, self.office.badges, self.options, self.clock,
            AuditLog(self.office.audit, self.clock),
        )  # fmt: skip
        self.service = self.visitors.service
        self.use = BadgeUse.BADGE
        self.door: BadgeCheck = self.office.door(lambda _: self.use)
        self.door.visitors_by(VisitorCheckIn(self.service, self.clock).meet)

    def announced(
        self, begins: timedelta = timedelta(0), until: timedelta = 2 * HOUR, *, agreed: bool = True
    ) -> Visit:
        now = self.clock.now()
        made = self.service.announce(ZAPHOD, self.ada.subject, now + begins, now + until, "max")
        if agreed:
            self.service.agree(made.id, self.visitors.texts.shown(ENGLISH))
        return made

    def stage(self, visit: Visit) -> Stage:
        found = self.service.records.visits.get(visit.id)
        assert found is not None
        return found.stage(self.clock.now())

    def shown(self, code: str) -> Answer | None:
        """What the kiosk says; nobody is ever marked."""
        self.door.ask("door", "tablet")
        assert self.door.present("door", code) is None
        window = self.door.windows.of("door")
        return window.answer if window else None


@pytest.fixture
def world() -> World:
    return World()


def test_a_visitor_comes_by_the_badge_their_host_is_told_and_they_leave_by_it(
    world: World,
) -> None:
    visit = world.announced()
    code = world.service.badge(visit.id, "max")
    host_of(world.visitors).mail = True
    assert world.shown(code) is Answer.CAME_TOLD
    assert host_of(world.visitors).told == [(visit.id, "door")]
    assert world.stage(visit) is Stage.HERE
    assert world.shown(code) is Answer.CAME, "the same badge a moment later is no goodbye"
    world.clock.advance(600)
    assert world.shown(code) is Answer.LEFT
    assert world.stage(visit) is Stage.GONE
    assert world.shown(code) is Answer.VOID
    assert not world.office.keys.records
    said = f"{world.office.audit.entries}{world.office.records.records}"
    assert "Zaphod" not in said
    assert "Quartz" not in said
    assert [entry.who for entry in world.office.audit.entries][-2:] == ["door", "door"]


def test_who_has_not_agreed_is_too_early_or_late_is_sent_to_the_reception(world: World) -> None:
    unasked = world.announced(agreed=False)
    assert world.shown(world.service.badge(unasked.id, "max")) is Answer.ASK_RECEPTION
    tomorrow = world.announced(timedelta(days=1), timedelta(days=1, hours=1))
    assert world.shown(world.service.badge(tomorrow.id, "max")) is Answer.ASK_RECEPTION
    short = world.announced(until=HOUR)
    code = world.service.badge(short.id, "max")
    world.clock.advance(HOUR.total_seconds())
    assert world.shown(code) is Answer.ASK_RECEPTION
    assert not host_of(world.visitors).told
    world.options.decide("visitors", "")
    assert world.shown(code) is Answer.VOID


def _listed(world: World, visit: Visit) -> Listed:
    found = world.service.get(visit.id)
    assert found is not None
    return found


def _as_it_is(visit: Visit, **other: Any) -> Wanted:  # noqa: ANN401 - of several types
    """As it was announced, but for what is ``other``."""
    return replace(Wanted(visit.host, visit.begins, visit.until, ZAPHOD), **other)


def test_a_visit_is_changed_with_the_checks_of_announcing_and_the_log_says_which_parts(
    world: World,
) -> None:
    eve = world.office.register(replace(EVE, group="Sales"))
    visit = world.announced()
    code, was = world.service.badge(visit.id, "max"), _listed(world, visit)
    longer = visit.until + 6 * HOUR
    for guest, host, until in (
        (replace(ZAPHOD, name=" "), eve.subject, longer),
        (ZAPHOD, "nobody", longer),
        (ZAPHOD, eve.subject, visit.begins),
        (ZAPHOD, eve.subject, visit.begins + timedelta(days=32)),
        (ZAPHOD, visit.host, visit.until),
    ):
        with pytest.raises(VisitRefused):
            world.service.change(was, Wanted(host, visit.begins, until, guest))
    assert _listed(world, visit) == was
    other = replace(ZAPHOD, purpose="Paints it")
    assert not world.service.change(was, Wanted(eve.subject, visit.begins, longer, other))
    now = _listed(world, visit)
    assert (now.guest, now.host, now.visit.until) == (other, eve, longer)
    assert now.visit.agreed_at is not None
    entry = world.office.audit.entries[-1]
    assert (entry.action, entry.after) == ("visit.changed", {"changed": "host, until, purpose"})
    with pytest.raises(VisitRefused, match="meanwhile"):
        world.service.change(was, _as_it_is(visit, until=longer))
    world.service.come(visit.id)
    world.clock.advance(timedelta(days=1, hours=7).total_seconds())
    assert world.shown(code) is Answer.LEFT, "the badge holds as long as the visit does now"
    gone = _listed(world, visit)
    with pytest.raises(VisitRefused, match="over"):
        world.service.change(gone, _as_it_is(visit, until=world.clock.now() + HOUR))


def test_a_visit_begins_on_another_day_until_its_visitor_is_here(world: World) -> None:
    visit = world.announced(timedelta(days=1), timedelta(days=1, hours=2))
    code, was = world.service.badge(visit.id, "max"), _listed(world, visit)
    now = world.clock.now()
    with pytest.raises(VisitRefused, match="ends after it begins"):
        world.service.change(was, _as_it_is(visit, begins=visit.until))
    far = now + timedelta(days=400)
    with pytest.raises(VisitRefused, match="a year ahead"):
        world.service.change(was, _as_it_is(visit, begins=far, until=far + HOUR))
    world.service.change(was, _as_it_is(visit, begins=now))
    entry = world.office.audit.entries[-1]
    assert (entry.action, entry.after) == ("visit.changed", {"changed": "from"})
    with pytest.raises(VisitRefused, match="meanwhile"):
        world.service.change(was, _as_it_is(visit, begins=now + HOUR))
    assert world.shown(code) is Answer.CAME, "today, with the badge that was printed before"
    here = _listed(world, visit)
    assert here.visit.begins == now
    with pytest.raises(VisitRefused, match="when the visit begins stays"):
        world.service.change(here, _as_it_is(here.visit, begins=now + HOUR))


def test_another_name_agrees_anew_and_stays_once_its_visitor_is_here(world: World) -> None:
    visit = world.announced()
    code, was = world.service.badge(visit.id, "max"), _listed(world, visit)
    world.service.change(was, _as_it_is(visit, guest=replace(ZAPHOD, name="Ford Prefect")))
    now = _listed(world, visit)
    assert (now.guest.name, now.visit.agreed_at, now.visit.text) == ("Ford Prefect", None, "")
    assert world.shown(code) is Answer.VOID, "it has the other name on it"
    assert "Ford" not in f"{world.office.audit.entries}{world.service.records.visits.all()}"
    world.service.agree(visit.id, world.visitors.texts.shown(ENGLISH))
    world.service.come(visit.id)
    now = _listed(world, visit)
    with pytest.raises(VisitRefused, match="name and company stay"):
        world.service.change(now, _as_it_is(visit))
    eve = world.office.register(EVE)
    host_of(world.visitors).mail = True
    assert world.service.change(now, _as_it_is(visit, host=eve.subject, guest=now.guest))
    assert host_of(world.visitors).told[-1] == (visit.id, "")


def test_a_host_who_is_erased_while_a_visit_is_changed_is_named_by_nothing(world: World) -> None:
    eve = world.office.register(EVE)
    visit = world.announced()
    was, seal = _listed(world, visit), world.service.records.sealed

    def erased_meanwhile(name: str, guest: Guest) -> str:
        world.office.people.delete(eve.subject)
        return seal(name, guest)

    world.service.records.sealed = erased_meanwhile  # type: ignore[method-assign]
    other = replace(ZAPHOD, purpose="x")
    with pytest.raises(VisitRefused):
        world.service.change(was, _as_it_is(visit, host=eve.subject, guest=other))
    assert _listed(world, visit).visit.host == ""


def test_who_is_late_leaves_by_the_badge_and_a_day_later_nobody_does(world: World) -> None:
    visit = world.announced()
    code = world.service.badge(visit.id, "max")
    world.service.come(visit.id)
    world.clock.advance(5 * 3600)
    assert world.shown(code) is Answer.LEFT
    other = world.announced()
    code = world.service.badge(other.id, "max")
    world.service.come(other.id)
    world.clock.advance(timedelta(days=1, hours=2).total_seconds())
    assert world.shown(code) is Answer.VOID


def test_a_kiosk_that_asks_for_pins_asks_no_visitor_and_another_one_reads_no_badge(
    world: World,
) -> None:
    visit = world.announced()
    code = world.service.badge(visit.id, "max")
    world.door.ask("door", "tablet")
    world.use = BadgeUse.OFF
    assert world.door.present("door", code) is None
    assert world.stage(visit) is Stage.EXPECTED
    world.use = BadgeUse.WITH_PIN
    assert world.shown(code) is Answer.CAME
    world.office.people.available = False
    world.clock.advance(600)
    assert world.shown(code) is Answer.AWAY


def test_where_the_disk_is_full_a_kiosk_sends_the_visitor_to_the_reception(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = world.announced()
    code = world.service.badge(visit.id, "max")

    def full(*_: object) -> Visit:
        raise JournalError("No space left on device")

    monkeypatch.setattr(world.service.records.visits, "update", full)
    assert world.shown(code) is Answer.ASK_RECEPTION
    assert world.stage(visit) is Stage.EXPECTED


def test_the_screen_greets_a_visitor_by_the_name_it_may_show_in_its_language(
    world: World,
) -> None:
    for answer in (Answer.CAME, Answer.CAME_TOLD, Answer.LEFT):
        world.door.windows.say("door", "tablet", answer, name=ZAPHOD.name)
        german = card_of(world.door.windows.of("door"), short_name, Translators().of("de"))
        assert german.phase == "met"
        assert "Zaphod Q." in german.title
        english = card_of(world.door.windows.of("door"), full_name, ENGLISH)
        assert ZAPHOD.name in english.title
        assert german.text != english.text
    world.door.windows.say("door", "tablet", Answer.ASK_RECEPTION, name=ZAPHOD.name)
    refused = card_of(world.door.windows.of("door"), full_name, ENGLISH)
    assert (refused.phase, refused.title) == (Phase.SAID, "Please ask at the reception")


def test_of_two_presses_at_once_one_checks_in_and_the_host_is_told_once(world: World) -> None:
    visit, results, gate = world.announced(), list[str](), threading.Barrier(2)

    def press() -> None:
        gate.wait()
        try:
            world.service.come(visit.id)
        except (VisitRefused, Conflict) as error:
            results.append(str(error))

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert results == ["This visitor is checked in already. Reload the page."]
    assert len(host_of(world.visitors).told) == 1
    world.service.leave(visit.id)
    with pytest.raises(VisitRefused, match="not checked in"):
        world.service.leave(visit.id)
    with pytest.raises(VisitRefused, match="over"):
        world.service.come(visit.id)


def test_what_cannot_be_is_refused_in_words(world: World) -> None:
    now, ada = world.clock.now(), world.ada.subject
    bad = [
        (Guest(" \u202e "), ada, now, now + HOUR, "Type the visitor's name"),
        (Guest("x" * 121), ada, now, now + HOUR, "120 letters"),
        (Guest("x", "", "y" * 201), ada, now, now + HOUR, "200 letters"),
        (ZAPHOD, "nobody", now, now + HOUR, "host"),
        (ZAPHOD, ada, now, now, "ends after"),
        (ZAPHOD, ada, now - 3 * HOUR, now - HOUR, "ends after"),
        (ZAPHOD, ada, now, now + timedelta(days=32), "31 days"),
        (ZAPHOD, ada, now + timedelta(days=367), now + timedelta(days=368), "a year"),
    ]
    for guest, host, begins, until, why in bad:
        with pytest.raises(VisitRefused, match=why):
            world.service.announce(guest, host, begins, until, "max")
    world.office.people.update(replace(world.ada, active=False))
    with pytest.raises(VisitRefused, match="host"):
        world.announced()
    world.options.decide("visitors", "")
    with pytest.raises(VisitRefused, match="Settings"):
        world.announced()
    assert not world.service.all(ALL_GROUPS)


def test_managers_see_the_visitors_of_their_groups_and_nobody_s_of_who_is_erased(
    world: World,
) -> None:
    visit = world.announced()
    assert [one.guest for one in world.service.all(only("Sales"))] == [ZAPHOD]
    assert not world.service.all(only("Office"))
    assert world.service.records.held(world.ada.subject)
    assert "Zaphod" not in str(world.service.records.held(world.ada.subject))
    assert world.service.records.forget_host(world.ada.subject) == 1
    assert not world.service.all(only("Sales", ""))
    (left,) = world.service.all(ALL_GROUPS)
    assert (left.host, left.visit.id) == (None, visit.id)
    assert world.service.come(visit.id) is False


def test_each_agrees_to_what_they_were_shown_once_and_it_has_a_version(world: World) -> None:
    visit = world.announced(agreed=False)
    german = world.visitors.texts.shown(Translators().of("de"))
    assert (german.version, german.language) == ("1", "de")
    assert "Test site" in german.text
    assert "14" in german.text
    world.service.agree(visit.id, german)
    world.service.agree(visit.id, Agreement("something else", "9", "en"))
    stored = world.service.records.visits.get(visit.id)
    assert stored is not None
    assert (stored.text, stored.text_version, stored.language) == (german.text, "1", "de")
    world.options.decide("visitor_text", "Follow the safety rules.\n\n\u202eNo photos.")
    own = world.visitors.texts.shown(ENGLISH)
    assert own.text == "Follow the safety rules.\nNo photos."
    world.options.decide("visitor_text", "Follow them.")
    assert world.visitors.texts.shown(ENGLISH).version != own.version != "1"
    world.options.decide("visitor_text", "")
    world.options.decide("visitor_days", "0")
    assert "at the end of the day" in world.visitors.texts.shown(ENGLISH).text


@pytest.mark.parametrize("days", [0, 14])
def test_a_visit_is_erased_after_its_days_with_its_badge_and_at_local_midnight(
    world: World, days: int
) -> None:
    visit, told = world.announced(), list[str]()
    later = world.announced(timedelta(days=20), timedelta(days=20, hours=1))
    code = world.service.badge(visit.id, "max")
    upkeep = VisitorUpkeep(
        world.service, world.clock, days=lambda: days, overdue=lambda one: told.append(one.id)
    )
    _until(world, upkeep, days)
    assert upkeep.look() == 1
    assert [one.visit.id for one in world.service.all(ALL_GROUPS)] == [later.id]
    with pytest.raises(SignInRefused):
        world.office.badges.holder("door", code)
    assert not world.office.keys.records
    assert (purged(world.visitors).wanted, purged(world.visitors).ran) == (1, 1)
    assert world.office.audit.said[-1] == ("visit.over", "visitors")
    assert not told, "they never came"


def _until(world: World, upkeep: VisitorUpkeep, days: int) -> None:
    """A moment after the end of the last day; a moment before, nothing is erased."""
    zone = OPTIONS.timezone
    local = world.clock.now().astimezone(zone)
    end = datetime.combine(local.date() + timedelta(days=days + 1), datetime.min.time(), zone)
    world.clock.advance((end - world.clock.now()).total_seconds() - 1)
    assert upkeep.look() == 0
    world.clock.advance(1)


def test_who_stays_too_long_is_told_of_and_kept_a_day_longer(world: World) -> None:
    visit, told = world.announced(), list[str]()
    world.service.come(visit.id)
    upkeep = VisitorUpkeep(
        world.service, world.clock, days=lambda: 0, overdue=lambda one: told.append(one.id)
    )
    upkeep.look()
    assert not told
    world.clock.advance(3 * 3600)
    upkeep.look()
    assert told == [visit.id]
    world.clock.advance(20 * 3600)
    assert upkeep.look() == 0, "after midnight they are in the house still"
    world.clock.advance(24 * 3600)
    assert upkeep.look() == 1


def test_what_is_erased_by_a_press_opens_nothing_and_does_not_come_back(world: World) -> None:
    visit = world.announced()
    code = world.service.badge(visit.id, "max")
    world.service.come(visit.id)
    assert world.service.records.reseal() == 1
    assert [one.guest for one in world.service.all(ALL_GROUPS)] == [ZAPHOD]
    assert world.service.erase([visit.id, visit.id, "visit-none"])
    assert world.office.audit.said[-1] == ("visit.erased", visit.id)
    with pytest.raises(SignInRefused):
        world.office.badges.holder("door", code)
    for act in (
        lambda: world.service.leave(visit.id),
        lambda: world.service.badge(visit.id, "max"),
        lambda: world.service.agree(visit.id, Agreement("", "", "")),
    ):
        with pytest.raises(VisitRefused, match="not there any more"):
            act()
    assert not world.service.records.visits.all()
    assert not world.office.records.records
    assert world.service.erase([visit.id]) == ()
    assert purged(world.visitors).ran == 1


def test_a_link_for_the_phone_is_the_visit_s_alone_and_ends_with_it(world: World) -> None:
    visit = world.announced(agreed=False)
    links = world.visitors.links
    token = links.path(visit).removeprefix("/visit/")
    assert links.find(token) == world.service.records.visits.get(visit.id)
    assert links.find(token[:-1]) is None
    assert links.find("") is None
    world.options.decide("visitors", "")
    assert links.find(token) is None
    world.options.decide("visitors", "on")
    world.clock.advance(3 * 3600)
    assert links.find(token) is None


def test_the_host_s_letter_is_made_of_the_record_as_it_stands_then(world: World) -> None:
    visit = world.announced()
    write = VisitorLetters(world.service.records).write
    voice = Voice(ENGLISH, OPTIONS.timezone, "School", str)
    assert write(visit.id, world.ada, voice) is None
    world.service.come(visit.id)
    letter = write(visit.id, world.ada, voice)
    assert letter is not None
    assert letter[0] == "School: your visitor is here"
    assert "Zaphod Quartz, Quartz & Sons is here for you, since 09:00." in letter[1]
    assert "Repairs the lift" in letter[1]
    assert write(visit.id, a_person("other"), voice) is None
    world.service.erase([visit.id])
    assert write(visit.id, world.ada, voice) is None


def test_a_visitor_whose_name_cannot_be_read_hides_no_other_and_is_erased_like_any(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sealed_by(key: str) -> Visit:
        monkeypatch.setattr(
            world.service.records, "_sealer", DataSealer(derived([key * 64], "test"))
        )
        return world.announced()

    lost, known = sealed_by("a"), sealed_by("b")
    for one in (lost, known):
        world.service.come(one.id)
    inside = in_house([], world.service.all(ALL_GROUPS), world.clock.now())
    assert [one.name for one in inside] == [f"? ({lost.id[-6:]})", "Zaphod Quartz"]
    world.service.leave(lost.id)
    world.service.erase([lost.id])
    assert [one.guest for one in world.service.all(ALL_GROUPS)] == [ZAPHOD]


def test_the_list_of_who_is_in_the_house_has_people_and_visitors_and_is_printed_in_any_script(
    world: World,
) -> None:
    here, away = world.announced(), world.announced()
    world.service.come(here.id)
    now = world.clock.now()

    def day(name: str, *flags: Flag) -> DayRecord:
        person = replace(a_person(name, name), group="Sales")
        return DayRecord(
            person, now.date(), Status.PRESENT, "", now if flags else None, None, 0, 0, 0, 0, 0,
            len(flags), flags[0] if flags else Flag(0), "",
        )  # fmt: skip

    people = [day("王小明", Flag.STILL_IN), day("=cmd()", Flag.STILL_IN), day("Gone")]
    found = in_house(people, world.service.all(ALL_GROUPS), now)
    assert [(one.name, one.of, one.visitor) for one in found] == [
        ("=cmd()", "Sales", False), ("王小明", "Sales", False),
        ("Zaphod Quartz", "Quartz & Sons", True),
    ]  # fmt: skip
    assert found[-1].host == world.ada.name
    assert world.stage(away) is Stage.EXPECTED
    words = Words("بيت", "3 people", ("Name", "Group", "Host", "Since"))
    lines = house.rows(found, ["09:00"] * 3)
    assert "'=cmd()" in csv_of(words.heads, lines).decode("utf-8-sig")
    assert house.paper(words, lines).startswith(b"%PDF")
    higher_than_a_page = ("\ufdfd" * 120, "", "", "09:00")
    assert house.paper(words, [*lines, higher_than_a_page]).startswith(b"%PDF")
