"""The page Cameras: what is typed into it, and what it never shows again."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.audit.actor import Actor, acting
from face_rec.access.factors.step_up import FRESH
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.cameras.camera import CameraDraft, Purpose, Region
from face_rec.cameras.camera_health import CameraHealth, CameraState
from face_rec.domain.errors import ProofNeeded
from face_rec.facades.cameras import CamerasFacade
from face_rec.kiosks.kiosk import Direction
from pages.ui.cameras.camera_card import office_words, state_words
from pages.ui.cameras.first_picture import with_area
from pages.ui.shared.text import plain
from tests.fakes.access import OneVisitor
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.system import FakeSystem
from tests.unit.cameras.test_onvif import PASSWORD, USER, Camera, serving
from tests.unit.pages.pages_app import opened, words

SECRET = "S3cret-w0rd"
GATE = CameraDraft("gate", "rtsp://10.0.0.7/live", "admin", SECRET, title="North gate")


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    clock = FakeClock()
    ada = Principal(PrincipalKind.USER, "ada", "ada", rights_of(Role.ADMIN))
    made = FakeSystem(clock=clock)
    made.access = access = OneVisitor(replace(ada, proved_at=clock.now()), clock)
    made.install(access=access)
    with made.running() as running:
        yield running


def office() -> CamerasFacade:
    return CamerasFacade.current()


def everything(page: AppTest) -> str:
    """All that the page sends to its browser, dialogs and what stands in fields included."""
    parts = [node for block in page._tree.children.values() for node in block]
    fields = [str(one.value) for one in page.text_input]
    return "\n".join([*(str(node.proto) for node in parts), *fields])


def test_a_camera_is_added_and_its_password_is_nowhere_on_the_page_again(
    fake: FakeSystem,
) -> None:
    page = opened("cameras.py")
    assert "No camera yet" in words(page)
    page.button(key="add_camera").click().run()
    page.text_input(key="camera_new_address").input("rtsp://10.0.0.7/live")
    page.text_input(key="camera_new_user").input("admin")
    page.text_input(key="camera_new_password").input(SECRET)
    page.text_input(key="camera_new_id").input("gate")
    page.text_input(key="camera_new_title").input("North gate")
    page.button(key="add_camera").click()
    page.button(key="camera_new_save").click().run()
    assert not page.exception
    (entry,) = office().cameras.all()
    assert office().cameras.address(entry.camera).text == f"rtsp://admin:{SECRET}@10.0.0.7/live"
    assert (entry.id, entry.kiosk.display_name) == ("gate", "North gate")
    page = opened("cameras.py")
    page.button(key="edit_gate").click().run()
    assert plain("rtsp://10.0.0.7/live") in words(page)
    assert "stored; enter to replace" in everything(page)
    assert SECRET not in everything(page)
    assert page.text_input(key="camera_gate_password").placeholder == "stored; enter to replace"


def test_a_change_without_a_password_leaves_it_as_it_is(fake: FakeSystem) -> None:
    office().cameras.add(GATE, "ada")
    page = opened("cameras.py")
    page.button(key="edit_gate").click().run()
    page.text_input(key="camera_gate_title").input("Yard")
    page.button(key="edit_gate").click()
    page.button(key="camera_gate_save").click().run()
    (entry,) = office().cameras.all()
    assert entry.kiosk.display_name == "Yard"
    assert SECRET in office().cameras.address(entry.camera).text


def test_a_camera_that_is_found_tells_its_streams_and_one_of_them_is_taken(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Camera()) as found:
        monkeypatch.setattr("face_rec.assembly.site_cameras.discover", lambda: [found])
        monkeypatch.setattr("pages.ui.cameras.first_picture.redrawn", lambda: True)
        fake.install(access=fake.access)
        page = opened("cameras.py")

        def pressed(name: str) -> None:
            page.button(key="add_camera").click()
            page.button(key=f"camera_new_{name}").click().run()

        page.button(key="add_camera").click().run()
        pressed("find")
        pressed("0_streams")
        assert "refuses this user and password" in "".join(one.value for one in page.error)
        page.text_input(key="camera_new_user").input(USER)
        page.text_input(key="camera_new_password").input(PASSWORD)
        pressed("0_streams")
        assert any("1920 × 1080" in one.value for one in page.markdown)
        pressed("0_stream_1")
        taken = page.text_input(key="camera_new_address").value
        assert taken == "rtsp://127.0.0.1:8554/sub?unicast=1"
        assert page.text_input(key="camera_new_title").value == "Gate"
        assert PASSWORD not in "\n".join(one.value for one in page.markdown)
        fake.clock.advance(FRESH.total_seconds() + 1)
        with acting(Actor("ada", "user")), pytest.raises(ProofNeeded):
            office().streams(found, USER, PASSWORD)


def test_why_there_is_no_picture_is_said_in_words(fake: FakeSystem) -> None:
    office().cameras.add(CameraDraft("film", "gate.mp4"), "ada")
    page = opened("cameras.py")
    page.button(key="edit_film").click().run()
    page.button(key="edit_film").click()
    page.button(key="camera_film_try").click().run()
    assert plain("There is no gate.mp4") in "".join(one.value for one in page.error)


def test_what_is_refused_is_said_and_nothing_is_added(fake: FakeSystem) -> None:
    page = opened("cameras.py")
    page.button(key="add_camera").click().run()
    page.text_input(key="camera_new_address").input("ftp://10.0.0.7/live")
    page.text_input(key="camera_new_id").input("gate")
    page.button(key="add_camera").click()
    page.button(key="camera_new_save").click().run()
    assert "begins with rtsp" in "".join(one.value for one in page.error)
    assert office().cameras.all() == []


def test_a_camera_is_switched_off_and_removed_only_with_a_fresh_proof(fake: FakeSystem) -> None:
    office().cameras.add(GATE, "ada")
    page = opened("cameras.py")
    page.button(key="switch_gate").click().run()
    page.button(key="switch_gate").click()
    page.button(key="switch_now").click().run()
    assert not office().cameras.all()[0].camera.enabled
    assert "Switched off" in words(page)
    fake.clock.advance(FRESH.total_seconds() + 1)
    page = opened("cameras.py")
    page.button(key="edit_gate").click().run()
    assert not page.exception
    assert not [one for one in page.button if one.key == "remove_gate"]
    assert any("confirm that it is still you" in one.value for one in page.markdown)


def test_a_camera_is_no_kiosk_on_the_page_of_kiosks(fake: FakeSystem) -> None:
    office().cameras.add(GATE, "ada")
    assert "North gate" not in words(opened("kiosks.py"))


def test_the_card_says_what_it_does_and_how_it_is(fake: FakeSystem) -> None:
    office().cameras.add(replace(GATE, direction=Direction.IN), "ada")
    office().cameras.add(CameraDraft("yard", "0", purpose=Purpose.WATCH), "ada")
    gate, yard = office().cameras.all()
    assert office_words(gate) == "**North gate**  \ngate · Marks attendance · in only · always"
    assert "in only" not in office_words(yard)
    said = CameraHealth(
        "gate", CameraState.BLIND, MORNING, "host:1", MORNING, 14.8, 4.0, reconnects=2,
        kilobits=1840, width=640, height=480, decoder="h264",
    )  # fmt: skip
    told = state_words(said, MORNING)
    assert told.startswith(":red-badge[Sees nothing: covered or dark]")
    for fact in ("last picture 0 s ago", "15 pictures/s, 4 looked at", "1.8 Mbit/s"):
        assert plain(fact) in told
    assert state_words(CameraHealth("gate", CameraState.OFF, MORNING), MORNING) == (
        ":gray-badge[Switched off]"
    )


def test_the_page_says_that_no_worker_serves_a_camera(fake: FakeSystem) -> None:
    office().cameras.add(GATE, "ada")
    page = opened("cameras.py")
    assert "No worker serves North gate" in "".join(one.value for one in page.warning)
    fake.camera_board.say(CameraHealth("gate", CameraState.RUNNING, fake.clock.now(), "host:1"))
    assert not opened("cameras.py").warning


def test_the_overview_tells_how_a_camera_is_although_it_marks_nobody(fake: FakeSystem) -> None:
    office().cameras.add(replace(GATE, purpose=Purpose.WATCH), "ada")
    seen = CameraHealth("gate", CameraState.RUNNING, fake.clock.now(), "host:1")
    for health, said in (
        (seen, "Running"),
        (replace(seen, state=CameraState.FROZEN), "Sends the same picture again and again"),
        (replace(seen, state=CameraState.LOST, problem="10.0.0.7 refuses"), "Does not answer"),
    ):
        fake.camera_healths[:] = [health]
        shown = everything(opened("overview.py"))
        assert said in shown
        assert "not seen today" not in shown
        assert "10.0.0.7" not in shown, "managers see this page, too"


@pytest.mark.parametrize(("role", "opens"), [(Role.ADMIN, True), (Role.MANAGER, False)])
def test_the_wall_is_drawn_for_an_admin_and_for_nobody_else(
    fake: FakeSystem, role: Role, opens: bool
) -> None:
    who = Principal(PrincipalKind.USER, "ada", "ada", rights_of(role))
    fake.install(access=OneVisitor(who, fake.clock))
    page = opened("wall.py")
    assert not page.exception
    assert ("fr-wall" in everything(page)) == opens


@pytest.mark.parametrize(
    "said",
    [None, "x", {"left": 0.1}, {"left": 0.9, "top": 0, "right": 0.2, "bottom": 1, "smallest": 0},
     {"left": float("nan"), "top": 0, "right": 1, "bottom": 1, "smallest": 0},
     {"left": "0", "top": 0, "right": 1, "bottom": 1, "smallest": 0}],
)  # fmt: skip
def test_an_area_that_is_none_changes_nothing(said: object) -> None:
    assert with_area(GATE, said) == GATE


def test_what_is_drawn_is_taken_and_a_face_is_half_the_picture_at_most() -> None:
    said = {"left": 0.25, "top": 0.1, "right": 1, "bottom": 0.9, "smallest": 3}
    made = with_area(GATE, said)
    assert (made.region, made.smallest) == (Region(0.25, 0.1, 1.0, 0.9), 0.5)
