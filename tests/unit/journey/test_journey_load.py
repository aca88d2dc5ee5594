"""How busy the workers are: what the advice to a slow machine rests on."""

import pytest

from face_rec.journey.streams.workers import SPAN, Load


def test_threads_that_never_worked_are_idle() -> None:
    assert Load(2).share(100.0) == 0.0


def test_the_share_is_of_all_threads_and_of_the_last_seconds_only() -> None:
    load = Load(2)
    load.worked(0.0, 50.0)  # long ago
    load.worked(100.0 - SPAN, 100.0)  # one of the two, all the time
    assert load.share(100.0) == pytest.approx(0.5)
    assert load.share(100.0 + SPAN / 2) == pytest.approx(0.25)
    assert load.share(100.0 + SPAN) == 0.0


def test_work_that_began_before_counts_for_its_recent_part() -> None:
    load = Load(1)
    load.worked(0.0, 100.0)
    assert load.share(100.0) == 1.0
    assert load.share(100.0 + SPAN / 3) == pytest.approx(2 / 3)


def test_the_share_never_passes_one() -> None:
    load = Load(1)
    load.worked(90.0, 100.0)
    load.worked(90.0, 100.0)
    assert load.share(100.0) == 1.0
