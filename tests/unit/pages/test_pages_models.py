"""The models and system pages."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.domain.health import HealthCheck
from face_rec.domain.kiosks.screens import StreamStats
from face_rec.people.change.plan import Alike, Looks, Progress, Tally, Trial
from face_rec.protocols import models as model_protocols
from pages.ui.frame.jobs import JOBS
from pages.ui.system.model_packs import JOB
from tests.fakes.access import AccountsOff, MemoryAudit, OneVisitor
from tests.fakes.models import FakeCalibration, fake_models
from tests.fakes.system import FakeStream, FakeSystem
from tests.unit.pages.pages_app import opened, words


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        yield running


def test_without_a_pack_all_are_offered_with_licence_size_and_accuracy(fake: FakeSystem) -> None:
    fake.models.models = None
    page = opened("models.py")
    text = words(page)
    assert [b.key for b in page.button if b.label == "Use this one"] == [
        "pull_opencv_zoo",
        "pull_buffalo_l",
        "pull_buffalo_sc",
    ]
    assert "288.6 MB" in text
    assert "LFW 99.83 %" in text
    assert "non-commercial research" in text
    assert text.index("use it free of charge") < text.index("only with a licence")


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


def test_a_download_that_is_stopped_ends_and_can_be_gone_on_with(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.models.models = None
    come, goes_on = threading.Event(), threading.Event()
    pull = fake.models.pull

    def slow(name: str, progress: model_protocols.Progress) -> None:
        progress(1, 4)
        come.set()
        goes_on.wait(30)
        progress(2, 4)
        pull(name, progress)

    monkeypatch.setattr(fake.models, "pull", slow)
    page = opened("models.py")
    page.button(key="pull_buffalo_sc").click().run()
    job = JOBS.get(JOB)
    assert job is not None
    assert come.wait(30)
    page.run().button(key="stop_models").click().run()
    goes_on.set()
    assert job.ended.wait(30)
    assert (job.done, fake.models.models) == (2, None)
    text = words(page.run())
    assert "was stopped" in text
    assert "goes on with it" in text
    monkeypatch.setattr(fake.models, "pull", pull)
    page.button(key="pull_buffalo_sc").click().run()
    again = JOBS.get(JOB)
    assert again is not None
    assert again.ended.wait(30)
    assert fake.models.models is not None


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
    assert "0.600 for 1 photo of people" in text
    assert "10,000 photos of people" in text


def test_a_gallery_larger_than_the_threshold_was_measured_for_is_told(fake: FakeSystem) -> None:
    fake.models.models = replace(fake_models(), calibration=FakeCalibration(largest_gallery=1))
    fake.add_person(1, "Ann")
    assert "was measured for up to" not in words(opened("models.py"))
    fake.add_person(2, "Bob")
    assert "2 photos of people are enrolled" in words(opened("models.py"))
    assert "was measured for up to 1." in words(opened("models.py"))


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
    assert list(table["state"]) == ["Live", "No picture for 42 s"]
    assert list(table["skipped"]) == [0.25, 0.0]


def test_entries_that_are_no_events_are_shown_when_asked(fake: FakeSystem) -> None:
    fake.attendance.broken[fake.clock.now().date()].append("{half an")
    page = opened("system.py")
    page.button(key="check_entries").click().run()
    assert "{half an" in page.code[0].value


# --- what the audit log says


@pytest.fixture
def log() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
def logged(log: MemoryAudit) -> Iterator[FakeSystem]:
    with FakeSystem(access=AccountsOff(log=log)).running() as running:
        yield running


def _pulled(fake: FakeSystem, name: str) -> None:
    page = opened("models.py")
    page.button(key=f"pull_{name}").click().run()
    job = JOBS.get(JOB)
    assert job is not None
    assert job.ended.wait(10)


def test_who_installed_a_pack_is_written_down_though_a_thread_did_it(
    logged: FakeSystem, log: MemoryAudit
) -> None:
    logged.models.models = None
    _pulled(logged, "buffalo_l")
    (entry,) = log.entries
    assert (entry.action, entry.target) == ("models.installed", "buffalo_l")
    assert (entry.who, entry.kind) == ("this computer", "local")


def test_a_pack_that_could_not_be_installed_is_not_said_to_be(
    logged: FakeSystem, log: MemoryAudit
) -> None:
    logged.models.models, logged.models.broken = None, True
    _pulled(logged, "buffalo_sc")
    assert log.entries == []


def test_a_change_of_the_pack_in_use_is_written_down(logged: FakeSystem, log: MemoryAudit) -> None:
    logged.models.models = replace(fake_models(), pack="buffalo_sc")
    logged.models.kept = ("buffalo_l",)
    page = opened("models.py")
    page.button(key="use_buffalo_l").click().run()
    page.button(key="use_buffalo_l").click()  # here a run closes the dialog otherwise
    page.button(key="use_confirmed").click().run()
    assert not page.exception
    (entry,) = log.entries
    assert (entry.action, entry.target) == ("models.used", "buffalo_l")
    assert (entry.before, entry.after) == ({"pack": "buffalo_sc"}, {"pack": "buffalo_l"})


# --- a change of the model


def _prepared(fake: FakeSystem) -> AppTest:
    """Ann and Bob are known to buffalo_sc, and a change to buffalo_l has begun."""
    fake.models.models = replace(fake_models(), pack="buffalo_sc")
    fake.models.kept = ("buffalo_l",)
    fake.models.recognisers = {"buffalo_l": "large"}
    fake.add_person(1, "Ann")
    fake.add_person(2, "Bob")
    page = opened("models.py")
    page.button(key="use_buffalo_l").click().run()
    page.button(key="use_buffalo_l").click()  # here a run closes the dialog otherwise
    return page.button(key="change_confirmed").click().run()


def _tried(fake: FakeSystem) -> None:
    plan = fake.changing.plan()
    assert plan is not None
    now, ann = fake.clock.now(), "subject1"
    tally = Tally(done=1, failed=1)
    fake.changing.note(Progress(plan.name, now, tally, complete=True))
    fake.changing.fail("subject2", {"0" * 32: "The photo is not there any more."})
    old, new = Looks(5, 1, 0, 0.38, 0.05), Looks(4, 1, 1, 0.42, 0.06)
    fake.changing.keep(
        Trial(plan.name, now, 2, 6, 0, old, new, 1, 0, (ann,), 0, 1,
              (Alike(ann, "subject2", 0.51),))
    )  # fmt: skip


def test_a_change_is_prepared_after_its_outlook_was_told(fake: FakeSystem) -> None:
    page = _prepared(fake)
    assert not page.exception
    plan = fake.changing.plan()
    assert plan is not None
    assert (plan.old.pack, plan.new.pack) == ("buffalo_sc", "buffalo_l")
    assert fake.models.status().pack == "buffalo_sc", "in use until somebody switches"
    text = words(opened("models.py"))
    assert "Change from buffalo_sc to buffalo_l" in text
    assert "Kiosks go on with the present pack" in text


def test_a_change_is_paused_and_goes_on(fake: FakeSystem) -> None:
    _prepared(fake)
    opened("models.py").button(key="change_pause").click().run()
    assert fake.changing.made is not None
    assert fake.changing.made.paused
    page = opened("models.py")
    assert "Paused" in words(page)
    page.button(key="change_resume").click().run()
    assert not fake.changing.made.paused


def test_the_comparison_says_who_would_be_named_differently_before_the_switch(
    fake: FakeSystem,
) -> None:
    _prepared(fake)
    assert "change_switch" not in [button.key for button in opened("models.py").button]
    _tried(fake)
    text = words(opened("models.py"))
    assert "| Named rightly | 5 | 4 |" in text
    assert "| Least score | 0.380 | 0.420 |" in text
    assert "1 of 2 people" in text
    assert "Named differently:** Ann (E1)" in text
    assert "Ann (E1) and Bob (E2): 0.51" in text
    assert "**Bob** (E2): The photo is not there any more." in text


def test_a_switch_is_made_confirmed_and_written_down_and_is_the_way_back_too(
    logged: FakeSystem, log: MemoryAudit
) -> None:
    _prepared(logged)
    _tried(logged)
    page = opened("models.py")
    for name, pack in (("switch", "buffalo_l"), ("back", "buffalo_sc")):
        page = opened("models.py")
        page.button(key=f"change_{name}").click().run()
        page.button(key="change_sure").click().run()
        assert not page.exception
        assert logged.models.status().pack == pack
    assert [(entry.action, entry.target) for entry in log.entries if entry.action != "site"] == [
        ("models.change.begun", "buffalo_l"),
        ("models.used", "buffalo_l"),
        ("models.used", "buffalo_sc"),
    ]


def test_a_change_ends_once_that_was_confirmed(fake: FakeSystem) -> None:
    _prepared(fake)
    page = opened("models.py")
    page.button(key="change_end").click().run()
    page.button(key="change_not").click().run()
    plan = fake.changing.plan()
    assert plan is not None
    assert not plan.dropped
    page.button(key="change_end").click().run()
    page.button(key="change_sure").click().run()
    plan = fake.changing.plan()
    assert plan is not None
    assert plan.dropped == "large"


def test_before_an_end_it_is_said_whose_templates_and_photos_stay(fake: FakeSystem) -> None:
    _prepared(fake)
    _tried(fake)
    page = opened("models.py")
    page.button(key="change_end").click().run()
    words = " ".join(one.value for one in page.markdown)
    assert "does not know keeps it, and the photos with it" in words
    assert "Photos that it could not use are removed" in words


def test_on_a_page_that_was_open_before_who_has_lost_the_right_switches_nothing() -> None:
    access = OneVisitor(Principal(PrincipalKind.USER, "a", "a", rights_of(Role.ADMIN)))
    with FakeSystem(access=access).running() as fake:
        _prepared(fake)
        _tried(fake)
        page = opened("models.py")
        page.button(key="change_switch").click().run()
        access.principal = Principal(PrincipalKind.USER, "a", "a", rights_of(Role.MANAGER))
        page.button(key="change_sure").click().run()
        assert fake.models.status().pack == "buffalo_sc"
        assert fake.system.change.switched() is None


def test_a_threshold_set_by_hand_is_said_to_be_of_the_model_in_use(fake: FakeSystem) -> None:
    fake.install(installation=replace(fake.system.installation, own_threshold=True))
    _prepared(fake)
    _tried(fake)
    assert "MATCH_THRESHOLD" in opened("models.py").warning[0].value
