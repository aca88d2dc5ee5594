"""Files are whole, private and on the disk; folders are closed; whatever goes wrong."""

import os
import stat
from pathlib import Path

import pytest

from face_rec import files


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_replaced_by_a_private_one_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"old")
    path.chmod(0o644)
    files.write_durable(path, b"new")
    assert (path.read_bytes(), _mode(path)) == (b"new", 0o600)
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_fails_leaves_the_old_file_and_no_part_of_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write_durable(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_work_that_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(b"old")

    def half() -> None:
        with files.replacing(path) as out:
            out.write(b"half")
            raise KeyError("gone")

    with pytest.raises(KeyError):
        half()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("sync", [True, False])
def test_the_bytes_and_the_name_are_synced_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sync: bool
) -> None:
    synced = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(stat.S_ISDIR(os.fstat(file)[0])))
    files.write_durable(tmp_path / "a", b"x", sync=sync)
    assert synced == ([False, True] if sync else [])


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for taken in (pipe, Path(os.devnull)):
        with pytest.raises(FileExistsError):
            files.write_durable(taken, b"x")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_an_append_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    files.append_synced(path, b"one\n")
    write = os.write

    def full(file: int, content: bytes) -> int:
        if len(content) > 2:
            return write(file, bytes(content)[:2])
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        files.append_synced(path, b"two\n")
    assert (path.read_bytes(), _mode(path)) == (b"one\n", 0o600)


def test_a_new_file_does_not_overwrite_another(tmp_path: Path) -> None:
    files.write_synced(tmp_path / "key.pem", b"first")
    with pytest.raises(FileExistsError):
        files.write_synced(tmp_path / "key.pem", b"second")
    assert (tmp_path / "key.pem").read_bytes() == b"first"


def test_every_folder_on_the_way_is_closed_to_others(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        files.make_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(umask)
    files.make_folder(tmp_path / "a" / "b" / "c")
    for folder in ("a", "a/b", "a/b/c"):
        assert _mode(tmp_path / folder) == 0o700


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with pytest.raises(FileExistsError):
        files.make_folder(tmp_path / "a")
    with pytest.raises(NotADirectoryError):
        files.make_folder(tmp_path / "a" / "b")


def test_what_was_opened_to_others_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("x")
    path.chmod(0o644)
    files.close_to_others(path)
    assert _mode(path) == 0o600


def test_one_holder_at_a_time_and_many_that_share(tmp_path: Path) -> None:
    first, second = (files.open_lock(tmp_path / "lock") for _ in range(2))
    assert files.lock(first, shared=True)
    assert files.lock(second, shared=True)
    assert not files.lock(second)
    os.close(first)
    assert files.lock(second)
    os.close(second)
