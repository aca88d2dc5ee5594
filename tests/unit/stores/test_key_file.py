"""The generated key of the chain: private, made once, rotated without losing the old one."""

import stat
import threading
from pathlib import Path

import pytest

from face_rec.domain.errors import StoreError
from face_rec.stores.chain import key_file


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "chain"
    made = key_file.load_or_make(path)
    assert key_file.load_or_make(path) == made
    assert len(made) == 1
    assert len(made[0]) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_key_that_others_may_read_is_closed_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "chain"
    made = key_file.load_or_make(path)
    path.chmod(0o644)
    assert key_file.load_or_make(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_rotation_puts_a_new_key_before_the_old_ones(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "chain"
    first = key_file.load_or_make(path)
    second = key_file.rotate(path)
    assert second[1:] == first
    assert key_file.load_or_make(path) == second
    assert key_file.rotate(path)[1:] == second


def test_many_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    found: set[tuple[str, ...]] = set()
    path = tmp_path / "keys" / "chain"
    threads = [
        threading.Thread(target=lambda: found.add(key_file.load_or_make(path))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


def test_rotations_at_the_same_moment_lose_no_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "chain"
    first = key_file.load_or_make(path)
    newest: list[str] = []
    start = threading.Barrier(8)

    def rotate() -> None:
        start.wait()
        newest.append(key_file.rotate(path)[0])

    threads = [threading.Thread(target=rotate) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(key_file.load_or_make(path)) == {*first, *newest}


def test_an_emptied_key_file_is_not_taken_for_a_first_start(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "chain"
    key_file.load_or_make(path)
    path.write_text("")
    with pytest.raises(StoreError, match="Restore it"):
        key_file.load_or_make(path)
    assert path.read_text() == ""
