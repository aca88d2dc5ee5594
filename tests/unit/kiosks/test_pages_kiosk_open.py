"""A kiosk's page that stays open: what changes in the settings is felt in it."""

from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import THIS_COMPUTER
from face_rec.attendance.rules.shift import DEFAULT_ID, Shift
from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.kiosk import Direction, KioskRecord, Transport
from pages.ui.kiosk.pin import allowed
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import words


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        yield running


def beside_the_photo() -> str:
    """What a page shows that was drawn while names were allowed."""

    def script() -> None:
        from pages.ui.kiosk.still import marks_today  # noqa: PLC0415 - runs as a script

        marks_today("door", listed=True)

    return words(AppTest.from_function(script, default_timeout=60).run())


def test_names_go_from_an_open_kiosk_once_they_may_not_be_shown(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("door", show_marks=True))
    fake.mark(fake.add_person(1, "Ann"), minutes=10)
    assert "Ann" in beside_the_photo()
    fake.rules.put(KioskRecord("door", show_marks=False))
    fake.clock.advance(2)
    shown = beside_the_photo()
    assert "1 mark" in shown
    assert "Ann" not in shown


def test_the_photo_way_speaks_the_kiosks_language(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("door", show_marks=True, language="ru"))
    assert "Сегодня" in beside_the_photo()
    assert "Сегодня ещё никого" in beside_the_photo()
    fake.mark(fake.add_person(1, "Ann"), minutes=10)
    fake.clock.advance(2)
    assert "1 отметка" in beside_the_photo()


def test_with_short_names_the_photo_way_shows_no_full_one(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("door", show_marks=True, short_names=True))
    fake.mark(fake.add_person(1, "Ann Other"), minutes=10)
    shown = beside_the_photo()
    assert "Ann O." in shown
    assert "Other" not in shown
    assert "E1" not in shown  # an ID may be made of the name
    assert KioskFacade.current().named_at("door")("Ann Other") == "Ann O."
    assert KioskFacade.current().named_at("main")("Ann Other") == "Ann Other"


def test_the_photo_way_tells_who_comes_late_where_the_site_wants_it(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("door"))
    came = fake.clock.now().astimezone(fake.system.site.timezone) - timedelta(minutes=12)
    fake.rules.put(Shift(DEFAULT_ID, "Day", came.time(), time(23, 0), late_grace=5))
    event = fake.mark(fake.add_person(1, "Ann"))
    means = KioskFacade.current().means_at("door")
    assert means(event) == "In: welcome"
    fake.rules.put(KioskRecord("door", show_late=True))
    fake.clock.advance(2)
    assert means(event) == "In: welcome · Late by 12 min"


def test_what_a_kiosk_s_rule_plans_for_a_later_day_is_not_felt_today(fake: FakeSystem) -> None:
    today = fake.service.timesheets.today()
    now = KioskRecord("door", direction=Direction.IN)
    later = KioskRecord(
        "door", direction=Direction.OUT, show_marks=True, pin=True,
        valid_from=today + timedelta(days=1), earlier=(now,),
    )  # fmt: skip
    fake.rules.put(later)
    event = fake.mark(fake.add_person(1, "Ann"), minutes=10)
    app = KioskFacade.current()
    assert not app.record("door").show_marks
    assert not allowed(app, THIS_COMPUTER, "door")
    assert app.means_at("door")(event) == "In: welcome"
    fake.clock.advance(24 * 3600.0)
    assert app.record("door").show_marks
    assert allowed(app, THIS_COMPUTER, "door")
    assert app.means_at("door")(event) == "Out: goodbye"


@pytest.mark.parametrize("is_open", [True, False])
def test_the_photo_way_says_when_the_kiosk_is_closed(fake: FakeSystem, is_open: bool) -> None:
    now = fake.clock.now().astimezone(fake.system.site.timezone).time()
    opens = now if is_open else now.replace(minute=now.minute + 1)
    fake.rules.put(KioskRecord("door", opens=opens, closes=time(23, 59)))

    def script() -> None:
        from pages.ui.kiosk.still import _answer  # noqa: PLC0415 - runs as a script

        _answer("door")

    shown = words(AppTest.from_function(script, default_timeout=60).run())
    assert ("Closed" in shown) is not is_open
    assert ("Look at the camera" in shown) is is_open


@pytest.mark.parametrize(
    ("decided", "asked", "way"),
    [(None, "", "auto"), (Transport.HTTP, "", "http"), (Transport.HTTP, "webrtc", "webrtc"),
     (Transport.WEBRTC, "nonsense", "webrtc")],
)  # fmt: skip
def test_video_goes_as_the_address_says_else_the_kiosk_s_record_else_the_site(
    fake: FakeSystem, decided: Transport | None, asked: str, way: str
) -> None:
    fake.rules.put(KioskRecord("door", transport=decided))

    def script() -> None:
        import streamlit  # noqa: PLC0415 - runs as a script

        from pages.ui.kiosk.transport import wished  # noqa: PLC0415

        streamlit.text(wished("door"))

    page = AppTest.from_function(script, default_timeout=60)
    if asked:
        page.query_params["transport"] = asked
    assert page.run().text[0].value == way
