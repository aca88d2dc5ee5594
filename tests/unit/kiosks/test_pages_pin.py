"""PINs on the pages: given on a profile, used at a kiosk that allows it, looked at in Records."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.devices.device import Device
from face_rec.access.limits.throttle import BY_PIN
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.access.signin.authenticator import device_principal
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.marks import Event, EventKind, Receipt, Source
from face_rec.domain.people import Person
from face_rec.journey.marking.mark import DurableMarker
from face_rec.journey.marking.punch import Puncher
from face_rec.kiosks.kiosk import KioskRecord
from tests.fakes.access import OneVisitor
from tests.fakes.attendance import FakeJournal
from tests.fakes.clock import FakeClock
from tests.fakes.system import FakeEngine, FakeSystem
from tests.unit.pages.pages_app import opened, words

PIN = "402917"


class Access(OneVisitor):
    """Access control in which everybody is an administrator."""

    def __init__(self, clock: FakeClock) -> None:
        ada = Principal(PrincipalKind.USER, "ada", "ada", rights_of(Role.ADMIN))
        super().__init__(replace(ada, proved_at=clock.now()), clock)
        self.clock = clock


class Camera(FakeEngine):
    """An engine that marks by PIN as the real one does."""

    fake: FakeSystem

    def by_pin(self, subject: str, kiosk: str, *, live: bool) -> Receipt:
        assert not live
        return Puncher(
            kiosk, Source.PIN, marker=self.marker, directory=self.fake.system.directory,
            snapshots=None, clock=self.fake.clock,
        ).without_face(subject)  # fmt: skip

    marker: DurableMarker


@pytest.fixture
def access() -> Access:
    return Access(FakeClock())


@pytest.fixture
def fake(access: Access) -> Iterator[FakeSystem]:
    camera = Camera()
    made = FakeSystem(access=access, engine=camera, clock=access.clock)
    with made.running() as fake:
        marker = DurableMarker(fake.attendance, FakeJournal(), fake.clock, cooldown=lambda: 60.0)
        camera.fake, camera.marker = fake, marker
        fake.rules.put(KioskRecord("door"))
        yield fake
        marker.close()


@pytest.fixture
def ada(fake: FakeSystem, access: Access) -> Person:
    """Registered, with a PIN."""
    person = fake.add_person(1, "Ada")
    access.pins.set(person, PIN)
    access.log.entries.clear()
    return person


def kiosk(name: str = "door") -> AppTest:
    page = opened("take_attendance.py", camera="photo", kiosk=name)
    assert not page.exception
    return page


def offers_pin(page: AppTest) -> bool:
    return any(field.label == "PIN" for field in page.text_input)


def sent(page: AppTest, person_id: str, pin: str) -> AppTest:
    """The form, filled in and sent."""
    next(field for field in page.text_input if field.label == "ID").input(person_id)
    next(field for field in page.text_input if field.label == "PIN").input(pin)
    next(button for button in page.button if button.label == "Mark me").click()
    page.run()
    assert not page.exception
    return page


def marks(fake: FakeSystem) -> list[Event]:
    return fake.attendance.day(fake.clock.now().date())


# --- at the kiosk -------------------------------------------------------------------------


def test_a_browser_that_is_a_kiosk_offers_pins_only_where_the_kiosk_s_record_allows_it(
    fake: FakeSystem,
) -> None:
    fake.rules.put(KioskRecord("gate", pin=True), KioskRecord("door"))
    assert offers_pin(kiosk("gate"))
    assert not offers_pin(kiosk("door"))
    assert "There is no kiosk unheard-of" in words(kiosk("unheard-of"))


@pytest.mark.parametrize("allowed", [True, False])
def test_a_linked_device_offers_pins_as_the_same_record_says(
    fake: FakeSystem, access: Access, allowed: bool
) -> None:
    fake.rules.put(KioskRecord("door", pin=allowed), KioskRecord("gate", pin=not allowed))
    access.principal = device_principal(Device("door"), KioskRecord("door", pin=allowed))
    assert offers_pin(kiosk()) is allowed


def test_nobody_is_marked_by_pin_outside_the_kiosk_s_hours(fake: FakeSystem) -> None:
    now = fake.clock.now().astimezone(fake.system.site.timezone).time()
    fake.rules.put(KioskRecord("door", pin=True, opens=now.replace(hour=22), closes=time(23)))
    page = kiosk()
    assert not offers_pin(page)
    assert "This kiosk does not take attendance at this hour." in words(page)


def test_id_and_pin_mark_the_person_with_the_usual_greeting(fake: FakeSystem, ada: Person) -> None:
    fake.rules.put(KioskRecord("door", pin=True))
    page = sent(kiosk(), ada.id, PIN)
    (event,) = marks(fake)
    assert (event.subject, event.source, event.kiosk) == (ada.subject, Source.PIN, "door")
    assert event.score is None
    assert "Marked at" in words(page)
    assert "Ada" in words(page)


def test_the_form_is_empty_again_after_a_mark_and_the_cooldown_holds(
    fake: FakeSystem, ada: Person
) -> None:
    fake.rules.put(KioskRecord("door", pin=True))
    page = sent(kiosk(), ada.id, PIN)
    assert [field.value for field in page.text_input if field.label in ("ID", "PIN")] == ["", ""]
    assert "Already marked at" in words(sent(page, ada.id, PIN))
    assert len(marks(fake)) == 1


def test_an_unknown_id_and_a_wrong_pin_get_one_answer_which_names_nobody(
    fake: FakeSystem, ada: Person
) -> None:
    fake.rules.put(KioskRecord("door", pin=True))
    wrong = sent(kiosk(), ada.id, "402918")
    unknown = sent(kiosk(), "E999", PIN)
    assert [e.value for e in wrong.error] == [e.value for e in unknown.error]
    assert "Ada" not in words(wrong)
    assert not marks(fake)


def test_after_too_many_tries_the_form_says_how_long_to_wait_and_the_log_has_it(
    fake: FakeSystem, access: Access, ada: Person
) -> None:
    fake.rules.put(KioskRecord("door", pin=True))
    page = kiosk()
    for _ in range(BY_PIN.tries):
        sent(page, ada.id, "402918")
    assert "Wait 15 minutes" in sent(page, ada.id, PIN).error[0].value
    assert access.log.said == [("pin.locked", f"PIN of {ada.id}")]
    assert not marks(fake)


def test_a_kiosk_that_may_not_any_more_takes_no_pin_although_its_form_is_open(
    fake: FakeSystem, access: Access, ada: Person
) -> None:
    fake.rules.put(KioskRecord("door", pin=True))
    access.principal = device_principal(Device("door"), KioskRecord("door", pin=True))
    page = kiosk()
    fake.rules.put(KioskRecord("door", pin=False))
    fake.clock.advance(2)
    sent(page, ada.id, PIN)
    assert not marks(fake)
    assert not offers_pin(page)


def test_no_pins_while_the_database_is_away_but_the_camera_stays(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("door", pin=True))
    assert offers_pin(kiosk())
    fake.available = False
    page = kiosk()
    assert not offers_pin(page)
    assert page.get("bidi_component")


def test_a_mark_by_pin_waits_in_the_review_until_somebody_confirmed_it(
    fake: FakeSystem, ada: Person
) -> None:
    fake.rules.put(KioskRecord("door", pin=True))
    sent(kiosk(), ada.id, PIN)
    service, today = fake.service, fake.service.timesheets.today()
    (doubt,) = service.mark_queries.review(today, today)
    assert doubt.reasons == ("taken by PIN: no face was compared",)
    service.corrections.correct(
        EventKind.CONFIRM, doubt.entry.event, "boss", "I saw her", within=ALL_GROUPS
    )
    assert service.mark_queries.review(today, today) == []


# --- on the profile -------------------------------------------------------------------------


def profile(person: Person) -> AppTest:
    page = opened("people.py", person=person.subject)
    assert not page.exception
    return page


def typed(page: AppTest, person: Person, pin: str) -> AppTest:
    next(field for field in page.text_input if field.label == "New PIN").input(pin)
    next(b for b in page.button if b.label in ("Set PIN", "Change PIN")).click()
    page.run()
    assert not page.exception
    return page


def test_a_registrar_sets_and_removes_a_pin_which_is_never_shown(
    fake: FakeSystem, access: Access
) -> None:
    access.principal = Principal(PrincipalKind.USER, "r", "r", rights_of(Role.REGISTRAR))
    person = fake.add_person(1, "Ada")
    page = typed(profile(person), person, PIN)
    assert access.pins.has(person.subject)
    assert PIN not in words(page)
    page.button(key=f"pin_{person.subject}_remove").click().run()
    assert not access.pins.has(person.subject)
    assert [what for what, _ in access.log.said] == ["person.pin.set", "person.pin.removed"]


def test_a_weak_pin_is_refused_with_the_reason(fake: FakeSystem, access: Access) -> None:
    person = fake.add_person(1, "Ada")
    page = typed(profile(person), person, "123456")
    assert "easy to guess" in page.error[0].value
    assert not access.pins.has(person.subject)


def test_who_may_only_read_people_sees_no_pin_form(fake: FakeSystem, access: Access) -> None:
    rights = rights_of(Role.REGISTRAR) - {r for r in rights_of(Role.REGISTRAR) if "write" in r}
    access.principal = Principal(PrincipalKind.USER, "r", "r", rights)
    page = profile(fake.add_person(1, "Ada"))
    assert not any(field.label == "New PIN" for field in page.text_input)
