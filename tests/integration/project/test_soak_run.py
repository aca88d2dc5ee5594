"""A little of ``make soak``: the app can be watched while everything asks something of it."""

from pathlib import Path

import pytest

from tests.soak.run import Run


@pytest.mark.models
@pytest.mark.slow
def test_the_app_can_be_watched_while_eight_kiosks_are_busy(
    tmp_path: Path, thorough: bool
) -> None:
    if not thorough:
        pytest.skip("takes two minutes: make test-thorough")
    report = Run(tmp_path, 60, browser=False).report()
    assert report.failed == []
    assert report.marks
    assert report.by_cameras
    assert report.named > 0.8 * report.visits > 0
    assert report.read > 10
    assert report.samples[-1].memory > 100
