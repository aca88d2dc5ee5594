"""The page Kiosks: everything about a kiosk is decided here, and nowhere else."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time, timedelta

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from face_rec.access.factors.step_up import FRESH
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.attendance.rules import rule_version
from face_rec.attendance.rules.authority import Authority
from face_rec.domain.errors import RuleRefused
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.kiosks.look import Look
from face_rec.domain.kiosks.screens import StreamStats
from face_rec.domain.liveness import Check
from face_rec.facades.kiosk import KioskFacade
from face_rec.kiosks.kiosk import Direction, KioskRecord, Transport
from face_rec.kiosks.screen_status import Report, ScreenStatus, digest_of
from pages.ui.access.kiosk_card import COLOURS_WARNING, NO_LIVENESS
from tests.fakes.access import OneVisitor, memory_devices
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeLife, fake_models
from tests.fakes.system import FakeStream, FakeSystem
from tests.unit.pages.pages_app import opened, words


class Access(OneVisitor):
    """Access control in which everybody is an administrator, and kiosks can be linked."""

    def __init__(self, clock: FakeClock, kiosk: Callable[[str], KioskRecord | None]) -> None:
        ada = Principal(PrincipalKind.USER, "ada", "ada", rights_of(Role.ADMIN))
        super().__init__(replace(ada, proved_at=clock.now()), clock)
        self.devices = memory_devices(self.log, clock, kiosk)


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    clock = FakeClock()
    made = FakeSystem(clock=clock)
    made.access = access = Access(clock, made.system.kiosks.find)
    made.install(access=access)
    with made.running() as running:
        yield running


def gate(fake: FakeSystem) -> KioskRecord:
    (found,) = [one for one in fake.rules.load().kiosks if one.id == "gate"]
    return found


def dialog(name: str = "gate") -> AppTest:
    page = opened("kiosks.py")
    page.button(key=f"edit_{name}").click().run()
    assert not page.exception
    return page


def pressed(page: AppTest, key: str) -> AppTest:
    """A button of the dialog; here a run closes it unless it is opened in the same one."""
    page.button(key="edit_gate").click()
    page.button(key=key).click().run()
    assert not page.exception
    return page


def way(page: AppTest) -> AppTest:
    next(b for b in page.button_group if b.label == "A mark here is").set_value(Direction.OUT)
    return page


def test_all_of_a_kiosk_is_set_in_one_dialog_and_stands_in_one_record(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate", minimum_stay=7))
    page = way(dialog())
    page.text_input(key="device_gate_title").input("Main gate")
    page.text_input(key="device_gate_site").input("Berlin")
    page.time_input(key="device_gate_opens").set_value(time(7))
    page.time_input(key="device_gate_closes").set_value(time(19))
    page.selectbox(key="device_gate_transport").set_value(Transport.HTTP)
    page.toggle(key="device_gate_pin").set_value(True)
    assert page.selectbox(key="device_gate_liveness").value is Check.OBSERVE
    page.selectbox(key="device_gate_liveness").set_value(Check.ENFORCE)
    pressed(page, "save_gate")
    today = fake.service.timesheets.today()
    now = KioskRecord(
        "gate", "Berlin", Direction.OUT, 7, pin=True, title="Main gate", opens=time(7),
        closes=time(19), transport=Transport.HTTP, valid_from=today, liveness=Check.ENFORCE,
    )  # fmt: skip
    then = replace(now, direction=Direction.BOTH, valid_from=None)
    assert gate(fake) == replace(now, earlier=(then,))
    shown = words(opened("kiosks.py"))
    assert "**Main gate**  \ngate · 07:00 to 19:00 · Berlin · out only · PIN allowed" in shown


def test_a_kiosk_that_enforces_liveness_without_models_says_so_in_its_form_and_on_its_card(
    fake: FakeSystem,
) -> None:
    fake.rules.put(KioskRecord("gate"))
    page = dialog()
    assert not page.warning
    page.selectbox(key="device_gate_liveness").set_value(Check.ENFORCE)
    page.button(key="edit_gate").click().run()
    assert [one.value for one in page.warning] == [NO_LIVENESS]
    pressed(page, "save_gate")
    assert "Marks nobody by face" in words(opened("kiosks.py"))
    fake.models.models = replace(fake_models(), life=FakeLife())
    assert "Marks nobody by face" not in words(opened("kiosks.py"))


def test_colours_are_offered_only_where_live_faces_only_are_marked_and_with_a_warning(
    fake: FakeSystem,
) -> None:
    fake.rules.put(KioskRecord("gate"))
    page = dialog()
    assert page.toggle(key="device_gate_colours").disabled
    page.selectbox(key="device_gate_liveness").set_value(Check.ENFORCE)
    page.button(key="edit_gate").click().run()
    assert not page.toggle(key="device_gate_colours").disabled
    assert COLOURS_WARNING not in [one.value for one in page.warning]
    page.toggle(key="device_gate_colours").set_value(True)
    page.button(key="edit_gate").click().run()
    assert COLOURS_WARNING in [one.value for one in page.warning]
    pressed(page, "save_gate")
    assert gate(fake).colours


def test_what_is_saved_is_felt_at_the_kiosk_at_once(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate"))
    app = KioskFacade.current()
    assert not app.record("gate").pin
    page = dialog()
    page.toggle(key="device_gate_pin").set_value(True)
    pressed(page, "save_gate")
    assert app.record("gate").pin  # with no time passed


def test_saving_a_kiosk_as_it_is_changes_nothing(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate", title="Gate"))
    page, before = dialog(), fake.rules.version()
    pressed(page, "save_gate")
    assert fake.rules.version() == before


def test_a_planned_direction_stays_planned_when_something_else_is_saved(fake: FakeSystem) -> None:
    today = fake.service.timesheets.today()
    later = today + timedelta(days=3)
    fake.rules.put(
        KioskRecord("gate", direction=Direction.OUT, valid_from=later,
                    earlier=(KioskRecord("gate"),))
    )  # fmt: skip
    page = dialog()
    assert page.date_input(key="device_gate_since").value == later
    page.toggle(key="device_gate_pin").set_value(True)
    pressed(page, "save_gate")
    assert rule_version.at(gate(fake), today).direction is Direction.BOTH
    assert rule_version.at(gate(fake), today).pin
    assert rule_version.at(gate(fake), later).direction is Direction.OUT


def test_from_when_on_is_asked_only_where_days_are_judged_by_what_changes(
    fake: FakeSystem,
) -> None:
    fake.rules.put(KioskRecord("gate"))
    page = dialog()
    assert not page.date_input
    page = way(page)
    page.button(key="edit_gate").click().run()
    assert page.date_input(key="device_gate_since").value == fake.service.timesheets.today()
    page = pressed(way(page), "device_gate_preview")
    assert "Nobody's status would change" in page.success[0].value
    page.toggle(key="device_gate_rewrite").set_value(True)
    pressed(way(page), "save_gate")
    assert (gate(fake).direction, gate(fake).earlier) == (Direction.OUT, ())


def test_a_kiosk_is_made_with_all_it_needs_and_a_taken_or_bad_name_is_refused(
    fake: FakeSystem,
) -> None:
    kiosks = fake.system.kiosks
    page = opened("kiosks.py")

    def add() -> None:
        next(button for button in page.button if button.label == "Add kiosk").click()

    for name, refusal in (("Front Door", "1 to 32 lower-case letters"), ("gate", "")):
        add()
        page.run()
        next(f for f in page.text_input if f.label == "Name").input(name)
        page.toggle(key="device_new_pin").set_value(True)
        add()
        page.button(key="new_kiosk_save").click().run()
        assert not page.exception
        assert [refusal in error.value for error in page.error] == [True] * bool(refusal)
    assert gate(fake) == KioskRecord("gate", title="gate", pin=True)
    assert kiosks.knows("gate")
    service = fake.kiosk_service
    with pytest.raises(RuleRefused, match="There is a kiosk gate already"):
        service.create(KioskRecord("gate"))
    assert gate(fake).pin


def test_what_one_admin_set_is_not_undone_by_another_s_open_dialog(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate"))
    service, seen = fake.kiosk_service, gate(fake)
    service.save(replace(seen, title="Gate", pin=True), seen, fake.service.timesheets.today())
    with pytest.raises(RuleRefused, match="Somebody else changed this entry"):
        service.save(replace(seen, title="Door"), seen, None)
    with pytest.raises(RuleRefused, match="Somebody else changed this entry"):
        service.remove(seen)
    assert (gate(fake).title, gate(fake).pin) == ("Gate", True)


def test_a_first_sign_of_life_meanwhile_is_no_change_by_somebody_else(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate"))
    service, seen = fake.kiosk_service, gate(fake)
    fake.rules.beat("gate", fake.clock.now())
    service.save(replace(seen, pin=True), seen, fake.service.timesheets.today())
    assert gate(fake).pin
    assert gate(fake).watched_from == fake.clock.now()


def test_a_kiosk_that_is_given_up_takes_its_device_with_it(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate"))
    devices = fake.system.access.devices
    secret = devices.link("gate")
    cookie = devices.enrol(secret, "10.0.0.2")
    assert devices.device_of(cookie)
    pressed(dialog(), "remove_gate")
    assert not fake.rules.load().kiosks
    assert devices.device_of(cookie) is None
    fake.rules.put(KioskRecord("gate"))
    assert devices.device_of(cookie) is None


def test_the_office_s_own_browser_is_a_kiosk_that_can_be_set_and_not_removed(
    fake: FakeSystem,
) -> None:
    page = dialog("main")
    assert not [button for button in page.button if button.label == "Remove"]
    page.toggle(key="device_main_pin").set_value(True)
    page.button(key="edit_main").click()
    page.button(key="save_main").click().run()
    assert not page.exception
    assert fake.rules.load().kiosks == (
        KioskRecord("main", title="main", pin=True, watched=False),
    )  # fmt: skip


def test_without_a_fresh_proof_the_dialog_asks_for_one_and_the_service_refuses(
    fake: FakeSystem,
) -> None:
    fake.rules.put(KioskRecord("gate"))
    page = dialog()
    fake.clock.advance(FRESH.total_seconds() + 1)
    before = fake.rules.version()
    page.toggle(key="device_gate_pin").set_value(True)
    pressed(page, "save_gate")
    assert fake.rules.version() == before
    page.run()
    page.button(key="edit_gate").click().run()
    assert not [button for button in page.button if button.key == "save_gate"]


def test_whoever_may_not_manage_kiosks_changes_none(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate"))
    page, before = dialog(), fake.rules.version()
    assert isinstance(fake.access, Access)
    fake.access.principal = Principal(PrincipalKind.USER, "hr", "hr", rights_of(Role.HR))
    page.toggle(key="device_gate_pin").set_value(True)
    page.button(key="edit_gate").click()
    page.button(key="save_gate").click().run()
    assert fake.rules.version() == before


def test_the_rules_of_the_company_include_no_kiosk(fake: FakeSystem) -> None:
    """One right decides, whichever page somebody comes by."""
    offered = next(g for g in opened("settings.py").button_group if g.key == "settings_part")
    assert "Kiosks" not in offered.options
    company = Authority(ALL_GROUPS, company=True)
    fake.rules.put(KioskRecord("gate"))
    with pytest.raises(RuleRefused, match="set on the page Kiosks"):
        fake.service.rules.save(KioskRecord("gate", pin=True), authority=company)
    with pytest.raises(RuleRefused, match="set on the page Kiosks"):
        fake.service.rules.remove(KioskRecord("gate"), authority=company)
    assert gate(fake) == KioskRecord("gate")


def test_a_kiosk_s_card_tells_how_its_screens_are(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate"))
    fake.engine.running.append(FakeStream("gate", StreamStats(frame_age=2.0)))
    covered = ScreenStatus("http", "Front", 14.8, dark=True, battery=0.5, state="ok", version="1")
    fake.screens.note(Report("gate", "a", covered, fake.clock.now()))
    shown = words(opened("kiosks.py"))
    assert "15 pictures/s" in shown
    assert "Sees nothing" in shown
    assert "last picture 2 s ago" in shown


def test_the_camera_that_is_there_now_is_enrolled_and_let_go_again(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate"))
    has = ScreenStatus(
        "http", "Front", 14.8, False, 0.5, "ok", "1", device=digest_of("n1"), width=640, height=480
    )
    fake.screens.note(Report("gate", "a", has, fake.clock.now()))
    page = dialog()
    assert page.selectbox(key="device_gate_camera").options == ["Any camera", "Only: Front"]
    page.selectbox(key="device_gate_camera").set_value((digest_of("n1"), "Front"))
    pressed(page, "save_gate")
    assert (gate(fake).camera, gate(fake).camera_label) == (digest_of("n1"), "Front")
    assert "640×480" in words(opened("kiosks.py"))
    fake.clock.advance(60)  # no screen is open any more: what is enrolled stays to be chosen
    page = dialog()
    assert page.selectbox(key="device_gate_camera").options[1] == "Only: Front (enrolled)"
    page.selectbox(key="device_gate_camera").set_value(("", ""))
    pressed(page, "save_gate")
    assert gate(fake).camera == ""


def test_a_virtual_camera_is_called_one_before_it_is_enrolled(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate"))
    has = ScreenStatus("http", "OBS Virtual Camera", 9, False, None, "ok", "1", digest_of("n1"))
    fake.screens.note(Report("gate", "a", has, fake.clock.now()))
    (_, only) = dialog().selectbox(key="device_gate_camera").options
    assert only.endswith("(calls itself a virtual camera)")


def test_a_kiosk_s_card_tells_what_waits_for_the_database(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate"), KioskRecord("yard"))
    fake.rules.beat("gate", fake.clock.now(), waiting=1)
    fake.rules.beat("yard", fake.clock.now(), waiting=1200)
    shown = words(opened("kiosks.py"))
    assert "1 mark kept on its server until the database is back" in shown
    assert "1,200 marks kept on its server" in shown
    fake.rules.beat("yard", fake.clock.now())
    assert "1,200" not in words(opened("kiosks.py"))


def test_what_documents_the_page_in_its_file_is_not_on_the_screen(fake: FakeSystem) -> None:
    assert "A device asks every four seconds" not in words(opened("kiosks.py"))


# --- how the screens look


def look_page() -> AppTest:
    page = opened("kiosks.py")
    page.button(key="screen_look").click().run()
    assert not page.exception
    return page


def save_look(page: AppTest) -> AppTest:
    """A run of the page closes the dialog unless it is opened in the same one."""
    page.button(key="screen_look").click()
    next(one for one in page.button if one.label == "Save").click().run()
    assert not page.exception
    return page


def preview(page: AppTest) -> str:
    """What the dialog shows of a screen."""
    return "".join(str(getattr(one, "body", "")) for one in page.get("html"))


def field(name: str, fake: FakeSystem) -> str:
    return f"look_{fake.options.version}_{name}"


def test_how_the_screens_look_is_chosen_on_the_page_of_kiosks(fake: FakeSystem) -> None:
    page = look_page()
    page.color_picker(key=field("accent", fake)).set_value("#1d4ed8")
    page.text_input(key=field("welcome", fake)).input("Good <b>morning</b>")
    for name in ("voice", "short_names", "show_late"):
        page.toggle(key=field(name, fake)).set_value(True)
    save_look(page)
    wanted = Look("#1d4ed8", "Good <b>morning</b>", "", False, True, True, True)
    assert fake.options.current().look == wanted
    shown = preview(look_page())
    assert "Maria K." in shown
    assert "Late by 12 min" in shown
    assert "Good &lt;b&gt;morning" in shown


def test_an_accent_that_is_hard_to_read_is_said_at_once_and_not_saved(fake: FakeSystem) -> None:
    page = look_page()
    page.color_picker(key=field("accent", fake)).set_value("#ffd500")
    page = save_look(page)
    assert "white words on #ffd500" in page.warning[0].value.replace("\\", "")
    assert any("would do" in one.value for one in page.error)
    assert fake.options.current().look == Look()


def test_a_logo_is_taken_shown_and_taken_away_again(fake: FakeSystem) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (200, 80), "navy").save(picture, "PNG")
    page = look_page()
    page.file_uploader(key=field("logo", fake)).set_value(
        [("logo.png", picture.getvalue(), "image/png")]
    )
    save_look(page)
    assert fake.options.current().look.logo
    page = look_page()
    assert fake.options.current().look.logo_source in preview(page)
    page.toggle(key=field("bare", fake)).set_value(True)
    save_look(page)
    assert not fake.options.current().look.logo


def test_a_kiosk_may_do_otherwise_than_all_others(fake: FakeSystem) -> None:
    fake.rules.put(KioskRecord("gate"))
    page = dialog()
    assert page.selectbox(key="device_gate_voice").options[0] == "As all screens: no"
    page.selectbox(key="device_gate_voice").set_value(True)
    page.selectbox(key="device_gate_short_names").set_value(False)
    pressed(page, "save_gate")
    assert (gate(fake).voice, gate(fake).short_names, gate(fake).sounds) == (True, False, None)
    assert not gate(fake).earlier  # no day is judged by it
