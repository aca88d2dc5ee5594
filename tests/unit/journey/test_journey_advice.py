"""A slow machine tells its admin what to change."""

from dataclasses import replace

import pytest

from face_rec.domain.kiosks.screens import StreamStats
from face_rec.journey.streams.performance_advice import Machine, advice

FINE = StreamStats(900, 300, 600, 24.0, 9.0, time_to_mark=0.6, frame_age=0.05)
SLOW = replace(FINE, inference_rate=1.4, time_to_mark=3.2)
BUSY = Machine("buffalo_l", workers=2, cores=4, load=0.97)


def test_a_machine_that_keeps_up_is_told_nothing() -> None:
    assert advice({"door": FINE, "gate": FINE}, BUSY) == ()
    assert advice({}, BUSY) == ()


def test_what_is_slow_is_named_with_its_figures() -> None:
    symptom = advice({"door": FINE, "gate": SLOW}, BUSY)[0]
    assert "gate gets 1.4 looks a second" in symptom
    assert "took 3.2 s" in symptom


def test_everything_that_helps_is_said_and_nothing_that_does_not() -> None:
    words = " ".join(advice({"door": SLOW, "gate": FINE}, BUSY))
    assert "Set WORKERS to 4" in words
    assert "smaller pack buffalo_sc instead of buffalo_l" in words
    assert "fewer than 2 cameras" in words
    best = Machine("buffalo_sc", workers=4, cores=4, load=1.0)
    words = " ".join(advice({"door": SLOW}, best))
    assert "faster processor or a GPU" in words
    for useless in ("WORKERS", "smaller pack", "fewer"):
        assert useless not in words


def test_with_a_gpu_the_pack_is_not_to_blame() -> None:
    words = " ".join(advice({"door": SLOW}, replace(BUSY, accelerated=True)))
    assert "smaller pack" not in words


@pytest.mark.parametrize("field", [{"inference_rate": 2.9}, {"time_to_mark": 2.1}])
def test_too_few_looks_or_too_long_a_wait_is_each_enough(field: dict[str, float]) -> None:
    assert advice({"door": replace(FINE, **field)}, BUSY)  # type: ignore[arg-type]


def test_a_slow_camera_is_not_blamed_on_recognition() -> None:
    dark = replace(FINE, frame_rate=2.0, inference_rate=2.0)
    (only,) = advice({"door": dark, "gate": FINE}, replace(BUSY, load=0.3))
    assert only.startswith("door sends only 2.0 pictures a second")
    assert "WORKERS" not in only


def test_somebody_who_came_slowly_is_no_slow_machine() -> None:
    assert advice({"door": replace(FINE, time_to_mark=8.0)}, replace(BUSY, load=0.3)) == ()


@pytest.mark.parametrize(
    "stats",
    [replace(SLOW, frame_age=20.0), replace(SLOW, frame_age=None), replace(SLOW, inferred=3)],
)
def test_a_camera_that_is_off_or_has_just_begun_says_nothing(stats: StreamStats) -> None:
    assert advice({"door": stats}, BUSY) == ()
    assert advice({"door": stats}, replace(BUSY, load=0.1)) == ()
