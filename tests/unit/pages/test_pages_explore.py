"""The page Explore: what is asked, views that are kept and shared, and who sees what of them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import THIS_COMPUTER, Principal
from face_rec.attendance.explore.question import By, Measure
from face_rec.attendance.explore.view import View
from face_rec.attendance.explore.views import MOST
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.errors import NotAllowed, ViewRefused
from face_rec.domain.groups import only
from pages.ui.frame import identity
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words

BOSS = View(
    "v1", "boss", "Nights", Measure.DAYS, By.GROUP, span="30 days",
    of_groups=frozenset({"Night", "Secret"}), shared=True, version=1,
)  # fmt: skip


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        running.clock.advance(-14 * 86400)
        people = [
            running.add_person(n, f"P{n}", g) for n, g in enumerate(("Day", "Night", "Secret"))
        ]
        running.clock.advance(14 * 86400)
        running.rules.put(Shift("default", "Office"))
        for person in people:
            running.mark(person, minutes=3 * 24 * 60 - 30)
        yield running


def as_manager(monkeypatch: pytest.MonkeyPatch, *groups: str) -> Principal:
    manager = replace(THIS_COMPUTER, id="mia", name="mia", groups=only(*groups))
    monkeypatch.setattr(identity, "THIS_COMPUTER", manager)
    return manager


def shown(page: AppTest) -> Any:  # noqa: ANN401 - a DataFrame
    assert not page.exception
    assert not [error.value for error in page.error]
    return page.dataframe[0].value


def box(page: AppTest, name: str) -> Any:  # noqa: ANN401 - a widget
    return next(one for one in (*page.selectbox, *page.multiselect) if one.label == name)


def test_without_people_the_page_says_what_comes_first() -> None:
    with FakeSystem().running():
        assert "Nothing to explore yet" in words(opened("explore.py"))


def test_the_table_answers_what_is_chosen(fake: FakeSystem) -> None:
    page = opened("explore.py")
    box(page, "Measure").set_value(Measure.MARKS).run()
    box(page, "By").set_value(By.GROUP).run()
    assert dict(shown(page).itertuples(index=False)) == {"Day": 1, "Night": 1, "Secret": 1}
    box(page, "Groups").set_value(["Night"]).run()
    assert dict(shown(page).itertuples(index=False)) == {"Night": 1}


def test_a_measure_without_a_kiosk_is_not_asked_by_kiosk(fake: FakeSystem) -> None:
    page = opened("explore.py")
    box(page, "Measure").set_value(Measure.ABSENCES).run()
    assert "Kiosk" not in box(page, "By").options
    assert shown(page) is not None


def test_a_view_is_saved_opened_by_a_link_and_removed(fake: FakeSystem) -> None:
    page = opened("explore.py")
    box(page, "Measure").set_value(Measure.HOURS).run()
    page.text_input(key="explore_title_0").set_value("  My   hours ")
    next(one for one in page.button if one.label == "Save").click().run()
    (kept,) = fake.views.all()
    assert (kept.title, kept.owner, kept.measure, kept.shared) == (
        "My hours", "local", "hours", False,
    )  # fmt: skip
    again = opened("explore.py", view=kept.id)
    assert box(again, "Measure").value is Measure.HOURS
    again.button(key="explore_remove").click().run()
    assert not fake.views.all()


def test_a_shared_view_shows_its_reader_their_own_groups_only(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.views.create(BOSS)
    as_manager(monkeypatch, "Night", "Day")
    page = opened("explore.py", view="v1")
    assert dict(shown(page).itertuples(index=False)) == {"Night": 1}
    assert "groups that you may not see" in words(page)
    assert "Secret" not in words(page) + str(box(page, "Groups").options)
    as_manager(monkeypatch, "Day")
    assert dict(shown(opened("explore.py", view="v1")).itertuples(index=False)) == {"Day": 1}


def test_a_view_of_somebody_else_opens_for_nobody_unless_it_is_shared(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.views.create(replace(BOSS, shared=False))
    as_manager(monkeypatch, "Night")
    page = opened("explore.py", view="v1")
    assert box(page, "Measure").value is Measure.PEOPLE
    assert not [one for one in box(page, "View").options if "Nights" in one]


def test_who_lost_the_right_sees_nothing_on_an_open_page(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened("explore.py")
    nobody = replace(THIS_COMPUTER, rights=frozenset())
    monkeypatch.setattr(identity, "THIS_COMPUTER", nobody)
    box(page, "Measure").set_value(Measure.HOURS).run()
    assert not page.dataframe


# --- the views themselves -----------------------------------------------------------------------


def test_views_go_with_the_account_they_belong_to(fake: FakeSystem) -> None:
    views = fake.system.views
    kept = views.save(replace(BOSS, id="", owner="mia"))
    assert [one.title for one in views.of("boss")] == ["Nights"]
    fake.ended.add("mia")
    assert not views.of("boss")
    assert fake.views.get(kept.id) is None


def test_a_view_of_the_same_name_takes_the_place_of_the_one_before(fake: FakeSystem) -> None:
    views = fake.system.views
    first = views.save(replace(BOSS, id="", owner="mia"))
    second = views.save(replace(BOSS, id="", owner="mia", title="NIGHTS", measure=Measure.LATE))
    assert (second.id, [one.measure for one in views.of("mia")]) == (first.id, ["late"])
    assert views.save(replace(BOSS, id="", owner="bob")).id != first.id


def test_only_its_owner_or_an_administrator_removes_a_view(fake: FakeSystem) -> None:
    views = fake.system.views
    kept = views.save(replace(BOSS, id="", owner="mia"))
    with pytest.raises(NotAllowed):
        views.remove(kept.id, "bob", anybodys=False)
    views.remove(kept.id, "bob", anybodys=True)
    own = views.save(replace(BOSS, id="", owner="mia", shared=False))
    with pytest.raises(NotAllowed):
        views.remove(own.id, "bob", anybodys=True)
    views.remove("gone", "bob", anybodys=False)


def test_what_cannot_be_kept_is_refused_in_words(fake: FakeSystem) -> None:
    views = fake.system.views
    for view, says in (
        (replace(BOSS, title=" "), "name"),
        (replace(BOSS, measure="absences", by="kiosk"), "cannot be asked"),
    ):
        with pytest.raises(ViewRefused, match=says):
            views.save(view)
    for number in range(MOST):
        fake.views.create(replace(BOSS, id=f"n{number}", title=f"t{number}"))
    with pytest.raises(ViewRefused, match=f"{MOST} views"):
        views.save(replace(BOSS, title="one more"))


def test_a_view_of_a_later_version_is_left_out(fake: FakeSystem) -> None:
    fake.views.create(replace(BOSS, measure="happiness"))
    assert not fake.system.views.of("boss")
