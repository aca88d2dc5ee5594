"""Pages that ask for a fresh proof before what cannot be undone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.factors.step_up import FRESH
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.people import Person
from face_rec.privacy.retention_run import Periods
from tests.fakes.access import OneVisitor
from tests.fakes.clock import FakeClock
from tests.fakes.privacy import PrivacyOf
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened

ASKED = "confirm that it is still you"
ADMIN = Principal(PrincipalKind.USER, "ada", "ada", rights_of(Role.ADMIN), ALL_GROUPS)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def admin(clock: FakeClock) -> OneVisitor:
    return OneVisitor(ADMIN, clock)


@pytest.fixture
def world(admin: OneVisitor, clock: FakeClock) -> Iterator[PrivacyOf]:
    fake = FakeSystem(access=admin, clock=clock)
    world = PrivacyOf(fake, Periods())
    with fake.running():
        yield world


@pytest.fixture
def eve(world: PrivacyOf) -> Person:
    return world.fake.add_person(1, "Eve")


def _chosen(person: Person) -> AppTest:
    page = opened("privacy.py")
    page.selectbox(key="privacy_person_0").select(person.subject).run()
    assert not page.exception
    return page


def _asked(page: AppTest) -> bool:
    said = any(ASKED in text.value for text in page.markdown)
    return said and any('class="fr-confirm"' in html.body for html in page.html)


def test_personal_data_are_collected_after_a_fresh_proof_only(
    admin: OneVisitor, clock: FakeClock, eve: Person
) -> None:
    page = _chosen(eve)
    page.button(key="privacy_prepare").click().run()
    assert _asked(page)
    assert "privacy_export" not in page.session_state
    admin.principal = replace(ADMIN, proved_at=clock.now())
    page.button(key="privacy_prepare").click().run()
    assert not page.exception
    assert "privacy_export" in page.session_state
    assert page.get("download_button")


def test_collected_data_cannot_be_taken_once_the_proof_is_old(
    admin: OneVisitor, clock: FakeClock, eve: Person
) -> None:
    admin.principal = replace(ADMIN, proved_at=clock.now())
    page = _chosen(eve)
    page.button(key="privacy_prepare").click().run()
    assert page.get("download_button")
    clock.advance(FRESH.total_seconds() + 1)
    page.run()
    assert not page.get("download_button")


def test_the_dialog_that_erases_shows_the_way_to_a_proof_instead_of_its_form(
    admin: OneVisitor, clock: FakeClock, eve: Person
) -> None:
    page = _chosen(eve)
    page.button(key="privacy_erase").click().run()
    assert _asked(page)
    assert not [field for field in page.text_input if "to confirm" in field.label]
    admin.principal = replace(ADMIN, proved_at=clock.now())
    page.button(key="privacy_erase").click().run()
    assert [field for field in page.text_input if "to confirm" in field.label]


def test_the_way_leads_back_to_the_dialog_and_never_elsewhere(eve: Person) -> None:
    page = _chosen(eve)
    page.button(key="privacy_erase").click().run()
    links = [html.body for html in page.html if 'class="fr-confirm"' in html.body]
    assert links
    assert 'href="/account/confirm?next=/' in links[0]
    assert f"open%3Derase_{eve.subject}" in links[0]
    assert 'target="_self"' in links[0]


def _back(what: str) -> AppTest:
    """The page as it is opened on the way back from the confirmation."""
    page = opened("privacy.py", open=what)
    assert not page.exception
    return page


def _erasing(page: AppTest) -> bool:
    return any("to confirm" in field.label for field in page.text_input)


def test_after_the_proof_the_dialog_is_open_again_once(
    admin: OneVisitor, clock: FakeClock, eve: Person
) -> None:
    admin.principal = replace(ADMIN, proved_at=clock.now())
    page = _back(f"erase_{eve.subject}")
    assert _erasing(page)
    assert page.selectbox(key="privacy_person_0").value == eve.subject
    assert "open" not in page.query_params
    page.run()
    assert not _erasing(page)
    assert page.selectbox(key="privacy_person_0").value == eve.subject


def test_after_the_proof_an_export_is_prepared(
    admin: OneVisitor, clock: FakeClock, eve: Person
) -> None:
    admin.principal = replace(ADMIN, proved_at=clock.now())
    page = _back(f"export_{eve.subject}")
    assert page.get("download_button")


@pytest.mark.parametrize("what", ["erase_{}", "export_{}", "erase_nobody", "<script>", ""])
def test_an_address_made_by_hand_opens_nothing_without_a_proof(eve: Person, what: str) -> None:
    page = _back(what.format(eve.subject))
    assert not _erasing(page)
    assert not page.get("download_button")
