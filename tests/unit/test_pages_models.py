"""The models and system pages."""

from collections.abc import Iterator

import pytest

from face_rec.entities import HealthCheck, StreamStats
from pages.ui.jobs import JOBS
from pages.ui.model_packs import JOB
from tests.fakes.models import fake_models
from tests.fakes.system import FakeStream, FakeSystem
from tests.unit.pages_app import opened, words


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        yield running
    JOBS.forget(JOB)


def test_without_a_pack_both_are_offered_with_licence_size_and_accuracy(fake: FakeSystem) -> None:
    fake.models.models = None
    page = opened("models.py")
    text = words(page)
    assert [b.key for b in page.button if b.label == "Download"] == [
        "pull_buffalo_l",
        "pull_buffalo_sc",
    ]
    assert "288.6 MB" in text
    assert "LFW 99.83 %" in text
    assert "non-commercial research" in text


def test_a_download_installs_the_pack(fake: FakeSystem) -> None:
    fake.models.models = None
    page = opened("models.py")
    page.button(key="pull_buffalo_l").click().run()
    job = JOBS.get(JOB)
    assert job is not None
    assert job.ended.wait(10)
    page.run()
    assert "done" in page.success[0].value
    assert "buffalo_l" in words(page)


def test_a_broken_download_says_why(fake: FakeSystem) -> None:
    fake.models.models, fake.models.broken = None, True
    page = opened("models.py")
    page.button(key="pull_buffalo_sc").click().run()
    job = JOBS.get(JOB)
    assert job is not None
    assert job.ended.wait(10)
    assert "The download was cut" in page.run().error[0].value
    assert not page.button(key="pull_buffalo_sc").disabled


def test_the_threshold_in_force_is_told(fake: FakeSystem) -> None:
    fake.models.models = fake_models()
    fake.add_person(1, "Ann")
    text = words(opened("models.py"))
    assert "0.600 for 1 person" in text
    assert "10,000 people" in text


def test_health_checks_come_with_advice(fake: FakeSystem) -> None:
    fake.checks[:] = [HealthCheck("redis", ok=False, detail="does not answer", advice="Start it.")]
    text = words(opened("system.py"))
    assert "Attendance cannot be taken" in text
    assert "Does not answer. Start it." in text


def test_a_camera_without_pictures_is_told_from_a_live_one(fake: FakeSystem) -> None:
    fake.engine.running = [
        FakeStream("door", StreamStats(frames=100, dropped=25, frame_age=0.1)),
        FakeStream("gate", StreamStats(frames=10, frame_age=42.0)),
    ]
    table = opened("system.py").dataframe[0].value
    assert list(table["State"]) == ["Live", "No picture for 42 s"]
    assert list(table["Skipped"]) == [0.25, 0.0]


def test_entries_that_are_no_events_are_shown_when_asked(fake: FakeSystem) -> None:
    fake.attendance.broken[fake.clock.now().date()].append("{half an")
    page = opened("system.py")
    page.button(key="check_entries").click().run()
    assert "{half an" in page.code[0].value
