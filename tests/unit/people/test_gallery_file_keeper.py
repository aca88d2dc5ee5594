"""When the gallery's file is written anew, and when it is left."""

from collections.abc import Callable

import pytest

from face_rec.domain.people import Contract
from face_rec.people.gallery import gallery_file
from face_rec.people.gallery.gallery_file import FileKeeper
from face_rec.protocols.people_store import KeptGallery
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeModelSource, fake_models
from tests.fakes.people import FakePeople
from tests.samples import a_person, added


class Disk:
    """A ``GalleryFiles`` that counts what is asked of it."""

    def __init__(self) -> None:
        self.changes: int | None = None
        self.written = 0

    def read(self, contract: Contract) -> KeptGallery | None:
        return None

    def behind(self, contract: Contract) -> int | None:
        return self.changes

    def write(self, contract: Contract, stop: Callable[[], bool]) -> bool:
        self.written += 1
        return True

    def forget(self) -> None: ...


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def disk() -> Disk:
    return Disk()


def _keeper(disk: Disk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> FileKeeper:
    """Of three people, where three are many."""
    monkeypatch.setattr(gallery_file, "LEAST", 3)
    people = FakePeople()
    for number in range(3):
        added(people, a_person(str(number)))
    return FileKeeper(disk, people, FakeModelSource(fake_models()), clock)


def test_it_is_written_a_minute_after_a_start_and_then_after_many_changes(
    disk: Disk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = _keeper(disk, clock, monkeypatch)
    keeper.step()
    assert disk.written == 0, "a start has other things to do"
    clock.advance(60)
    keeper.step()
    assert disk.written == 1
    clock.advance(3600)
    disk.changes = gallery_file.ENOUGH - 1
    keeper.step()
    assert disk.written == 1
    disk.changes += 1
    keeper.step()
    assert disk.written == 2


def test_who_erases_many_has_it_written_once_in_ten_minutes(
    disk: Disk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = _keeper(disk, clock, monkeypatch)
    for _ in range(32):
        clock.advance(60)
        keeper.step()
    assert disk.written == 4


def test_a_small_site_has_none(
    disk: Disk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = _keeper(disk, clock, monkeypatch)
    monkeypatch.setattr(gallery_file, "LEAST", 4)
    clock.advance(600)
    keeper.step()
    assert disk.written == 0
