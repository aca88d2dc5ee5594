"""Register: whose photos the camera took for a picture, and who may say that it errs."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.liveness import Cue
from face_rec.domain.people import PhotoLife
from face_rec.facades.people.registrar import RegistrarFacade
from face_rec.people.photos.photo_check import EnrolPhoto
from pages.ui.people import enrol_photos
from pages.ui.people.enrolment_draft import Draft
from tests.fakes.access import OneVisitor
from tests.fakes.enrolment import painted
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words


def _somebody(role: Role) -> Principal:
    return Principal(PrincipalKind.USER, "ada", "ada", rights_of(role), ALL_GROUPS)


@pytest.fixture
def desk(role: Role, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSystem]:
    """Somebody is about to save photos that were taken of a picture; the part with the camera
    needs a browser."""

    def doubted(draft: Draft, app: RegistrarFacade) -> tuple[EnrolPhoto, ...]:
        photo = app.enrolment.check(painted(1))
        return (replace(photo, life=PhotoLife.ATTACK, doubts=(Cue.EDGE.words,)),)

    monkeypatch.setattr(enrol_photos, "photos_form", lambda *_: None)
    monkeypatch.setattr(Draft, "agreed_photos", doubted)
    with FakeSystem(access=OneVisitor(_somebody(role))).running() as fake:
        yield fake


def _saved() -> AppTest:
    page = opened("register.py")
    for label, text in (("Name", "Ann"), ("ID", "7")):
        next(one for one in page.text_input if one.label == label).set_value(text)
    page.checkbox[0].check().run()
    _press(page, "Save person")
    assert not page.exception
    return page


def _press(page: AppTest, label: str) -> None:
    next(one for one in page.button if one.label == label).click().run()


@pytest.mark.parametrize("role", [Role.REGISTRAR])
def test_a_registrar_is_told_why_and_whom_to_ask(desk: FakeSystem) -> None:
    page = _saved()
    assert Cue.EDGE.words in page.error[0].value
    assert "ask an administrator" in words(page)
    assert not [one for one in page.button if one.label == "Save all the same"]
    assert desk.people.count() == 0


@pytest.mark.parametrize("role", [Role.ADMIN])
def test_an_administrator_s_word_is_taken_and_kept(desk: FakeSystem) -> None:
    page = _saved()
    (said,) = [one for one in page.text_input if one.label.startswith("Does the camera err?")]
    assert next(one for one in page.button if one.label == "Save all the same").disabled
    said.set_value("Stands beside me").run()
    _press(page, "Save all the same")
    assert not page.exception
    (person,) = desk.people.all()
    assert person.vouched == f"Stands beside me (against: {Cue.EDGE.words})"
    assert person.doubted


@pytest.mark.parametrize("role", [Role.ADMIN])
def test_who_lost_the_right_meanwhile_vouches_for_nobody(desk: FakeSystem) -> None:
    page = _saved()
    (said,) = [one for one in page.text_input if one.label.startswith("Does the camera err?")]
    said.set_value("Stands beside me").run()
    visitor = desk.access
    assert isinstance(visitor, OneVisitor)
    visitor.principal = _somebody(Role.REGISTRAR)
    _press(page, "Save all the same")
    assert desk.people.count() == 0
