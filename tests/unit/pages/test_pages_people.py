"""The people page: finding, changing and erasing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from face_rec.domain.faces import Box
from face_rec.domain.people import Person
from pages.ui.shared.people_index import people_index
from tests.fakes.models import blank_frame, colour_of, draw_face
from tests.fakes.privacy import PrivacyOf
from tests.fakes.system import FakeSystem
from tests.samples import an_event
from tests.unit.pages.pages_app import opened, words

ODD = "<b>x</b> **x** :material/home: $x$"


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        yield running


def names(page: AppTest) -> list[str]:
    """The names on the cards."""
    cards = [button for button in page.button if (button.key or "").startswith("open_")]
    return [card.label for card in cards]


def button(page: AppTest, label: str) -> Button:
    return next(button for button in page.button if button.label == label)


def jpeg_of(number: int) -> bytes:
    image = blank_frame()
    draw_face(image, Box(200, 120, 420, 340), colour_of(number))
    return cv2.imencode(".jpg", image)[1].tobytes()


def test_an_empty_list_says_how_to_begin(fake: FakeSystem) -> None:
    page = opened("people.py")
    assert "Nobody is registered yet" in words(page)
    assert button(page, "Register a person")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("angstrom", ["Ångström"]), ("e2", ["Bob"]), ("night bob", ["Bob"]), ("zz", [])],
)
def test_a_search_looks_at_name_id_and_group(
    fake: FakeSystem, typed: str, found: list[str]
) -> None:
    fake.add_person(1, "Ångström")
    fake.add_person(2, "Bob", group="Night")
    page = opened("people.py")
    page.text_input(key="people_search").set_value(typed).run()
    assert names(page) == found


def test_an_id_that_fits_exactly_stands_first(fake: FakeSystem) -> None:
    fake.add_person(12, "Ann")
    fake.add_person(1, "Zoe")
    assert [p.name for p in people_index(fake.people).find("e1")] == ["Zoe", "Ann"]


def test_however_many_people_are_shown_a_page_at_a_time(fake: FakeSystem, thorough: bool) -> None:
    for number in range(count := 10_000 if thorough else 1_000):
        fake.add_person(number, f"Person {number:05d}", templates=0)
    page = opened("people.py")
    assert len(names(page)) == 24
    last = f"Person {count - 1:05d}"
    page.text_input(key="people_search").set_value(last.lower()).run()
    assert names(page) == [last]


def test_an_odd_name_is_shown_as_it_was_typed(fake: FakeSystem) -> None:
    fake.add_person(1, ODD)
    label = names(opened("people.py"))[0]
    assert "<b>" not in label
    assert ":material" not in label
    assert r"\*\*x\*\*" in label


def test_the_list_is_read_again_when_somebody_is_added(fake: FakeSystem) -> None:
    fake.add_person(1, "Ann")
    assert [p.name for p in people_index(fake.people).find()] == ["Ann"]
    fake.add_person(2, "Bob")
    assert [p.name for p in people_index(fake.people).find()] == ["Ann", "Bob"]


def test_a_profile_can_be_edited(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    page = opened("people.py", person=ann.subject)
    version = f"{ann.subject}_{ann.version}"
    page.text_input(key=f"name_{version}").set_value("Ann Lee")
    page.button(key=f"FormSubmitter:details_{version}-Save").click().run()
    changed = fake.people.get(ann.subject)
    assert changed is not None
    assert changed.name == "Ann Lee"
    assert not page.error


def test_an_id_that_is_taken_is_refused_in_words(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    fake.add_person(2, "Bob")
    page = opened("people.py", person=ann.subject)
    version = f"{ann.subject}_{ann.version}"
    page.text_input(key=f"id_{version}").set_value("E2")
    page.button(key=f"FormSubmitter:details_{version}-Save").click().run()
    assert "in use" in page.error[0].value


def test_a_good_photo_is_added_and_a_photo_without_a_face_refused(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    page = opened("people.py", person=ann.subject)
    page.file_uploader[0].upload("good.jpg", jpeg_of(1), "image/jpeg").run()
    button(page, "Check and add").click().run()
    changed = fake.people.get(ann.subject)
    assert changed is not None
    assert len(changed.templates) == 2
    empty = cv2.imencode(".jpg", blank_frame())[1].tobytes()
    page.file_uploader[0].upload("empty.jpg", empty, "image/jpeg").run()
    button(page, "Check and add").click().run()
    assert "No face was found" in page.warning[0].value


def test_a_deactivated_person_leaves_the_gallery(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    page = opened("people.py", person=ann.subject)
    page.button(key=f"active_{ann.subject}").click().run()
    changed = fake.people.get(ann.subject)
    assert changed is not None
    assert not changed.active
    assert "Activate" in [button.label for button in page.button]


def test_deleting_is_erasing_after_the_id_is_typed_and_gives_the_certificate(
    fake: FakeSystem,
) -> None:
    privacy = PrivacyOf(fake)
    fake.install()
    ann = fake.add_person(1, "Ann")
    privacy.leave[ann.subject] = [{"kind": "leave"}]
    fake.snapshots.put("marks/2025/03/10/e1.jpg", b"a face")
    fake.attendance.apply(
        replace(an_event("e1", ann.subject), snapshot="marks/2025/03/10/e1.jpg"), 60
    )
    page = opened("people.py", person=ann.subject)
    erase = f"erase_{ann.subject}"
    page.button(key=erase).click().run()
    assert page.button(key="erase_sure").disabled
    page.button(key=erase).click()  # here a run closes the dialog otherwise
    page.text_input(key="erase_typed").set_value("E1").run()
    page.button(key=erase).click()
    page.button(key="erase_sure").click().run()
    assert fake.people.get(ann.subject) is None
    assert "marks/2025/03/10/e1.jpg" not in list(fake.snapshots.keys())
    assert privacy.leave == {}
    assert "Ann is erased" in page.success[0].value


def _undecided(fake: FakeSystem) -> tuple[Person, Person]:
    """Ann, and an imported record with her face that waits for a decision."""
    ann = fake.add_person(1, "Ann")
    (template,) = fake.people.templates(ann.subject)
    twin = replace(
        ann, subject="twin", id="T1", name="Twin", active=False, resembles=ann.subject, version=0
    )
    return ann, fake.people.create(twin, [template], fake.people.revision())


def test_who_looks_like_somebody_is_shown_until_it_is_decided_that_they_are_two(
    fake: FakeSystem,
) -> None:
    _, twin = _undecided(fake)
    assert "1 imported person looked like" in opened("people.py").warning[0].value
    page = opened("people.py", person=twin.subject)
    assert "Are these one person?" in words(page)
    assert page.button(key=f"decide_two_{twin.subject}").disabled
    page.text_input(key=f"decide_reason_{twin.subject}").set_value("twins").run()
    page.button(key=f"decide_two_{twin.subject}").click().run()
    decided = fake.people.get(twin.subject)
    assert decided is not None
    assert (decided.active, decided.resembles) == (True, "")
    assert not opened("people.py").warning


def test_all_whom_somebody_looks_like_are_shown_to_whoever_decides(fake: FakeSystem) -> None:
    ann, twin = _undecided(fake)
    (template,) = fake.people.templates(ann.subject)
    bea = fake.people.create(
        replace(ann, subject="bea", id="B1", name="Bea", version=0), [template],
        fake.people.revision(),
    )  # fmt: skip
    assert fake.follower.wait(fake.people.revision(), 10)
    page = opened("people.py", person=twin.subject)
    assert {"Show Ann", "Show Bea"} <= {button.label for button in page.button}
    assert "the photos go to Ann" in words(page)
    page.button(key=f"active_{twin.subject}").click().run()
    assert not page.exception
    assert "2 other people" in " ".join(one.value for one in page.warning)
    assert [button.label for button in page.button].count(f"Show {bea.name}") == 2


def test_one_person_in_two_records_is_joined_and_the_second_erased(fake: FakeSystem) -> None:
    PrivacyOf(fake)
    fake.install()
    ann, twin = _undecided(fake)
    page = opened("people.py", person=twin.subject)
    join = f"join_{twin.subject}"
    page.button(key=join).click().run()
    page.button(key=join).click()  # here a run closes the dialog otherwise
    page.text_input(key="erase_typed").set_value("T1").run()
    page.button(key=join).click()
    page.button(key="erase_sure").click().run()
    assert fake.people.get(twin.subject) is None
    assert fake.people.get(ann.subject) is not None


def test_there_is_no_second_way_to_delete_a_person() -> None:
    """What deletes a person outside of an erasure would leave pictures, shifts and leave."""
    root = Path(__file__).resolve().parents[3]
    sources = [*(root / "pages").rglob("*.py"), *(root / "face_rec").rglob("*.py")]
    calls = {
        path.relative_to(root).as_posix()
        for path in sources
        if re.search(r"(people|writer)\.delete\(", path.read_text(encoding="utf-8"))
    }
    assert calls == {"face_rec/privacy/erase.py", "face_rec/stores/site/audited_writers.py"}


def test_a_person_who_is_gone_is_said_to_be_gone(fake: FakeSystem) -> None:
    assert "This person is not here" in words(opened("people.py", person="nobody"))
