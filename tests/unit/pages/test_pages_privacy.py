"""The privacy page: consent, export, erasure, retention and the chain."""

from collections.abc import Iterator
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.domain.people import Person
from face_rec.privacy.retention_run import Periods
from face_rec.stores.verify.chain_report import Finding, Flaw, Report, WitnessStatus
from pages.ui.frame.jobs import JOBS
from tests.fakes.clock import MORNING
from tests.fakes.privacy import PrivacyOf
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words


@pytest.fixture
def world() -> Iterator[PrivacyOf]:
    fake = FakeSystem()
    world = PrivacyOf(fake, Periods(snapshots=30))
    with fake.running():
        yield world


@pytest.fixture
def ada(world: PrivacyOf) -> Person:
    return world.fake.add_person(1, "Ada")


def chosen(person: Person) -> AppTest:
    page = opened("privacy.py")
    page.selectbox(key="privacy_person_0").select(person.subject).run()
    assert not page.exception
    return page


def test_the_page_says_what_is_kept_and_when_it_was_last_looked_at(world: PrivacyOf) -> None:
    text = words(opened("privacy.py"))
    assert "removed after 30 days" in text
    assert "kept until deleted" in text
    assert "not encrypted" in text
    page = opened("privacy.py")
    page.button(key="retention_run").click().run()
    assert "10 Mar 2025" in words(page)
    assert len(world.runs.saved) == 1


def test_consent_is_withdrawn_and_given_again(world: PrivacyOf, ada: Person) -> None:
    page = chosen(ada)
    page.button(key="privacy_withdraw").click().run()
    stored = world.fake.people.get(ada.subject)
    assert stored is not None
    assert not stored.matchable
    assert "this person is not recognised" in page.warning[0].value
    assert page.button(key="privacy_give").disabled
    page.checkbox(key=f"agree_{ada.subject}").check().run()
    page.button(key="privacy_give").click().run()
    stored = world.fake.people.get(ada.subject)
    assert stored is not None
    assert stored.matchable


def test_an_export_is_made_when_asked_and_can_be_downloaded(world: PrivacyOf, ada: Person) -> None:
    page = chosen(ada)
    assert not page.get("download_button")
    page.button(key="privacy_prepare").click().run()
    assert not page.exception
    assert len(page.get("download_button")) == 1
    assert [what for what, _, _ in world.notes] == ["exported"]


def test_erasing_needs_the_id_and_hands_out_a_certificate(world: PrivacyOf, ada: Person) -> None:
    page = chosen(ada)
    page.button(key="privacy_erase").click().run()
    assert page.button(key="erase_sure").disabled
    page.button(key="privacy_erase").click()  # here a run closes the dialog otherwise
    page.text_input(key="erase_typed").input(ada.id).run()
    page.button(key="privacy_erase").click()
    page.button(key="erase_sure").click().run()
    assert not page.exception
    assert world.fake.people.get(ada.subject) is None
    assert "Ada is erased" in page.success[0].value
    assert len(page.get("download_button")) == 3
    assert page.selectbox(key="privacy_person_1").value is None


def test_the_witness_and_its_trouble_are_shown(world: PrivacyOf) -> None:
    world.chain.state = WitnessStatus(MORNING, "disk full", "marks of a day differ", ("S3",))
    page = opened("privacy.py")
    assert "10 Mar 2025, 09:00" in words(page)
    assert "marks of a day differ" in page.error[0].value
    assert "disk full" in page.warning[0].value


def test_what_the_daily_check_found_is_shown(world: PrivacyOf) -> None:
    assert "some minutes after the start" in words(opened("privacy.py"))
    world.chain.report = Report(findings=(Finding("people", Flaw.EDITED, "Exchanged."),))
    world.fake.system.daily_check.check()
    page = opened("privacy.py")
    assert "people: edited. Exchanged." in page.error[0].value


def _checked() -> AppTest:
    page = opened("privacy.py")
    page.button(key="verify").click().run()
    job = JOBS.get("verify")
    assert job is not None
    assert job.ended.wait(10)
    return page.run()


def test_a_whole_chain_is_said(world: PrivacyOf) -> None:
    assert "The chain holds" in _checked().success[0].value


def test_a_broken_chain_names_the_first_bad_entry(world: PrivacyOf) -> None:
    day = date(2025, 3, 10)
    bad = Finding(day, Flaw.EDITED, "Its content does not fit its link.", 3, "e3")
    world.chain.report = Report(findings=(Finding(day, Flaw.CUT, "1 is missing."), bad))
    shown = _checked().error[0].value
    assert "entry 3" in shown
    assert "edited" in shown
