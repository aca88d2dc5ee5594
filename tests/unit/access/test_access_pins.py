"""PINs: which are allowed, who is marked by one, and when the form stays closed."""

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from face_rec.access.accounts.hashing import Hashing
from face_rec.access.accounts.passwords import Passwords
from face_rec.access.devices.pin_rule import check
from face_rec.access.limits.throttle import BY_KIOSK, BY_PIN
from face_rec.domain.errors import AccountRefused, PasswordRefused, SignInRefused, TryLater
from face_rec.domain.people import Person
from tests.fakes.access import CHEAP, MemoryAudit, MemoryPins, memory_pins

PIN = "402917"
ADA = Person("a" * 32, "E1", "Ada", "Day", "")
BOB = Person("b" * 32, "E2", "Bob", "Day", "")


class World:
    """PINs, with Ada's set; ``audit`` begins empty."""

    def __init__(self) -> None:
        self.store, self.audit = MemoryPins(), MemoryAudit()
        self.pins = memory_pins(self.store, self.audit)
        self.pins.set(ADA, PIN)
        self.audit.entries.clear()

    def refusal(
        self, person: Person | None, pin: str, *, typed: str = "", at: str = "door"
    ) -> str:
        """The words with which somebody is turned away."""
        with pytest.raises(SignInRefused) as refused:
            self.pins.verify(at, typed or (person.id if person else "E9"), person, pin)
        return str(refused.value)


@pytest.fixture
def world() -> World:
    return World()


# --- which are allowed --------------------------------------------------------------------


@pytest.mark.parametrize("pin", [PIN, "113972", "9081726354", "135246", "4029173", "73046819"])
def test_a_pin_of_six_digits_or_more_is_taken(pin: str) -> None:
    check(pin, "E1")


@pytest.mark.parametrize(
    "pin", ["", "12345", "40291", "4029170000000", "40291a", " 40291", "٤٠٢٩١٧", "４０２９１７"]
)
def test_what_is_not_six_to_twelve_plain_digits_is_refused(pin: str) -> None:
    with pytest.raises(PasswordRefused, match="6 to 12 digits"):
        check(pin, "E1")


@pytest.mark.parametrize(
    "pin",
    ["000000", "123456", "654321", "890123", "210987", "121212", "123123", "246802", "112112",
     "111119", "112233", "445566", "111555", "123321", "147258", "159357", "789456", "1234321"],
)  # fmt: skip
def test_a_pin_that_counts_or_repeats_itself_is_refused(pin: str) -> None:
    with pytest.raises(PasswordRefused, match="easy to guess"):
        check(pin, "E1")


@pytest.mark.parametrize(
    "pin", ["110372", "031185", "850311", "121985", "198512", "03111985", "11031985", "19850311"]
)
def test_a_pin_that_is_a_date_is_refused(pin: str) -> None:
    with pytest.raises(PasswordRefused, match="looks like a date"):
        check(pin, "E1")


@pytest.mark.parametrize(
    "person_id", ["402917", "E-402917", "40-29-17", "1402917", "719204", "A-0291", "1920"]
)
def test_a_pin_that_stands_in_the_id_is_refused(person_id: str) -> None:
    with pytest.raises(PasswordRefused, match="ID"):
        check(PIN, person_id)


# --- how they are kept ----------------------------------------------------------------------


def test_a_pin_is_kept_as_an_argon2_hash_and_named_nowhere(world: World) -> None:
    world.pins.set(BOB, "730468")
    stored = world.store.hashes[BOB.subject]
    assert stored.startswith("$argon2id$")
    assert "730468" not in stored
    assert world.audit.said == [("person.pin.set", "E2")]
    assert "730468" not in repr(world.audit.entries)


def test_a_pin_that_is_taken_away_marks_nobody(world: World) -> None:
    world.pins.clear(ADA)
    world.pins.clear(ADA)
    assert not world.pins.has(ADA.subject)
    assert world.audit.said == [("person.pin.removed", "E1")]
    assert "do not match" in world.refusal(ADA, PIN)


def test_nobody_who_was_deleted_meanwhile_gets_a_pin(world: World) -> None:
    world.store.gone = True
    with pytest.raises(AccountRefused, match="not here any more"):
        world.pins.set(BOB, PIN)
    assert world.audit.said == []


# --- who is marked ----------------------------------------------------------------------------


def test_id_and_pin_together_name_the_person(world: World) -> None:
    assert world.pins.verify("door", "E1", ADA, PIN) is ADA
    assert world.audit.said == []


def test_an_unknown_id_a_wrong_pin_and_no_pin_get_the_same_answer_after_the_same_work(
    world: World,
) -> None:
    world.store.asked.clear()
    answers = {world.refusal(ADA, "402918"), world.refusal(None, PIN), world.refusal(BOB, PIN)}
    assert len(answers) == 1
    assert len(world.store.asked) == 3


def test_a_deactivated_person_is_refused_like_an_unknown_one(world: World) -> None:
    gone = Person(ADA.subject, "E1", "Ada", "Day", "", active=False)
    assert world.refusal(gone, PIN) == world.refusal(None, PIN)


# --- when it stays closed ---------------------------------------------------------------------


def test_an_id_is_locked_after_its_tries_at_whatever_kiosk_and_the_right_pin_too(
    world: World,
) -> None:
    for number in range(BY_PIN.tries):
        assert "do not match" in world.refusal(ADA, "402918", at=f"door-{number}")
    assert "Wait 15 minutes" in world.refusal(ADA, PIN)
    assert "Wait 15 minutes" in world.refusal(ADA, PIN, at="other")
    assert world.audit.said == [("pin.locked", "PIN of E1")]


def test_an_id_that_nobody_has_is_locked_in_the_same_words_and_not_written_down(
    world: World,
) -> None:
    said = [world.refusal(None, PIN, typed="402917") for _ in range(BY_PIN.tries + 1)]
    known = [world.refusal(BOB, PIN, at="other") for _ in range(BY_PIN.tries + 1)]
    assert said == known
    assert ("pin.locked", "PIN of an unknown ID") in world.audit.said
    assert "402917" not in repr(world.audit.entries)  # a PIN in the wrong field, perhaps


def test_a_kiosk_is_locked_when_many_ids_are_tried_there_and_no_other_one_is(
    world: World,
) -> None:
    for number in range(BY_KIOSK.tries):
        world.refusal(None, PIN, typed=f"E{number}")
    assert "Wait 5 minutes" in world.refusal(ADA, PIN)
    assert world.audit.said == [("pin.locked", "kiosk door")]
    assert world.pins.verify("other", "E1", ADA, PIN) is ADA


def test_people_with_the_right_pin_never_lock_a_kiosk(world: World) -> None:
    for _ in range(2 * BY_KIOSK.tries):
        assert world.pins.verify("door", "E1", ADA, PIN) is ADA


def test_ones_own_pin_does_not_buy_more_tries_at_other_people_s(world: World) -> None:
    for number in range(BY_KIOSK.tries):
        world.refusal(None, PIN, typed=f"E{number}")
        if number < BY_KIOSK.tries - 1:
            world.pins.verify("door", "E1", ADA, PIN)
    assert "Wait 5 minutes" in world.refusal(ADA, PIN)


def test_a_new_pin_opens_a_locked_id(world: World) -> None:
    for _ in range(BY_PIN.tries + 1):
        world.refusal(ADA, "402918")
    world.pins.set(ADA, "730468")
    assert world.pins.verify("door", "E1", ADA, "730468") is ADA


def test_a_try_that_found_no_place_for_its_hash_is_none(world: World) -> None:
    passwords = world.pins._passwords
    open_again, passwords._hashing = passwords._hashing, Hashing(at_once=1, waiting=-1)
    for _ in range(BY_KIOSK.tries + BY_PIN.tries):
        with pytest.raises(TryLater):
            world.pins.verify("door", "E1", ADA, PIN)
    passwords._hashing = open_again
    assert world.pins.verify("door", "E1", ADA, PIN) == ADA


def test_a_hash_of_older_parameters_is_made_anew_at_its_next_right_use(world: World) -> None:
    older = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PIN)
    world.store.hashes[ADA.subject] = older
    world.refusal(ADA, "402918")
    assert world.store.hashes[ADA.subject] == older  # a wrong one changes nothing
    world.pins.verify("door", ADA.id, ADA, PIN)
    newer = world.store.hashes[ADA.subject]
    assert extract_parameters(newer) == extract_parameters(CHEAP.hash(PIN))
    world.pins.verify("door", ADA.id, ADA, PIN)
    assert world.store.hashes[ADA.subject] == newer


def test_a_pin_is_hashed_by_what_owasp_asks_for_at_the_least() -> None:
    made = extract_parameters(Passwords.of_pins().hash(PIN))
    assert (made.type, made.memory_cost, made.time_cost) == (Type.ID, 19 * 1024, 2)
