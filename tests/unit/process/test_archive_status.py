"""What is said of an archive: how far behind it is, and what to do."""

from datetime import timedelta

import pytest

from face_rec.archive.archive_status import ArchiveStatus, archive_check
from face_rec.domain.health import HealthCheck
from tests.fakes.clock import MORNING


def _said(status: ArchiveStatus, seconds: float = 2.0) -> HealthCheck:
    return archive_check(lambda: status, lambda: MORNING + timedelta(seconds=seconds))()


def test_one_that_follows_is_no_worry() -> None:
    said = _said(ArchiveStatus(MORNING))
    assert (said.ok, said.warning, said.detail, said.advice) == (True, False, "2 s behind", "")
    assert not _said(ArchiveStatus()).warning
    assert _said(ArchiveStatus()).detail == "not complete yet"


@pytest.mark.parametrize(
    ("status", "seconds", "words"),
    [
        (ArchiveStatus(MORNING), 61.0, "look into the log of each app for archive_"),
        (ArchiveStatus(MORNING, problem="It is away."), 2.0, "is not archived yet stays"),
        (ArchiveStatus(MORNING, parted="Redis lacks 2."), 2.0, "archive verify"),
    ],
)
def test_what_somebody_should_look_at_is_a_warning_and_never_a_failure(
    status: ArchiveStatus, seconds: float, words: str
) -> None:
    said = _said(status, seconds)
    assert said.ok
    assert said.warning
    assert words in said.advice
