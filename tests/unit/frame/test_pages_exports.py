"""Files that leave the app: each is noted when it is taken, with who took it, and nobody is in it
who was erased, or has left the taker's groups, since its page was drawn."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from types import FunctionType, ModuleType

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from face_rec.access.audit.audit import Action
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Right, Role, rights_of
from face_rec.attendance.explore.question import By
from face_rec.domain.groups import only
from face_rec.domain.people import Person
from face_rec.facades.facade import Facade
from face_rec.facades.frame import FrameFacade
from face_rec.people.departures import Departures
from face_rec.privacy.retention_run import Periods
from pages.ui.frame.exports import STANDS, FileRefused, moment, noted
from pages.ui.frame.jobs import JOBS, MadeFile, Results
from pages.ui.reports import report_files
from tests.fakes.access import AccountsOff, MemoryAudit, OneVisitor
from tests.fakes.privacy import PrivacyOf
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened


@pytest.fixture
def log() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
def world(log: MemoryAudit) -> Iterator[PrivacyOf]:
    fake = FakeSystem(access=AccountsOff(log=log))
    world = PrivacyOf(fake, Periods())
    with fake.running():
        yield world


@pytest.fixture
def buttons(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What each download button would hand out; nobody can press one in these tests."""
    found: dict[str, Callable[[], bytes]] = {}

    def button(label: str, data: Callable[[], bytes], **_: object) -> None:
        found[label] = data

    monkeypatch.setattr(st, "download_button", button)
    return found


def test_personal_data_and_certificates_are_noted_when_they_are_taken(
    world: PrivacyOf, log: MemoryAudit, buttons: dict[str, Callable[[], bytes]]
) -> None:
    ada = world.fake.add_person(1, "Ada")
    page = opened("privacy.py")
    page.selectbox(key="privacy_person_0").select(ada.subject).run()
    page.button(key="privacy_prepare").click().run()
    assert buttons["Download ZIP"]().startswith(b"PK")
    page.button(key="privacy_erase").click().run()
    page.button(key="privacy_erase").click()  # here a run closes the dialog otherwise
    page.text_input(key="erase_typed").input(ada.id).run()
    page.button(key="privacy_erase").click()
    page.button(key="erase_sure").click().run()
    assert not page.exception
    assert buttons["Certificate (PDF)"]().startswith(b"%PDF")
    first, second = log.entries
    assert (first.action, first.target) == ("exported", f"personal data of {ada.id}")
    assert (second.action, second.who) == ("exported", "this computer")
    assert second.target.startswith("erasure-")
    assert second.target.endswith(".pdf")


# --- of a page that was open before

Opened = Callable[[PrivacyOf], AppTest]


def _people(_: PrivacyOf) -> AppTest:
    page = opened("people.py")
    return page.button_group(key="people_view").set_value("Table").run()


def _marks(world: PrivacyOf) -> AppTest:
    world.fake.mark(next(world.fake.people.all()), minutes=-1)
    return opened("records.py")


def _report(_: PrivacyOf) -> AppTest:
    return opened("reports.py")


def _explored(world: PrivacyOf) -> AppTest:
    world.fake.mark(next(world.fake.people.all()), minutes=-1)
    page = opened("explore.py", view="ready-marks-weekday")
    return next(one for one in page.selectbox if one.label == "By").select(By.PERSON).run()


def _audit(_: PrivacyOf) -> AppTest:
    FrameFacade.current().access.audit.record(Action.EXPORTED, "records")
    return opened("audit.py")


def _prepared(world: PrivacyOf) -> AppTest:
    page = opened("privacy.py")
    page.selectbox(key="privacy_person_0").select(next(world.fake.people.all()).subject).run()
    return page.button(key="privacy_prepare").click().run()


TABLES = [(_people, "CSV"), (_marks, "Download CSV"), (_report, "CSV"), (_explored, "CSV")]


@pytest.mark.parametrize(("opens", "label"), TABLES)
def test_an_open_page_hands_out_no_file_with_somebody_who_was_erased_since(
    world: PrivacyOf, buttons: dict[str, Callable[[], bytes]], opens: Opened, label: str
) -> None:
    fake = world.fake
    fake.clock.advance(-86400)
    ada, bob = fake.add_person(1, "Ada"), fake.add_person(2, "Bob")
    fake.clock.advance(86400)
    assert not opens(world).exception
    fake.mark(bob, minutes=-2)
    before = buttons[label]
    assert b"Bob" in before(), "as it is when it is taken"
    fake.people.delete(ada.subject)
    assert b"Ada" not in before()


@pytest.mark.parametrize(("opens", "label"), [*TABLES, (_report, "PDF"), (_audit, "Download CSV")])
def test_a_page_that_was_closed_keeps_no_table(
    world: PrivacyOf, buttons: dict[str, Callable[[], bytes]], opens: Opened, label: str
) -> None:
    """Streamlit keeps what its buttons were given for minutes, of up to 128 pages."""
    world.fake.add_person(1, "Ada")
    assert not opens(world).exception
    kept = list(_kept(buttons[label]))
    assert kept
    assert not [one for one in kept if isinstance(one, pd.DataFrame | np.ndarray | Person)]


def _kept(made: object) -> Iterator[object]:
    """What goes with a closure alone; an app's own parts outlive it."""
    if isinstance(made, Facade | ModuleType | type):
        return
    yield made
    if isinstance(made, FunctionType):
        parts = [cell.cell_contents for cell in made.__closure__ or ()]
    elif isinstance(made, partial):
        parts = [made.func, *made.args, *made.keywords.values()]
    elif isinstance(made, Mapping):
        parts = list(made.values())
    elif isinstance(made, list | tuple | set | frozenset):
        parts = list(made)
    elif is_dataclass(made):
        parts = [getattr(made, one.name) for one in fields(made)]
    else:
        return
    for part in parts:
        yield from _kept(part)


def test_of_a_prepared_export_nothing_is_handed_out_after_the_erasure(
    world: PrivacyOf, buttons: dict[str, Callable[[], bytes]]
) -> None:
    ada = world.fake.add_person(1, "Ada")
    assert not _prepared(world).exception
    before = buttons["Download ZIP"]
    assert before()
    world.fake.people.delete(ada.subject)
    with pytest.raises(FileRefused, match="Reload the page"):
        before()


def test_somebody_new_or_changed_bars_nobody_from_a_file(
    world: PrivacyOf, buttons: dict[str, Callable[[], bytes]]
) -> None:
    ada = world.fake.add_person(1, "Ada", "Day")
    _people(world)
    world.fake.add_person(2, "Bob")
    world.fake.people.update(replace(ada, group="Night"))
    assert b"Ada" in buttons["CSV"]()


@pytest.mark.parametrize("since", [None, STANDS])
def test_of_a_file_that_is_read_when_it_is_taken_nothing_is_asked(
    world: PrivacyOf, since: int | None
) -> None:
    bob = world.fake.add_person(2, "Bob")
    take = noted(Right.SYSTEM, "all", lambda: b"as it is now", since=since)
    world.fake.people.delete(bob.subject)
    assert take() == b"as it is now"


def test_of_whoever_is_erased_while_a_file_is_made_none_is_handed_out(world: PrivacyOf) -> None:
    bob = world.fake.add_person(2, "Bob")

    def make() -> bytes:
        world.fake.people.delete(bob.subject)
        return b"Bob"

    with pytest.raises(FileRefused, match="Reload the page"):
        noted(Right.SYSTEM, "all", make)()


def test_of_what_the_page_has_read_none_is_handed_out_after_an_erasure(world: PrivacyOf) -> None:
    bob = world.fake.add_person(2, "Bob")
    take = noted(Right.SYSTEM, "all", lambda: b"Bob", since=moment())
    world.fake.people.delete(bob.subject)
    with pytest.raises(FileRefused, match="Reload the page"):
        take()


def test_a_certificate_can_be_taken_though_somebody_else_was_erased_since(
    world: PrivacyOf, buttons: dict[str, Callable[[], bytes]]
) -> None:
    ada, bob = world.fake.add_person(1, "Ada"), world.fake.add_person(2, "Bob")
    page = opened("privacy.py")
    page.selectbox(key="privacy_person_0").select(ada.subject).run()
    page.button(key="privacy_erase").click().run()
    page.button(key="privacy_erase").click()
    page.text_input(key="erase_typed").input(ada.id).run()
    page.button(key="privacy_erase").click()
    page.button(key="erase_sure").click().run()
    world.fake.people.delete(bob.subject)
    assert b"Ada" in buttons["Certificate (TXT)"]()


def test_a_manager_takes_no_file_with_somebody_who_has_left_their_groups_since(
    log: MemoryAudit, buttons: dict[str, Callable[[], bytes]]
) -> None:
    visitor = OneVisitor(log=log)
    visitor.principal = Principal(
        PrincipalKind.USER, "max", "max", rights_of(Role.MANAGER), only("Day")
    )
    with FakeSystem(access=visitor).running() as fake:
        fake.clock.advance(-86400)
        ada, eve = fake.add_person(1, "Ada", "Day"), fake.add_person(2, "Eve", "Night")
        fake.clock.advance(86400)
        opened("reports.py")
        before = buttons["CSV"]
        fake.people.update(replace(eve, group="Board"))
        assert b"Ada" in before()
        fake.people.update(replace(ada, group="Board"))
        assert b"Ada" not in before()


def test_a_file_that_took_long_to_make_is_gone_with_whoever_is_erased(
    world: PrivacyOf, buttons: dict[str, Callable[[], bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies in memory until somebody closes it, and is offered to whoever asks for the same."""
    monkeypatch.setattr(report_files, "LONG", dict.fromkeys((".csv", ".xlsx", ".pdf"), 0))
    fake = world.fake
    fake.clock.advance(-86400)
    fake.add_person(1, "Ada")
    bob = fake.add_person(2, "Bob")
    fake.clock.advance(86400)
    page, results = opened("reports.py"), Results(JOBS, fake.people, Departures(fake.people))
    next(one for one in page.button if one.label == "Make CSV …").click().run()
    ((kind, job),) = [one for one in JOBS._jobs.items() if one[0].startswith("report.csv")]
    assert job.ended.wait(20)
    assert isinstance(job.result, MadeFile)
    results.step()
    page.run()
    before = buttons["Download CSV"]
    assert b"Bob" in before()
    fake.people.delete(bob.subject)
    with pytest.raises(FileRefused, match="Reload the page"):
        before()
    page.run()
    assert "Make CSV …" in [one.label for one in page.button]
    assert JOBS.get(kind) is None, "a page that is drawn again puts it away"
    JOBS._jobs[kind] = job
    results.step()
    assert JOBS.get(kind) is None, "and where nobody draws one, the process does"
