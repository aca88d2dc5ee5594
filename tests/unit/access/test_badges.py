"""Badges: whose a code is, when it is void, and what a kiosk says to who shows one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from face_rec.access.accounts.passwords import Passwords
from face_rec.access.devices.badge_check import BadgeCheck
from face_rec.access.limits.throttle import BADGES_BY_KIOSK
from face_rec.domain.errors import BadgesLocked, SignInRefused
from face_rec.domain.kiosks.badge_text import is_badge_text, new_badge_text
from face_rec.kiosks.badge_windows import LOOKS_FOR, SAID_FOR, Answer, Phase
from face_rec.kiosks.badge_words import card_of
from face_rec.kiosks.banner import full_name, short_name
from face_rec.kiosks.kiosk import BadgeUse
from face_rec.languages.translator import ENGLISH, Translators
from tests.fakes.access import CHEAP
from tests.fakes.badges import BadgeOffice
from tests.fakes.clock import FakeClock
from tests.samples import a_person

PIN = "402917"


class World:
    """Ada has a badge; the door reads what ``use`` says."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.office = BadgeOffice(self.clock)
        self.ada = self.office.register(a_person())
        self.use, self.away = BadgeUse.BADGE, False
        self.door: BadgeCheck = self.office.door(lambda _: self.use, lambda: self.away)
        self.code, _ = self.office.badges.print_for(self.ada, "max")

    def shown(self, code: str) -> str | None:
        """Whom to mark, after the button was pressed."""
        self.door.ask("door", "tablet")
        return self.door.present("door", code)

    def says(self, answer: Answer) -> bool:
        """Whether that stands on the screen."""
        window = self.door.windows.of("door")
        return window is not None and window.answer is answer


@pytest.fixture
def world() -> World:
    return World()


def test_a_code_is_random_short_and_tells_nothing() -> None:
    codes = {new_badge_text() for _ in range(50)}
    assert len(codes) == 50
    assert all(is_badge_text(code) and len(code) == 29 for code in codes)
    assert not any(map(is_badge_text, ["", "FA1", "https://example.org", "FA1" + "a" * 26]))


def test_a_badge_marks_its_owner_and_only_what_a_key_makes_of_its_code_is_kept(
    world: World,
) -> None:
    assert world.shown(world.code) == world.ada.subject
    kept = f"{world.office.records.records}{world.office.keys.records}{world.office.audit.entries}"
    assert world.code not in kept
    assert world.code[3:] not in kept


def test_printing_anew_withdrawing_and_the_end_of_its_days_void_a_badge(world: World) -> None:
    new, until = world.office.badges.print_for(world.ada, "max")
    assert until is None
    assert world.shown(world.code) is None
    assert world.says(Answer.VOID)
    assert world.shown(new) == world.ada.subject
    world.office.badges.withdraw(world.ada)
    assert world.shown(new) is None
    assert not world.office.keys.records
    world.office.days = 2
    dated, _ = world.office.badges.print_for(world.ada, "max")
    assert world.shown(dated) == world.ada.subject
    world.clock.advance(timedelta(days=2).total_seconds())
    assert world.shown(dated) is None
    said = [action for action, _ in world.office.audit.said]
    assert said == ["person.badge.printed", "person.badge.printed", "person.badge.withdrawn",
                    "person.badge.printed"]  # fmt: skip


def test_a_key_of_an_interrupted_printing_leads_nowhere(world: World) -> None:
    code = new_badge_text()
    key = world.office.badges._digests(code)[0]
    world.office.keys.create(replace(next(iter(world.office.keys.records.values())), id=key))
    assert world.shown(code) is None
    assert world.shown(world.code) == world.ada.subject
    assert world.office.badges.forget(world.ada.subject) == 1
    assert not world.office.keys.records


def test_who_is_deactivated_or_gone_is_not_marked_whatever_they_show(world: World) -> None:
    stored = world.office.people.get(world.ada.subject)
    assert stored is not None
    world.office.people.update(replace(stored, active=False))
    assert world.shown(world.code) is None
    assert world.says(Answer.VOID)
    world.office.people.delete(world.ada.subject)
    assert world.shown(world.code) is None


def test_a_badge_counts_only_where_and_while_it_is_looked_for(world: World) -> None:
    assert world.door.present("door", world.code) is None, "nobody has pressed the button"
    world.door.ask("door", "tablet")
    assert world.door.present("gate", world.code) is None
    assert world.door.present("door", world.code) == world.ada.subject
    assert world.door.present("door", world.code) is None, "the same picture once more"
    world.door.ask("door", "tablet")
    world.use = BadgeUse.OFF  # switched off, or closed, meanwhile
    assert world.door.present("door", world.code) is None
    assert world.says(Answer.VOID)
    world.door.windows.end("door")
    world.door.ask("door", "tablet")
    assert not world.door.looks("door")


def test_nobody_looks_for_badges_while_the_database_is_away(world: World) -> None:
    world.door.ask("door", "tablet")
    world.office.people.available = False
    assert world.door.present("door", world.code) is None
    assert world.says(Answer.AWAY)
    world.away = True
    world.door.windows.end("door")
    world.door.ask("door", "tablet")
    assert not world.door.looks("door")


def test_it_is_looked_for_seconds_and_then_said_that_there_was_none(world: World) -> None:
    world.door.ask("door", "tablet")
    world.clock.advance(LOOKS_FOR - 0.1)
    assert world.door.looks("door")
    world.clock.advance(0.2)
    assert not world.door.looks("door")
    assert world.says(Answer.NOTHING)
    world.clock.advance(SAID_FOR)
    assert world.door.windows.of("door") is None


def test_a_kiosk_that_is_shown_many_void_badges_waits_and_good_ones_do_not_count(
    world: World,
) -> None:
    for _ in range(BADGES_BY_KIOSK.tries + 1):
        assert world.office.badges.holder("door", world.code) == world.ada.subject
    for _ in range(BADGES_BY_KIOSK.tries):
        with pytest.raises(SignInRefused):
            world.office.badges.holder("door", new_badge_text())
    with pytest.raises(BadgesLocked, match="5 minutes"):
        world.office.badges.holder("door", world.code)
    assert world.office.badges.holder("gate", world.code) == world.ada.subject
    assert world.office.audit.said[-1] == ("badge.locked", "kiosk door")
    assert world.shown(world.code) is None
    assert world.says(Answer.LOCKED)


def _with_pin(world: World, pin: str) -> str | None:
    world.use = BadgeUse.WITH_PIN
    world.door.ask("door", "tablet")
    assert world.door.present("door", world.code) is None
    return world.door.give_pin("door", "tablet", pin)


def test_with_the_pin_neither_is_enough_alone(world: World) -> None:
    world.office.pins.put(world.ada.subject, _hashed(PIN))
    assert world.door.give_pin("door", "tablet", PIN) is None, "no badge was read"
    assert _with_pin(world, "111222") is None
    assert world.says(Answer.WRONG_PIN)
    assert _with_pin(world, PIN) == world.ada.subject
    world.door.ask("door", "tablet")
    world.door.present("door", world.code)
    assert world.door.give_pin("door", "another screen", PIN) is None
    world.office.badges.withdraw(world.ada)
    assert world.door.give_pin("door", "tablet", PIN) is None
    assert world.says(Answer.VOID)


def _hashed(pin: str) -> str:
    return Passwords.of_pins(CHEAP).hash(pin)


def test_the_screen_says_each_step_in_its_language_and_names_as_it_may(world: World) -> None:
    assert card_of(None, full_name, ENGLISH).phase == ""
    world.door.ask("door", "tablet")
    german = Translators().of("de")
    looking = card_of(world.door.windows.of("door"), full_name, german)
    assert looking.title.startswith("Halten Sie Ihren Ausweis")
    world.use = BadgeUse.WITH_PIN
    world.door.present("door", world.code)
    asked = card_of(world.door.windows.of("door"), short_name, ENGLISH)
    assert (asked.phase, asked.title, asked.text) == (
        Phase.PIN, "Type your PIN", short_name(world.ada.name),
    )  # fmt: skip
    for answer in Answer:
        world.door.windows.say("door", "tablet", answer, 5)
        assert card_of(world.door.windows.of("door"), full_name, german).title
