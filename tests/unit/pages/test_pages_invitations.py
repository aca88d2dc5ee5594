"""The page Invitations: who is invited, what came in, links on paper."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.domain.people import Person
from face_rec.domain.site.self_enrolment import SelfEnrolling
from face_rec.invitations import sheet
from face_rec.invitations.invitation import Invitation, SelfEnrolment, Standing
from face_rec.invitations.invitation_records import Typed
from face_rec.invitations.sheet import Slip
from pages.ui.frame.jobs import JOBS
from pages.ui.invitations.inviting import JOB
from tests.fakes.enrolment import painted
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words

PAGE = "invitations.py"


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        running.options.decide("self_enrolment", SelfEnrolling.ASK.value)
        yield running


def _ended(page: AppTest) -> AppTest:
    deadline = time.monotonic() + 60
    while (job := JOBS.get(JOB)) is not None and job.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return page.run()


def _came_in(fake: FakeSystem, person: Person | None, alike: tuple[str, ...] = ()) -> str:
    """The name of a registration that waits; of nobody listed it came by a poster."""
    records, now = fake.system.invitations.service.records, fake.clock.now()
    number = len(records.invitations.all())
    invitation = Invitation(
        f"i{number}", person.subject if person else "", "boss", now, now + timedelta(days=1),
        standing=Standing.WAITING if person else Standing.OPEN,
    )  # fmt: skip
    records.invitations.create(invitation)
    name = f"e{number}"
    typed = "" if person else records.seal_typed(name, Typed("N1", "Nina"))
    one = SelfEnrolment(
        name, invitation.id, invitation.subject, now, "Ich stimme zu.", "3", "de", now,
        typed=typed, group="7B", alike=alike,
    )  # fmt: skip
    records.keep(one, [fake.system.enrolment.check(painted(3 * number))])
    return name


def test_nobody_can_do_anything_there_while_it_is_switched_off(fake: FakeSystem) -> None:
    fake.options.decide("self_enrolment", "")
    page = opened(PAGE)
    assert not page.exception
    assert "switch it on under Settings" in words(page)
    assert "invite_open" not in {button.key for button in page.button}


def test_whom_the_table_of_people_hands_over_is_invited_and_listed(fake: FakeSystem) -> None:
    for number in range(3):
        fake.add_person(number, f"Person {number}", templates=0)
    page = opened("people.py")
    page.segmented_control(key="people_view").set_value("Table").run()
    page.checkbox(key="people_every").check().run()
    page.button(key="people_invite").click().run()
    assert not page.exception
    assert page.number_input(key="invite_days").value == 14
    page, subjects = opened(PAGE), [one.subject for one in fake.people.everybody().people]
    for press in (False, True):  # here a run closes the dialog unless it is opened in it
        page.session_state["_chosen_people"] = subjects
        if press:
            page.button(key="invite_go").click()
        page.run()
    page = _ended(opened(PAGE))
    assert "3 people; 0 by mail" in words(page)
    page.pills(key="invitations_view").set_value("invited").run()
    assert not page.exception
    assert "3 people invited. Open: 3." in words(page)
    assert list(page.dataframe[0].value["Name"]) == ["Person 0", "Person 1", "Person 2"]


def test_the_office_approves_one_after_another_and_says_why_it_refuses(fake: FakeSystem) -> None:
    ada, eve = fake.add_person(1, "Ada", templates=0), fake.add_person(2, "Eve")
    first = _came_in(fake, ada, (eve.subject,))
    second, third = _came_in(fake, None), _came_in(fake, fake.add_person(4, "Di", templates=0))
    people = opened("people.py")
    assert any("3 people have registered on their phone" in one.value for one in people.info)
    page = opened(PAGE)
    assert not page.exception
    assert "This face is already registered" in words(page) + "".join(e.value for e in page.error)
    assert page.button(key=f"enrol_yes_{first}").disabled, "somebody has this face: why not them?"
    page.text_input(key=f"enrol_reason_{first}").set_value("twins").run()
    page.button(key=f"enrol_yes_{first}").click().run()
    page.text_input(key=f"enrol_name_{second}").set_value("Nina N.").run()
    page.button(key=f"enrol_yes_{second}").click().run()
    page.button(key=f"enrol_no_{third}").click().run()
    assert any("Say why" in error.value for error in page.error)
    page.text_input(key=f"enrol_why_{third}").set_value("another face").run()
    page.button(key=f"enrol_no_{third}").click().run()
    assert "Nobody waits" in words(page)
    now, nina = fake.people.get(ada.subject), fake.people.by_id("N1")
    assert now is not None and now.consent is not None and len(now.templates) == 1  # noqa: PT018
    assert now.consent.text == "Ich stimme zu."
    assert nina is not None
    assert (nina.name, nina.group, len(nina.templates)) == ("Nina N.", "7B", 1)
    page.pills(key="invitations_view").set_value("invited").run()
    states = dict(zip(*(page.dataframe[0].value[name] for name in ("Name", "State")), strict=True))
    assert states == {"Ada": "Registered", "Di": "Refused"}


def test_an_id_that_is_somebody_s_is_shown_before_anything_is_approved(fake: FakeSystem) -> None:
    ada = fake.add_person(1, "Ada", templates=0)
    name = _came_in(fake, None)
    page = opened(PAGE)
    page.text_input(key=f"enrol_id_{name}").set_value(ada.id)
    page.button(key=f"enrol_yes_{name}").click().run()  # a field is left by pressing the button
    assert not page.exception
    assert "This ID is of somebody who is listed" in "".join(one.value for one in page.info)
    assert fake.people.templates(ada.subject) == []
    page.button(key=f"enrol_yes_{name}{ada.subject}").click().run()
    assert len(fake.people.templates(ada.subject)) == 1


def test_a_poster_is_made_shown_and_revoked(fake: FakeSystem) -> None:
    page = opened(PAGE)
    page.pills(key="invitations_view").set_value("posters").run()
    page.text_input[0].set_value("7B")
    next(one for one in page.button if one.label == "Make a poster").click().run()
    (made,) = fake.system.invitations.service.records.invitations.all()
    assert (made.group, made.most) == ("7B", 30)
    assert f"/enrol/token-{made.id}" in page.code[0].value
    page.button(key=f"poster_revoke_{made.id}").click().run()
    assert not page.exception
    assert not page.code


def test_links_on_paper_and_in_a_table_hold_names_of_any_script_and_no_formula() -> None:
    slips = [
        Slip("=cmd()", "7", "1a", "a@b.org", f"https://example.org/enrol/{'x' * 140}", "Once"),
        Slip("محمد 王", "8", "", "", "https://door.example.org/enrol/" + "y" * 140, "Once"),
    ] * 12
    pdf = sheet.sheet("School", slips, ("Open this link.",))
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") == 3
    text = sheet.table(slips).decode("utf-8-sig")
    assert "'=cmd()" in text
    assert "محمد 王" in text
    assert sheet.poster("School", "1a", slips[0].link, ("Scan",)).startswith(b"%PDF")
