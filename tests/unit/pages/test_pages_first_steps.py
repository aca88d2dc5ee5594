"""The first steps of a new site, as far as they go without a browser."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.domain.errors import ModelError
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.site.first_steps import Guide, Step, next_step
from face_rec.facades.start import StartFacade
from face_rec.people.enrolment import Enrolment
from pages.ui.frame.jobs import JOBS
from pages.ui.people import enrol_photos
from pages.ui.people.enrolment_draft import Draft
from pages.ui.system import model_packs
from tests.fakes.access import OneVisitor
from tests.fakes.models import fake_models
from tests.fakes.options import live_options
from tests.fakes.system import FakeSystem
from tests.samples import a_person
from tests.unit.pages.pages_app import opened, words


def _somebody(role: Role) -> Principal:
    return Principal(PrincipalKind.USER, "ada.lovelace", "ada", rights_of(role), ALL_GROUPS)


class _Admin(OneVisitor):
    """Whoever it is, it is the admin, who may go on with what they began."""

    def __init__(self) -> None:
        admin = _somebody(Role.ADMIN)
        super().__init__(admin)
        self.authenticator = SimpleNamespace(account=lambda _: admin, forget=lambda _: None)


@pytest.fixture
def new_site() -> Iterator[FakeSystem]:
    with FakeSystem(access=_Admin()).running() as fake:
        StartFacade.current().set_guide(Guide.ON)
        yield fake


@pytest.fixture
def zoneless() -> Iterator[FakeSystem]:
    """A new site with a model, whose time zone nobody has chosen."""
    with FakeSystem(access=_Admin(), options=live_options()).running() as fake:
        StartFacade.current().set_guide(Guide.ON)
        fake.models.models = fake_models()
        yield fake


@pytest.mark.parametrize(
    ("model", "people", "marked", "step"),
    [
        (False, 0, False, Step.MODEL),
        (False, 1, True, Step.MODEL),
        (True, 0, False, Step.YOU),
        (True, 1, False, Step.KIOSK),
        (True, 1, True, Step.DONE),
    ],
)
def test_what_comes_next_is_told_by_what_is_there(
    model: bool, people: int, marked: bool, step: Step
) -> None:
    assert next_step(model=model, people=people, marked=marked) is step


def test_the_bar_says_where_the_site_stands_on_every_page_and_leads_there(
    new_site: FakeSystem,
) -> None:
    new_site.models.models = None
    page = opened("records.py")
    assert 'aria-current="step"><i>2</i> <span>Model' in words(page)
    assert page.button(key="steps_on").label == "Go on: Model"
    new_site.models.models = fake_models()
    assert 'aria-current="step"><i>3</i> <span>You' in words(page.run())
    person = new_site.add_person(1, "Ann")
    assert 'aria-current="step"><i>4</i> <span>Kiosk' in words(page.run())
    new_site.mark(person)
    assert "All set" in words(opened("overview.py"))
    new_site.add_person(2, "Bob")
    assert "All set" not in words(opened("overview.py")), "nobody needs to be told any more"


def test_who_registers_first_finds_what_the_account_tells(new_site: FakeSystem) -> None:
    new_site.models.models = fake_models()
    page = opened("register.py")
    fields = {field.label: field.value for field in page.text_input}
    assert (fields["Name"], fields["ID"]) == ("Ada Lovelace", "ada.lovelace")
    assert [box.label for box in page.checkbox] == ["I agree"]


def _save_pressed(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Without the part with the camera, which needs a browser."""
    monkeypatch.setattr(enrol_photos, "photos_form", lambda *_: None)
    page = opened("register.py")
    page.selectbox(key="first_zone").set_value("Asia/Tokyo")
    next(one for one in page.button if one.label == "Save person").click().run()
    assert not page.exception
    return page


def test_a_save_that_is_refused_leaves_the_zone_to_be_chosen(
    zoneless: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _save_pressed(monkeypatch)
    assert page.error
    assert not StartFacade.current().zone_chosen()
    assert [one.key for one in page.selectbox] == ["first_zone"]


def test_the_zone_is_chosen_with_the_first_person(
    zoneless: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_person()
    monkeypatch.setattr(Enrolment, "register", lambda *_: ann)
    monkeypatch.setattr(Draft, "agreed_photos", lambda *_: [])
    page = _save_pressed(monkeypatch)
    assert not page.error
    assert StartFacade.current().zone_chosen()
    assert zoneless.options.current().timezone.key == "Asia/Tokyo"


def test_put_off_it_is_on_no_page_and_the_overview_keeps_the_way_back(
    new_site: FakeSystem,
) -> None:
    new_site.models.models = None
    opened("records.py").button(key="steps_later").click().run()
    assert "fr-start" not in words(opened("records.py"))
    assert "fr-start" not in words(opened("models.py"))
    back = opened("overview.py")
    assert back.button(key="steps_back").label == "Go on with the set-up"
    back.button(key="steps_never").click().run()
    assert "Three steps" not in words(opened("overview.py"))
    assert not [one for one in opened("overview.py").button if (one.key or "").startswith("steps")]


def test_done_ends_it(new_site: FakeSystem) -> None:
    new_site.models.models = fake_models()
    new_site.mark(new_site.add_person(1, "Ann"))
    opened("overview.py").button(key="steps_over").click().run()
    assert StartFacade.current().guide() is Guide.OVER
    assert "All set" not in words(opened("overview.py"))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.HR, Role.REGISTRAR])
def test_nobody_is_led_to_pages_that_are_not_open_to_them(role: Role) -> None:
    with FakeSystem(access=OneVisitor(_somebody(role))).running() as fake:
        StartFacade.current().set_guide(Guide.ON)
        fake.models.models = None
        page = opened("people.py" if role is Role.REGISTRAR else "overview.py")
        assert "fr-start" not in words(page)
        assert not [one for one in page.button if (one.key or "").startswith(("steps", "step_"))]


def test_a_site_that_no_set_up_link_began_leads_nobody() -> None:
    with FakeSystem(access=OneVisitor(_somebody(Role.ADMIN))).running() as fake:
        fake.models.models = None
        assert "fr-start" not in words(opened("records.py"))
        assert "Three steps" in next(head.value for head in opened("overview.py").subheader)


def test_a_download_that_broke_off_says_how_much_is_here_and_opens_the_other_way(
    new_site: FakeSystem,
) -> None:
    new_site.models.models, new_site.models.broken = None, True
    new_site.models.begun = {"opencv_zoo": 10_000_000}
    page = opened("models.py")
    assert page.button(key="pull_opencv_zoo").label == "Go on with it: 25 % is here"
    page.button(key="pull_opencv_zoo").click().run()
    job = JOBS.get(model_packs.JOB)
    assert job is not None
    assert job.ended.wait(10)
    page.run()
    assert "The download was cut" in page.error[0].value
    (by_hand,) = [one for one in page.expander if "No internet" in one.label]
    assert by_hand.proto.expanded
    assert "buffalo_l.zip" in words(page)


# --- what is brought by hand


class _Import:
    """Keeps the names of what it is asked to import."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def import_archive(self, path: Path, _name: str, _progress: object) -> None:
        self.found = sorted(one.name for one in path.iterdir()) if path.is_dir() else [path.name]


def _brought(*names: str) -> Sequence[Any]:
    return [SimpleNamespace(name=name, getbuffer=lambda: b"x") for name in names]


@pytest.fixture
def bring() -> Callable[..., list[str]]:
    def bring(*names: str) -> list[str]:
        models = _Import()
        app = cast("Any", SimpleNamespace(models=models))
        model_packs._import(app, _brought(*names), "pack", lambda *_: None)
        return models.found

    return bring


def test_a_zip_or_the_single_files_are_taken(bring: Callable[..., list[str]]) -> None:
    assert bring("own.zip") == ["own.zip"]
    assert bring("b.onnx", "../a.onnx", "manifest.json") == ["a.onnx", "b.onnx", "manifest.json"]
    with pytest.raises(ModelError, match="not both"):
        bring("own.zip", "a.onnx")


def test_files_of_a_published_pack_have_its_name() -> None:
    published = ("w600k_r50.onnx", "det_10g.onnx")
    assert model_packs._called(_brought(*published)) == "buffalo_l"
    assert model_packs._called(_brought("my own.v2.zip")) == "my own.v2"
