"""A short form of ``make soak``: it notices what grows."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.soak.held import ALLOWED, Held, seconds_of_marks
from tests.soak.run import Report
from tests.soak.trend import trend

TIMES = [5.0 * number for number in range(360)]


def noise(seed: int = 1) -> list[float]:
    return [float(one) for one in np.random.default_rng(seed).normal(400, 3, len(TIMES))]


def test_noise_is_no_growth() -> None:
    assert not trend(TIMES, noise()).exceeds(1.0)


def test_a_leak_is_found_under_the_noise() -> None:
    leaking = [value + 30 * at / TIMES[-1] for at, value in zip(TIMES, noise(), strict=True)]
    found = trend(TIMES, leaking)
    assert found.least < 30 < found.most
    assert found.exceeds(25.0)


def test_what_fills_up_at_first_is_no_growth() -> None:
    filled = [value + 200 * min(1.0, at / 300) for at, value in zip(TIMES, noise(), strict=True)]
    assert not trend(TIMES, filled).exceeds(1.0)


def test_a_few_peaks_say_nothing() -> None:
    peaks = [value + 500 * (number % 50 == 49) for number, value in enumerate(noise())]
    assert not trend(TIMES, peaks).exceeds(1.0)


def test_too_short_a_run_says_so_instead_of_something() -> None:
    with pytest.raises(ValueError, match="longer"):
        trend(TIMES[:8], noise()[:8])


@pytest.mark.parametrize("leaking", ALLOWED)
def test_a_report_names_what_grows(leaking: str) -> None:
    steady = {"memory": 400.0, "threads": 30, "files": 60, "connections": 12}
    samples = [
        Held(at, **(steady | {leaking: steady[leaking] + number}))  # type: ignore[arg-type]
        for number, at in enumerate(TIMES)
    ]
    report = Report(samples, marks=[0.01] * 100, by_cameras=1)
    assert [flaw.split()[0] for flaw in report.flaws] == [leaking]


def test_slow_marks_and_answers_that_fail_are_flaws() -> None:
    samples = [Held(at, 400, 30, 60, 12) for at in TIMES]
    report = Report(samples, marks=[0.01] * 90 + [0.5] * 10, failed=["/readyz answered 503"])
    slow, blind = "marks took 0.50 s (p99)", "no camera marked anybody"
    assert report.flaws == [slow, blind, "/readyz answered 503"]


def test_a_mark_that_waits_for_the_database_is_timed_as_well() -> None:
    outcomes = (("marked", 0.01), ("saved_here", 0.9), ("already", 0.001))
    lines = [f"mark outcome={name} event=e kiosk=k seconds={took:.3f}" for name, took in outcomes]
    app: Any = SimpleNamespace(logged=lambda: "\n".join(lines))
    assert seconds_of_marks(app) == [0.01, 0.9]
