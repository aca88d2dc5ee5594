"""A copy of one's own data, and one that the office makes: of who is erased nobody takes one."""

import gc
from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.domain.errors import NotAllowed
from face_rec.people.departures import Departures
from face_rec.privacy.retention_run import Periods
from pages.ui.frame.exports import FileRefused
from pages.ui.frame.jobs import JOBS, Results
from pages.ui.people.copies import COPIES, Copies, Copy
from tests.fakes.access import OneVisitor
from tests.fakes.privacy import PrivacyOf
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words

Taken = dict[str, Callable[[], bytes]]


@pytest.fixture
def world() -> Iterator[PrivacyOf]:
    access = OneVisitor()
    world = PrivacyOf(FakeSystem(access=access), Periods())
    with world.fake.running():
        ada = world.fake.add_person(1, "Ada")
        rights = rights_of(Role.PERSON)
        access.principal = Principal(PrincipalKind.PERSON, ada.subject, "Ada", rights)
        yield world


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Taken:
    """What each download button would hand out; nobody can press one in these tests."""
    found: Taken = {}

    def button(label: str, data: Callable[[], bytes], **_: object) -> None:
        found[label] = data

    monkeypatch.setattr(st, "download_button", button)
    return found


def _prepared() -> AppTest:
    return opened("my_attendance.py").button(key="own_copy_make").click().run()


def test_one_s_own_copy_is_taken_while_one_is_there_and_not_after_the_erasure(
    world: PrivacyOf, taken: Taken
) -> None:
    assert not _prepared().exception
    assert taken["Download"]().startswith(b"PK")
    world.fake.people.delete("subject1")
    with pytest.raises(FileRefused, match="Reload the page"):
        taken["Download"]()


def test_a_copy_that_nobody_takes_is_gone_from_memory_soon_after_the_erasure(
    world: PrivacyOf, taken: Taken
) -> None:
    page, people = _prepared(), world.fake.people
    following = Results(JOBS, people, Departures(people), COPIES)
    following.step()
    held: Copy = page.session_state["own_copy"]
    assert COPIES.named() == {"subject1"}
    people.delete("subject1")
    following.step()
    assert not held.there
    assert "Download" in taken
    again = COPIES.keep("subject1", b"made at that very moment")
    following.step()
    assert not again.there
    assert COPIES.named() == frozenset()


def test_an_erasure_that_ends_before_the_copy_does_leaves_none(
    world: PrivacyOf, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = world.fake.snapshots

    def erased(prefix: str) -> Iterator[str]:
        world.fake.people.delete("subject1")
        return iter(())

    monkeypatch.setattr(pictures, "keys", erased)
    page = _prepared()
    assert not page.exception
    assert "was erased while the file was made" in words(page) + str(page.error)
    assert "own_copy" not in page.session_state
    assert not taken


def test_a_copy_that_no_page_holds_any_more_is_held_by_nothing_else() -> None:
    copies = Copies()
    held = copies.keep("s1", b"all of it")
    assert copies.named() == {"s1"}
    del held
    gc.collect()
    assert copies.named() == frozenset()


def test_of_a_copy_that_was_dropped_nothing_is_left(world: PrivacyOf) -> None:
    one, other = COPIES.keep("subject1", b"hers"), COPIES.keep("s2", b"theirs")
    COPIES.drop({"s2"})
    assert one.take(world.fake.people) == b"hers"
    with pytest.raises(NotAllowed):
        other.take(world.fake.people)
