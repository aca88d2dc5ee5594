"""What pages keep of earlier runs belongs to the system, store and time zone that it came from."""

import base64
import gc
import sys
import weakref
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np
import pytest

from face_rec.assembly.page_facades import facades
from face_rec.attendance.reports.reports import Wanted
from face_rec.attendance.terms.filters import EVERYBODY
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.faces import Image
from face_rec.facades.attendance.overview import OverviewFacade
from face_rec.people.photos.portraits import data_uri
from pages.ui.overview.cards import today_of
from pages.ui.records.day_rows import table_of_days
from pages.ui.records.person_days import days_of
from pages.ui.records.records_table import table_of
from pages.ui.reports.report_files import made
from pages.ui.shared import photos
from pages.ui.shared.photos import KeptPictures, kept_of, photo
from tests.fakes.snapshots import MemorySnapshots
from tests.fakes.system import FakeSystem
from tests.redis_servers import wait_until

Question = Callable[[OverviewFacade, date], str]


@pytest.fixture
def one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every object that our code asks for its address lay where another one was."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("face_rec.", "pages.")):
            monkeypatch.setattr(module, "id", lambda _: 1, raising=False)


def facade_of(fake: FakeSystem) -> OverviewFacade:
    (found,) = (one for one in facades(fake.system) if isinstance(one, OverviewFacade))
    return found


def marked(fake: FakeSystem, name: str, minutes: float) -> FakeSystem:
    """``fake`` with one person, who came so many minutes ago."""
    fake.mark(fake.add_person(1, name), minutes)
    return fake


def _today(app: OverviewFacade, _: date) -> str:
    return str([(one.person.name, str(one.first)) for one in today_of(app, EVERYBODY).records()])


def _days(app: OverviewFacade, day: date) -> str:
    table = table_of_days(app, day, day, EVERYBODY)
    return str((table.rows["first"].tolist(), table.zone))


def _person(app: OverviewFacade, day: date) -> str:
    return str([str(one.first) for one in days_of(app, "subject1", day, day)])


def _marks(app: OverviewFacade, day: date) -> str:
    return str(table_of(app, day, day).to_csv())


def _report(app: OverviewFacade, day: date) -> str:
    report = made(app, Wanted("daily", day, day, EVERYBODY))
    return f"{report.about.zone} {report.frame.to_csv()}"


QUESTIONS = (_today, _days, _person, _marks, _report)


@pytest.mark.usefixtures("one_address")
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_system_at_the_address_of_another_gets_its_own_answers(question: Question) -> None:
    one = marked(FakeSystem(), "Ann", minutes=20)
    other = marked(FakeSystem(), "Bob", minutes=50)
    day = one.service.timesheets.today()
    assert question(facade_of(one), day) != question(facade_of(other), day)


@pytest.mark.usefixtures("one_address")
def test_a_picture_store_at_the_address_of_another_shows_its_own_pictures() -> None:
    shown = set()
    for shade in (10, 240):
        store = MemorySnapshots()
        store.put("one.jpg", _jpeg(np.full((200, 200, 3), shade, np.uint8)))
        shown.add(photo(store, "one.jpg"))
    assert len(shown) == 2
    assert None not in shown


def _jpeg(image: Image) -> bytes:
    return base64.b64decode(data_uri(image).partition(",")[2])


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_new_time_zone_gets_answers_of_its_own(question: Question) -> None:
    fake = marked(FakeSystem(), "Ann", minutes=20)
    app, day = facade_of(fake), fake.service.timesheets.today()
    in_berlin = question(app, day)
    fake.options.change({"timezone": "Asia/Kolkata"}, version=1)
    assert question(app, fake.service.timesheets.today()) != in_berlin


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_was_answered_is_given_again_until_something_changes(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = marked(FakeSystem(), "Ann", minutes=20)
    app, day = facade_of(fake), fake.service.timesheets.today()
    before = question(app, day)
    for name in ("table", "day", "person", "marks"):
        monkeypatch.setattr(Timesheets, name, _asked_again)
    assert question(app, day) == before


def _asked_again(*_: object) -> None:
    raise AssertionError("Nothing had changed.")


def test_of_a_question_only_the_newest_answer_is_kept() -> None:
    """With every mark there is another one: a day's tables lay there eight times."""
    fake = FakeSystem()
    ada = fake.add_person(1, "Ada")
    fake.mark(ada, 30)
    answers, day = fake.service.answers, fake.service.timesheets.today()
    before = weakref.ref(answers.of_days("any", day, day, (), set[str]))
    fake.mark(ada, 3)
    now = answers.of_days("any", day, day, (), set[str])
    gc.collect()
    assert before() is None
    assert answers.of_days("any", day, day, (), set[str]) is now


def test_nothing_is_kept_that_was_said_of_somebody_who_is_erased() -> None:
    fake = marked(FakeSystem(), "Ann", minutes=20)
    answers, day = fake.service.answers, fake.service.timesheets.today()
    of_ann = weakref.ref(answers.of_days("any", day, day, (), set[str]))
    gc.collect()
    assert of_ann() is not None
    fake.people.delete("subject1")
    answers.of_days("another", day, day, (), set[str])
    gc.collect()
    assert of_ann() is None


def _two_pictures() -> MemorySnapshots:
    store = MemorySnapshots()
    for name in ("gone.jpg", "stays.jpg"):
        store.put(name, _jpeg(np.full((200, 200, 3), 90, np.uint8)))
    return store


def test_a_picture_that_is_deleted_stands_in_no_memory() -> None:
    store = _two_pictures()
    shown = [photo(store, name, side) for name in store.jpegs for side in (32, 64)]
    assert all(shown)
    assert len(kept_of(store)) == 4
    store.delete("gone.jpg")
    assert len(kept_of(store)) == 2
    assert photo(store, "gone.jpg", 32) is None
    assert photo(store, "stays.jpg", 32)


def test_a_picture_that_is_deleted_while_a_page_reads_it_is_not_kept() -> None:
    kept = KeptPictures()

    def read() -> str:
        kept.forget("gone.jpg")
        return "data:"

    assert kept.get("gone.jpg", 8, True, read) == "data:"
    assert not len(kept)


def test_what_another_process_deletes_leaves_memory_although_nobody_asks_for_pictures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(photos, "EVERY", 0.02)
    monkeypatch.setattr(photos, "_kept", WeakKeyDictionary())
    monkeypatch.setattr(photos, "_sweeping", False)
    monkeypatch.setattr(photos, "KeptPictures", partial(KeptPictures, timedelta(milliseconds=50)))
    store = _two_pictures()
    assert photo(store, "gone.jpg")
    kept = kept_of(store)
    held = vars(vars(kept)["_found"])["_Cache__data"]  # its length is asked without expiring
    wait_until(lambda: not held)
