"""The overview: today at a glance."""

from collections.abc import Iterator

import pytest

from face_rec.domain.errors import ArchiveAway
from tests.fakes.models import fake_models
from tests.fakes.options import live_options
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        yield running


def test_a_new_installation_says_what_to_do_first(fake: FakeSystem) -> None:
    fake.models.models = None
    page = opened("overview.py")
    assert "Three steps" in page.subheader[0].value
    assert [button.label for button in page.button][:1] == ["Install a model"]
    fake.models.models = fake_models()
    assert [button.label for button in page.run().button][:1] == ["Register a person"]


def test_the_time_zone_is_asked_for_until_somebody_has_decided() -> None:
    with FakeSystem(options=live_options()).running() as undecided:
        page = opened("overview.py")
        assert "In which time zone" in page.subheader[0].value
        page.selectbox(key="zone").set_value("America/New_York").run()
        assert "There it is 04:00" in words(page)
        page = page.button(key="use_zone").click().run()
        assert undecided.system.site.timezone.key == "America/New_York"
        assert "In which time zone" not in words(opened("overview.py"))


def test_the_counts_are_of_today_in_the_zone_of_the_site(fake: FakeSystem) -> None:
    ann, bob = fake.add_person(1, "Ann"), fake.add_person(2, "Bob")
    fake.mark(ann, minutes=5)
    fake.mark(ann, minutes=2)
    fake.mark(bob, minutes=9 * 60 + 30)  # 22:30 UTC the day before, 23:30 in Berlin
    page = opened("overview.py")
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown == {"In now": "1", "Came late": "0", "Not here yet": "1", "Absent": "0"}
    assert "2 people expected today · 1 came · 0 off or on leave" in words(page)


def test_the_latest_mark_stands_first(fake: FakeSystem) -> None:
    fake.mark(fake.add_person(1, "Ann"), minutes=5)
    fake.mark(fake.add_person(2, "Bob"), minutes=1)
    text = words(opened("overview.py"))
    assert text.index("Bob") < text.index("Ann")
    assert "08:59:00" in text


def test_a_name_is_never_taken_for_markup(fake: FakeSystem) -> None:
    fake.mark(fake.add_person(1, "<b>x</b>"), minutes=5)
    text = words(opened("overview.py"))
    assert "&lt;b&gt;x&lt;/b&gt;" in text
    assert "<b>x</b>" not in text


def test_the_marks_of_somebody_deleted_stay_without_a_name(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    fake.add_person(2, "Bob")
    fake.mark(ann, minutes=5)
    fake.people.delete(ann.subject)
    text = words(opened("overview.py"))
    assert "Deleted person" in text
    assert "Ann" not in text


@pytest.mark.parametrize(
    "file",
    [
        "overview.py",
        "people.py",
        "records.py",
        "reports.py",
        "settings.py",
        "models.py",
        "system.py",
    ],
)
def test_every_page_says_that_the_database_is_away_and_shows_no_traceback(
    fake: FakeSystem, file: str
) -> None:
    fake.add_person(1, "Ann")
    fake.available = False
    page = opened(file)
    assert not page.exception
    if file not in {"models.py", "system.py"}:
        assert "database does not answer" in page.error[0].value
    fake.available = True
    assert not page.run().error


def test_a_page_whose_old_days_cannot_be_read_says_so_and_does_not_blame_redis(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would ask Redis, which answers, and draw itself again without end."""

    def lengths(_: object) -> list[int]:
        raise ArchiveAway("The marks of 2024-01-01 have left Redis for the archive.")

    monkeypatch.setattr(fake.attendance, "lengths", lengths)
    page = opened("records.py")
    assert [error.value for error in page.error] == [
        "The marks of 2024-01-01 have left Redis for the archive."
    ]
