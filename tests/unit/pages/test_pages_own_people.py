"""Models, How well does it know us: the run, its figures, and its advice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import cv2
import pytest
from streamlit.testing.v1 import AppTest

from face_rec.domain.errors import PersonMissing, PictureError, PictureRefused
from face_rec.domain.faces import Box
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.pictures import key_of
from face_rec.domain.site.own_calibration import OwnCalibration
from face_rec.facades.admin import AdminFacade
from face_rec.models.scores.bounds import Rate
from face_rec.models.scores.own_people import PHOTOS
from face_rec.models.scores.own_report import (
    Basis,
    Check,
    Condition,
    CurvePoint,
    Finding,
    GroupRate,
    Histogram,
    Need,
    Operating,
    OwnReport,
)
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.system.own_people import JOB
from tests.fakes.clock import MORNING
from tests.fakes.models import blank_frame, colour_of, draw_face
from tests.fakes.system import FakeSystem
from tests.samples import an_event
from tests.unit.pages.pages_app import opened, words


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        yield running


def _operating(threshold: float | None, basis: Basis = Basis.MEASURED) -> Operating:
    if threshold is None:
        return Operating(0.005, None, Basis.NONE)
    rates = (Rate(15, 3200, 0.0026, 0.0049), Rate(1, 3200, 0, 0.002), Rate(12, 3200, 0.002, 0.006))
    return Operating(0.005, threshold, basis, *rates)


ADVICE = OwnCalibration(
    "fake",
    800,
    3200,
    3200,
    date(2026, 11, 26),
    ((2e-5, 0.28), (1.6e-6, 0.33), (1.6e-7, 0.38)),
    0.1,
)


def _report(
    advice: OwnCalibration | None = ADVICE,
    *,
    overridden: bool = False,
    check: Check | None = None,
    contract: str = "fake",
) -> OwnReport:
    enough = advice is not None
    condition = Condition(
        PHOTOS, 800, 3200 if enough else 400, 3200, _operating(0.35),
        (_operating(0.36 if enough else None), _operating(0.33 if enough else None)),
        _operating(0.38 if enough else None, Basis.TAIL),
        (CurvePoint(0.2, 0.1, 0.001), CurvePoint(0.3, 0.01, 0.01)),
        Histogram((0.0, 0.5, 1.0), (0.1, 0.9), (1.0, 0.0)), _operating(0.33 if enough else 0.35),
    )  # fmt: skip
    return OwnReport(
        date(2026, 11, 26), contract, 800, 3200, 0.35, 0.1, overridden, (condition,),
        check, advice,
    )  # fmt: skip


def _ended(fake: FakeSystem, report: OwnReport) -> AppTest:
    """The page after a run that found ``report``."""
    page = opened("models.py")
    page.button(key="own_measure").click().run()
    job = JOBS.get(JOB)
    assert isinstance(job, Job)
    assert job.ended.wait(20)
    job.error, job.result = "", report
    return page.run()


def test_a_run_says_how_many_searches_it_made_and_that_they_are_too_few(fake: FakeSystem) -> None:
    for number in range(4):
        fake.add_person(number, f"Person {number}", templates=2)
    assert fake.follower.wait(fake.people.revision(), 10)
    page = opened("models.py")
    page.button(key="own_measure").click().run()
    job = JOBS.get(JOB)
    assert job is not None
    assert job.ended.wait(20)
    text = words(page.run())
    assert not page.exception
    assert "8 searches without the right person, 8 with" in text
    assert "Insufficient data" in page.info[0].value
    assert "8 searches of strangers" in page.info[0].value
    assert not [button for button in page.button if button.key == "own_take"]


def test_nobody_to_measure_is_told(fake: FakeSystem) -> None:
    page = opened("models.py")
    page.button(key="own_measure").click().run()
    job = JOBS.get(JOB)
    assert job is not None
    assert job.ended.wait(20)
    assert "Register people first" in page.run().error[0].value


def test_the_advice_says_what_it_costs_and_is_put_in_force_and_taken_back(
    fake: FakeSystem,
) -> None:
    page = _ended(fake, _report())
    text = words(page)
    assert "a least score of **0.330** for 800 people (in use: 0.350)" in text
    assert "rising to **0.380** for 10 times as many" in text
    assert "could not be checked" in text
    page.button(key="own_take").click().run()
    assert not page.exception
    assert fake.options.current().calibrations == (ADVICE,)
    assert "This advice is in force." in [one.value for one in page.success]
    page.button(key="own_back").click().run()
    assert fake.options.current().calibrations == ()
    assert page.button(key="own_take")


def test_a_forecast_that_failed_is_said(fake: FakeSystem) -> None:
    wrong = Check(200, 600, 0.31, Rate(30, 2400, 0.0085, 0.0178))
    text = words(_ended(fake, _report(check=wrong)))
    assert "There 1.25% (0.85% to 1.78%) of strangers reach it" in text
    assert "does **not** hold" in text


def test_a_threshold_in_the_settings_leaves_nothing_to_take(fake: FakeSystem) -> None:
    page = _ended(fake, _report(overridden=True))
    assert any("MATCH_THRESHOLD" in one.value for one in page.warning)
    assert not [button for button in page.button if button.key == "own_take"]


def test_advice_for_another_model_cannot_be_taken(fake: FakeSystem) -> None:
    page = _ended(fake, _report(contract="other"))
    assert any("Another model is in use" in one.value for one in page.info)
    assert not [button for button in page.button if button.key == "own_take"]


# --- look after the gallery


def _found(fake: FakeSystem, *findings: Finding) -> AppTest:
    return _ended(fake, replace(_report(), findings=findings))


def test_whoever_needs_attention_is_named_with_what_to_do(fake: FakeSystem) -> None:
    ann, bob = fake.add_person(1, "Ann *A*"), fake.add_person(2, "Bob")
    page = _found(
        fake,
        Finding(Need.SAME, ann.subject, other=bob.subject, score=0.71, against=0.33),
        Finding(Need.STRANGE, bob.subject, score=0.05, against=0.3, place=3),
        Finding(Need.SINKING, ann.subject, before=0.6, score=0.4, against=0.33, count=30),
        Finding(Need.UNNAMED, ann.subject, count=6, of=11),
        Finding(Need.MISSED, bob.subject, count=9, of=13),
        Finding(Need.DOUBTED, ann.subject),
    )
    text = words(page)
    assert not page.exception
    assert "score 0.710; 0.330 names somebody" in text
    assert "photo 4: score 0.050 with their others, 0.300 expected" in text
    assert "from 0.600 to 0.400 over 30 days; 0.330 is needed" in text
    assert "6 of 11 visits in four weeks ended near their score without a name" in text
    assert "Do not lower the threshold" in text
    assert "9 of 13 marks by PIN" in text
    assert "checked since" in text, "their photos say nothing of a doubt any more"
    labels = [one.label for one in page.expander]
    assert "1 person may be registered twice" in labels
    assert "1 person whose visits end without a name" in labels
    assert "1 person whom the kiosks keep missing" in labels
    assert r"Ann \*A\* (E1)" in [button.label for button in page.button]


def test_where_visits_without_a_name_are_not_counted_it_is_said_how_to(fake: FakeSystem) -> None:
    assert "COUNT_MISSED switches it on" in words(_ended(fake, _report()))
    assert "COUNT_MISSED" not in words(_ended(fake, replace(_report(), counted=True)))


def test_whoever_was_erased_since_is_not_named(fake: FakeSystem) -> None:
    ann, bob = fake.add_person(1, "Ann"), fake.add_person(2, "Bob")
    page = _found(
        fake,
        Finding(Need.ALIKE, ann.subject, other=bob.subject, score=0.4, against=0.33),
        Finding(Need.STRANGE, bob.subject, score=0.05, against=0.3),
    )
    assert len([one for one in page.expander if "look alike" in one.label]) == 1
    fake.people.delete(bob.subject)
    text = words(page.run())
    assert "Bob" not in text
    assert "Nothing found" in text


def _pictured(
    fake: FakeSystem, number: int, subject: str, *said: EventKind, at: datetime = MORNING
) -> str:
    """The picture of a mark that showed ``number``, of which managers ``said`` this."""
    image = blank_frame()
    draw_face(image, Box(200, 120, 420, 340), colour_of(number))
    name = f"m1-{subject}"
    mark = replace(an_event(name, subject), at=at, snapshot=key_of(name, at, subject))
    fake.attendance.apply(mark, 0)
    for place, kind in enumerate(said or (EventKind.CONFIRM,)):
        later = at + timedelta(seconds=place)
        said_so = Event(f"c{place}-{subject}", subject, at, kind, Source.MANUAL, "", target=name,
                        author="Grace", recorded_at=later)  # fmt: skip
        fake.attendance.apply(said_so, 0)
    assert mark.snapshot is not None
    fake.snapshots.put(mark.snapshot, cv2.imencode(".jpg", image)[1].tobytes())
    return mark.snapshot


def _opened_dialog(fake: FakeSystem, finding: Finding) -> AppTest:
    page = _found(fake, finding)
    page.button(key=f"care_{finding.need}_0_add").click().run()
    page.button(key=f"care_{finding.need}_0_add").click()  # here a run closes the dialog otherwise
    return page


def test_a_photo_is_added_from_a_confirmed_mark_by_a_persons_click_only(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    fake.add_person(2, "Bob")
    assert fake.follower.wait(fake.people.revision(), 10)
    key = _pictured(fake, 1, ann.subject)
    page = _opened_dialog(fake, Finding(Need.FEW, ann.subject, count=1, picture=key))
    assert len(fake.people.templates(ann.subject)) == 1
    page.button(key="care_confirmed").click().run()
    assert not page.exception
    assert len(fake.people.templates(ann.subject)) == 2


def test_a_picture_of_somebody_else_is_not_added(fake: FakeSystem) -> None:
    ann, bob = fake.add_person(1, "Ann"), fake.add_person(2, "Bob")
    assert fake.follower.wait(fake.people.revision(), 10)
    with pytest.raises(PersonMissing):
        AdminFacade.current().add_from_mark(ann.subject, _pictured(fake, 2, bob.subject))
    with pytest.raises(PictureRefused):  # a mark that was confirmed and shows another face
        AdminFacade.current().add_from_mark(ann.subject, _pictured(fake, 2, ann.subject))
    assert len(fake.people.templates(ann.subject)) == 1


@pytest.mark.parametrize(
    "said",
    [
        (EventKind.CONFIRM, EventKind.VOID),
        (EventKind.CONFIRM, EventKind.DISPUTE),
        (EventKind.RETYPE,),
    ],
)
def test_a_mark_that_is_not_confirmed_any_more_gives_no_photo(
    fake: FakeSystem, said: tuple[EventKind, ...]
) -> None:
    ann = fake.add_person(1, "Ann")
    assert fake.follower.wait(fake.people.revision(), 10)
    key = _pictured(fake, 1, ann.subject, *said)
    page = _opened_dialog(fake, Finding(Need.FEW, ann.subject, count=1, picture=key))
    page.button(key="care_confirmed").click().run()
    assert "voided or disputed since" in " ".join(one.value for one in page.error)
    assert len(fake.people.templates(ann.subject)) == 1


def test_a_mark_is_found_wherever_the_day_changes(fake: FakeSystem) -> None:
    """At 00:30 in Berlin it is yesterday in UTC, which keys and lists go by."""
    ann = fake.add_person(1, "Ann")
    assert fake.follower.wait(fake.people.revision(), 10)
    at = datetime(2025, 3, 10, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    AdminFacade.current().add_from_mark(ann.subject, _pictured(fake, 1, ann.subject, at=at))
    assert len(fake.people.templates(ann.subject)) == 2


def test_a_picture_without_a_mark_gives_no_photo(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    with pytest.raises(PictureError, match="Nobody has confirmed"):
        AdminFacade.current().add_from_mark(ann.subject, key_of("never", MORNING, ann.subject))


# --- groups


def test_a_group_that_is_served_worse_is_warned_of_plainly(fake: FakeSystem) -> None:
    rates = (Rate(30, 500, 0.04, 0.085), Rate(2, 500, 0.0005, 0.014))
    groups = (
        GroupRate("Group", "night *shift*", 100, *rates, more_missed=True, more_mistaken=False),
        GroupRate("Group", "day", 100, *rates, more_missed=False, more_mistaken=False),
    )
    page = _ended(fake, replace(_report(), groups=groups))
    assert not page.exception
    (warning,) = [one.value for one in page.warning if "served worse" in one.value]
    assert warning.startswith(r"**Group night \*shift\*** is served worse")
    assert "missed clearly more often" in warning
