"""The page People as a table: many are changed at once, from a file or by ticking them."""

import threading
import time
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.badges.printed import Printed
from face_rec.domain.people import Person
from face_rec.people.enrolment import Enrolment
from pages.ui.frame.identity import Right, permit
from pages.ui.frame.jobs import JOBS
from pages.ui.people.badges import JOB as BADGES
from pages.ui.people.list_work import JOB
from tests.fakes.access import OneVisitor
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words


def _somebody(role: Role) -> Principal:
    return Principal(PrincipalKind.USER, "u", "u", rights_of(role))


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        yield running


def _pressed(page: AppTest, opener: str, sure: str) -> AppTest:
    """A dialog's last button; here a run closes the dialog unless it is opened in it."""
    page.button(key=opener).click()
    page.button(key=sure).click()
    return page.run()


def _ended(page: AppTest) -> AppTest:
    deadline = time.monotonic() + 60
    while (job := JOBS.get(JOB)) is not None and job.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return page.run()


def _undo(page: AppTest) -> Button:
    job = JOBS.get(JOB)
    assert job is not None
    return page.button(key=f"people_list_undo_{job.number}")


def _table(page: AppTest) -> AppTest:
    return page.segmented_control(key="people_view").set_value("Table").run()


def test_what_a_list_has_done_until_it_was_stopped_is_told_and_taken_back(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        fake.add_person(number, f"Person {number}")
    fake.add_person(7, "Of this group already", group="7B")
    edit, at_it = Enrolment.edit, threading.Event()

    def stopped(self: Enrolment, person: Person) -> Person:
        job = JOBS.get(JOB)
        if job is not None and not at_it.is_set():
            at_it.set()
            job.stopped = True
        return edit(self, person)

    monkeypatch.setattr(Enrolment, "edit", stopped)
    page = _table(opened("people.py"))
    page.checkbox(key="people_every").set_value(True).run()
    page.button(key="people_group_set").click().run()
    page.selectbox(key="people_new_group").set_value("7B")
    page.button(key="people_group_set").click().run()
    page = _ended(_pressed(page, "people_group_set", "people_group_go"))
    assert "What was changed until then stays." in "".join(one.value for one in page.info)
    assert "changed: 1" in words(page).lower()
    assert [person.group for person in fake.people.all()].count("7B") == 2
    _undo(page).click().run()
    _ended(page)
    assert [person.group for person in fake.people.all()].count("7B") == 1


def test_all_found_get_a_group_at_once_and_it_is_taken_back(fake: FakeSystem) -> None:
    for number in range(3):
        fake.add_person(number, f"Person {number}")
    fake.add_person(7, "Of this group already", group="7B")
    page = _table(opened("people.py"))
    page.checkbox(key="people_every").set_value(True).run()
    page.button(key="people_group_set").click().run()
    page.selectbox(key="people_new_group").set_value("7B")
    page.button(key="people_group_set").click().run()
    page = _ended(_pressed(page, "people_group_set", "people_group_go"))
    assert {person.group for person in fake.people.all()} == {"7B"}
    assert "changed: 3" in words(page).lower()
    _undo(page).click().run()
    _ended(page)
    assert sorted(person.group for person in fake.people.all()) == ["", "", "", "7B"]


def test_a_file_says_what_it_would_change_and_then_does(fake: FakeSystem) -> None:
    fake.add_person(1, "Ann")
    page = opened("people.py")
    page.button(key="list_open").click().run()
    file = b"id,name,group\nE1,Ann Lee,7B\nE9,Cy,7B\nE9,Di,7B\n"
    page.file_uploader[0].upload("class.csv", file, "text/csv")
    page.button(key="list_open").click().run()
    assert "New: 1, changed: 1, as it was: 0, refused: 1" in str(
        [one.value for one in page.markdown]
    )
    assert "name: Ann → Ann Lee; group: – → 7B" in str(page.dataframe[-1].value)
    assert [person.name for person in fake.people.all()] == ["Ann"]
    _ended(_pressed(page, "list_open", "list_go"))
    assert sorted(person.name for person in fake.people.all()) == ["Ann Lee", "Cy"]


def test_only_what_was_shown_is_carried_out_and_once(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    page = opened("people.py")
    page.button(key="list_open").click().run()
    page.file_uploader[0].upload("class.csv", b"id,name\nE1,Ann Lee\n", "text/csv")
    page.button(key="list_open").click().run()
    fake.people.delete(ann.subject)  # the same press would register her anew
    page = _pressed(page, "list_open", "list_go")
    assert JOBS.get(JOB) is None
    assert "were changed since this was shown" in page.warning[-1].value
    assert list(fake.people.all()) == []
    page = _ended(_pressed(page, "list_open", "list_go"))
    assert [person.name for person in fake.people.all()] == ["Ann Lee"]
    page.button(key="list_open").click().run()
    page.file_uploader[0].upload("class.csv", b"id,name\nE1,Ann Lee\n", "text/csv")
    page.button(key="list_open").click().run()
    assert page.button(key="list_go").disabled  # the second of two clicks finds nothing to do


def test_a_second_list_is_told_to_wait_for_the_first(fake: FakeSystem) -> None:
    fake.add_person(1, "Ann")
    page = _table(opened("people.py"))
    page.checkbox(key="people_every").set_value(True).run()
    done = threading.Event()
    first = JOBS.start(JOB, "Of another tab", lambda _: done.wait(60), permit(Right.PEOPLE_WRITE))
    page.button(key="people_deactivate").click().run()
    page = _pressed(page, "people_deactivate", "people_active_go")
    done.set()
    assert "Another list is being carried out" in page.error[-1].value
    assert JOBS.get(JOB) is first
    assert all(person.active for person in fake.people.all())


def test_who_may_only_look_changes_nothing_with_the_page_still_open() -> None:
    visitor = OneVisitor(_somebody(Role.REGISTRAR))
    with FakeSystem(access=visitor).running() as fake:
        fake.add_person(1, "Ann")
        page = _table(opened("people.py"))
        page.checkbox(key="people_every").set_value(True).run()
        page.button(key="people_deactivate").click().run()
        visitor.principal = _somebody(Role.MANAGER)
        _pressed(page, "people_deactivate", "people_active_go")
        assert JOBS.get(JOB) is None
        assert all(person.active for person in fake.people.all())


def test_badges_are_printed_for_those_who_are_ticked_and_taken_back_one_by_one(
    fake: FakeSystem,
) -> None:
    ann = fake.add_person(1, "Ann").subject
    fake.add_person(2, "अदिति")
    page = _table(opened("people.py"))
    page.checkbox(key="people_every").set_value(True).run()
    page.button(key="people_badges").click().run()
    _pressed(page, "people_badges", "badges_go")
    report = _result(BADGES)
    assert len(report.of) == 2
    assert report.pdf.startswith(b"%PDF")
    assert report.without({ann}).pdf == b"", "of who is erased no file is left"
    profile = opened("people.py", person=ann)
    assert "The badge of" in words(profile)
    profile.button(key=f"badge_withdraw_{ann}").click().run()
    assert "No badge." in words(profile)
    assert fake.badges.badges.of(ann) is None


def _result(kind: str) -> Printed:
    job = JOBS.get(kind)
    assert job is not None
    assert job.ended.wait(60)
    assert isinstance(job.result, Printed), job.error
    return job.result
