"""A ZIP's list of contents may be a bomb as well."""

import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest

from face_rec.domain.errors import ArchiveRefused
from face_rec.models.packs.model_files import unpack_models
from face_rec.models.packs.pack_downloads import silent
from face_rec.people.imports import photo_archive as people_archive
from face_rec.zip_directory import opened_zip


def _zip(entries: int) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for number in range(entries):
            file.writestr(f"{number}.onnx", b"")
    return io.BytesIO(stream.getvalue())


def _endless(entries: int = 1_000_000) -> io.BytesIO:
    """Some megabytes that list a million empty files, all of them the same one."""
    whole = _zip(1).getvalue()
    start = whole.index(b"PK\x01\x02")
    entry, end = whole[start : whole.index(b"PK\x05\x06")], whole[-22:]
    size = len(entry) * entries
    directory = end[:8] + b"\xff\xff\xff\xff" + size.to_bytes(4, "little") + end[16:]
    return io.BytesIO(whole[:start] + entry * entries + directory)


@pytest.mark.heavy
def test_an_endless_list_is_refused_before_it_is_read() -> None:
    with zipfile.ZipFile(_endless(10_000)) as believed:
        assert len(believed.infolist()) == 10_000  # a million would be made of the next one
    endless = _endless()
    tracemalloc.start()
    refused = pytest.raises(ArchiveRefused, match="more than 100,000 files")
    with refused, people_archive.opened(endless):
        pytest.fail("it was opened")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_the_same_for_models(tmp_path: Path) -> None:
    path = tmp_path / "models.zip"
    path.write_bytes(_endless().getvalue())
    with pytest.raises(ArchiveRefused, match="more than 500 files"):
        unpack_models(path, tmp_path, silent)


@pytest.mark.parametrize("comment", [b"", b"x" * 65_535], ids=["plain", "comment"])
def test_as_many_as_are_allowed_are_listed(comment: bytes) -> None:
    stream = _zip(500)
    with zipfile.ZipFile(stream, "a") as file:
        file.comment = comment
    with opened_zip(stream, 500) as found:
        assert len(found.infolist()) == 500
        assert found.read("7.onnx") == b""


@pytest.mark.parametrize("source", [io.BytesIO(b""), io.BytesIO(b"PK\x05\x06")], ids=["0", "4"])
def test_what_is_no_zip_is_left_to_zipfile(source: BinaryIO) -> None:
    with pytest.raises(zipfile.BadZipFile), opened_zip(source, 500):
        pytest.fail("it was opened")


def _with(name: str) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(zipfile.ZipInfo(name), b"x")
        file.writestr("7/a.jpg", b"x")
        file.writestr("det.onnx", b"x")
    return io.BytesIO(stream.getvalue())


@pytest.mark.parametrize("name", ["", "../a.jpg", "/a.jpg", "..\\a.jpg", "C:a.jpg"])
def test_a_path_that_leads_outside_is_refused_whatever_is_in_the_zip(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(ArchiveRefused, match="leads outside"), people_archive.opened(_with(name)):
        pytest.fail("it was opened")
    path = tmp_path / "models.zip"
    path.write_bytes(_with(name).getvalue())
    with pytest.raises(ArchiveRefused, match="leads outside"):
        unpack_models(path, tmp_path, silent)
