"""The page Unknown: who is listed, what is done about them, and who may look at all."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.domain.faces import Box
from face_rec.domain.strangers import Standing, Stranger
from tests.fakes.access import OneVisitor
from tests.fakes.journey import vector
from tests.fakes.models import blank_frame, colour_of, draw_face
from tests.fakes.strangers import a_passing, away
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words

EVE, MAX = 25, 30


def _site(fake: FakeSystem) -> Iterator[FakeSystem]:
    fake.options.decide("stranger_days", "14")
    with fake.running():
        assert fake.follower.wait(0, 10)
        yield fake


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    yield from _site(FakeSystem())


def comes(fake: FakeSystem, colour: int, times: int = 1, kiosk: str = "door") -> Stranger:
    """Somebody of this colour is before a kiosk so often; a picture is kept of each time."""
    world = fake.unknown
    for number in range(times):
        image = blank_frame(300, 300)
        draw_face(image, Box(80 + number, 80, 220 + number, 220), colour_of(colour))
        passing = a_passing(vector(colour), fake.clock, world.contract(), kiosk)
        world.strangers.keeper.take(replace(passing, picture=image))
        away(fake.clock)
    found = world.index.nearest(vector(colour), world.contract())
    assert found is not None
    return found[0]


def box(one: Stranger, acts: int = 0) -> str:
    return f"unknown_{acts}_{one.id}"


def chosen(page: AppTest, *people: Stranger, acts: int = 0) -> AppTest:
    for one in people:
        page.checkbox(key=box(one, acts)).check()
    return page.run()


def pressed(page: AppTest, opener: str, sure: str) -> AppTest:
    """A dialog's last button; here a run closes the dialog unless it is opened in it."""
    page.button(key=opener).click()
    return page.button(key=sure).click().run()


def all_of(page: AppTest) -> AppTest:
    return page.selectbox(key="unknown_times_open").select("All").run()


def standing(fake: FakeSystem, one: Stranger) -> Standing:
    found = fake.unknown.index.get(one.id)
    assert found is not None
    return found.standing


def test_nobody_is_listed_while_it_is_off(fake: FakeSystem) -> None:
    comes(fake, EVE, 3)
    fake.options.decide("stranger_days", "0")
    page = opened("unknown.py")
    assert "Nobody unknown is kept" in words(page)
    assert not page.checkbox


def test_who_came_three_times_is_listed_first_and_others_when_asked(fake: FakeSystem) -> None:
    eve, other = comes(fake, EVE, 3), comes(fake, MAX)
    page = opened("unknown.py")
    assert not page.exception
    assert [one.key for one in page.checkbox] == [box(eve)]
    assert "3 times" in words(page)
    assert [one.key for one in all_of(page).checkbox] == [box(other), box(eve)]
    page.selectbox(key="unknown_order").select("Most often").run()
    assert [one.key for one in page.checkbox] == [box(eve), box(other)]


def test_a_dismissal_of_several_is_undone(fake: FakeSystem) -> None:
    eve, other = comes(fake, EVE, 3), comes(fake, MAX)
    page = chosen(all_of(opened("unknown.py")), eve, other)
    page.button(key="unknown_dismiss").click().run()
    assert standing(fake, eve) is standing(fake, other) is Standing.DISMISSED
    assert not page.checkbox
    page.button(key="unknown_undo_press").click().run()
    assert {standing(fake, eve), standing(fake, other)} == {Standing.OPEN}


def test_a_block_names_its_end_and_is_taken_back(fake: FakeSystem) -> None:
    eve = comes(fake, EVE, 3)
    page = chosen(opened("unknown.py"), eve)
    page.button(key="unknown_block").click().run()
    pressed(page, "unknown_block", "unknown_block_sure")
    assert standing(fake, eve) is Standing.BLOCKED
    page.button_group(key="unknown_standing").set_value(Standing.BLOCKED).run()
    assert "until" in words(page)
    chosen(page, eve, acts=1).button(key="unknown_take_back").click().run()
    assert standing(fake, eve) is Standing.OPEN


def test_an_assignment_to_somebody_else_is_refused_in_words(fake: FakeSystem) -> None:
    ada = fake.add_person(5, "Ada")
    eve = comes(fake, EVE, 3)
    page = chosen(opened("unknown.py"), eve)
    page.button(key="unknown_assign").click().run()
    page.button(key="unknown_assign").click()
    page.selectbox(key="unknown_person").select(ada.subject).run()
    pressed(page, "unknown_assign", "unknown_assign_sure")
    assert page.error
    assert standing(fake, eve) is Standing.OPEN


def test_who_is_deleted_is_gone_with_the_pictures(fake: FakeSystem) -> None:
    eve = comes(fake, EVE, 3)
    page = chosen(opened("unknown.py"), eve)
    page.button(key="unknown_delete").click().run()
    pressed(page, "unknown_delete", "unknown_delete_sure")
    assert not page.exception
    assert fake.unknown.index.people() == []
    assert not [key for key in fake.snapshots.keys() if key.startswith("unknown/")]  # noqa: SIM118


def test_who_is_enrolled_goes_to_register_with_the_photos_and_is_asked_for_consent(
    fake: FakeSystem,
) -> None:
    eve = comes(fake, EVE, 3)
    page = chosen(opened("unknown.py"), eve)
    page.button(key="unknown_enrol").click().run()
    assert not page.exception
    draft = page.session_state["_draft"]
    assert draft.strangers == (eve.id,)
    assert draft.photos
    assert draft.consent_at is None


def test_visits_are_shown_with_their_pictures(fake: FakeSystem) -> None:
    eve = comes(fake, EVE, 3, kiosk="yard")
    page = opened("unknown.py")
    page.button(key=f"unknown_visits_{eve.id}").click().run()
    shown = "".join(str(one.proto.body) for one in page.get("html"))
    assert shown.count("<figcaption>") == 3
    assert shown.count("data:image/jpeg") == 4


def test_people_of_an_older_model_are_said_to_be_so(fake: FakeSystem) -> None:
    comes(fake, EVE, 3)
    models = fake.models.models
    assert models is not None
    fake.models.models = fake.models.beside("other")
    fake.models.recognisers = {"other": "newer"}
    fake.models.models = fake.models.beside("other")
    assert "seen by an older model" in words(opened("unknown.py"))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.HR, Role.KIOSK])
def test_an_open_page_shows_nothing_any_more_to_who_has_lost_the_right(role: Role) -> None:
    access = OneVisitor(Principal(PrincipalKind.USER, "u", "u", rights_of(Role.REGISTRAR)))
    for fake in _site(FakeSystem(access=access)):
        eve = comes(fake, EVE, 3)
        page = chosen(opened("unknown.py"), eve)
        access.principal = Principal(PrincipalKind.USER, "u", "u", rights_of(role))
        page.button(key="unknown_dismiss").click().run()
        assert standing(fake, eve) is Standing.OPEN
        assert not page.checkbox
        assert "fr-stranger" not in words(page)


def test_who_assigns_blocks_or_ends_a_block_is_asked_for_a_proof_and_not_who_dismisses() -> None:
    access = OneVisitor(Principal(PrincipalKind.USER, "u", "u", rights_of(Role.REGISTRAR)))
    for fake in _site(FakeSystem(access=access)):
        eve, other = comes(fake, EVE, 3), comes(fake, MAX, 3)
        fake.unknown.strangers.service.block([other.id], "u", 9)
        page = chosen(opened("unknown.py"), eve)
        for key in ("assign", "block", "delete"):
            page.button(key=f"unknown_{key}").click().run()
            assert any("confirm that it is still you" in one.value for one in page.markdown)
            assert not [one for one in page.button if str(one.key).endswith("_sure")]
        page.button(key="unknown_dismiss").click().run()
        assert standing(fake, eve) is Standing.DISMISSED
        page.button_group(key="unknown_standing").set_value(Standing.BLOCKED).run()
        chosen(page, other, acts=1).button(key="unknown_take_back").click().run()
        assert any("confirm that it is still you" in one.value for one in page.markdown)
        assert standing(fake, other) is Standing.BLOCKED


# --- what other pages say of it


def test_a_profile_offers_visits_before_as_marks_for_the_review(fake: FakeSystem) -> None:
    comes(fake, EVE, 2)
    eve = fake.add_person(EVE, "Eve")
    page = opened("people.py", person=eve.subject)
    assert "Seen before as unknown" in [one.value for one in page.subheader]
    for one in fake.unknown.seen.of(eve.subject):
        page.checkbox(key=f"seen_{one.visit.id}").check()
    page.run()
    page.button(key="seen_propose").click().run()
    assert not page.exception
    kinds = [event.kind.value for event in fake.attendance.day(fake.clock.now().date())]
    assert kinds == ["held", "held"]


def test_it_is_switched_on_with_the_notice_and_off_with_all_that_was_kept() -> None:
    from face_rec.privacy.retention_run import Periods  # noqa: PLC0415
    from tests.fakes.privacy import PrivacyOf  # noqa: PLC0415

    fake = FakeSystem()
    PrivacyOf(fake, Periods())
    with fake.running():
        page = opened("privacy.py")
        assert page.button(key="strangers_on").disabled
        page.checkbox(key="strangers_hangs").check().run()
        page.button(key="strangers_on").click().run()
        assert not page.exception
        assert fake.options.current().stranger_days == 14
        page.button(key="strangers_off_press").click().run()
        pressed(page, "strangers_off_press", "strangers_off_sure")
        assert fake.options.current().stranger_days == 0
