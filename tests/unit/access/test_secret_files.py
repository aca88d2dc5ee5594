"""Files with secrets that others may read are remarked, by doctor and at the start."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from face_rec.web.ops.host_checks import open_to_others, remarks, secret_files_check

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")


@pytest.mark.parametrize(
    ("mode", "who"),
    [
        (0o600, ""), (0o400, ""), (0o640, "its group"), (0o660, "its group"),
        (0o644, "everybody on this machine"), (0o604, "everybody on this machine"),
        (0o622, "everybody on this machine"), (0o606, "everybody on this machine"),
    ],
)  # fmt: skip
def test_a_file_of_ones_own_is_for_oneself(tmp_path: Path, mode: int, who: str) -> None:
    path = tmp_path / ".env"
    path.touch()
    path.chmod(mode)
    assert open_to_others(path) == who


@pytest.mark.parametrize(("mode", "who"), [(0o640, ""), (0o660, "its group")])
def test_a_file_of_roots_may_be_read_through_the_group(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int, who: str
) -> None:
    path = tmp_path / "settings.env"
    path.touch()
    path.chmod(mode)
    monkeypatch.setattr(
        "face_rec.web.ops.host_checks.os",
        SimpleNamespace(name="posix", geteuid=lambda: path.stat().st_uid + 1),
    )
    assert open_to_others(path) == who


def test_what_is_open_is_named_with_what_to_do(tmp_path: Path) -> None:
    private, opened, missing = (tmp_path / name for name in ("a", "b", "c"))
    private.touch(mode=0o600)
    opened.touch()
    opened.chmod(0o644)
    paths = [private, opened, missing]
    assert list(remarks(paths)) == [
        f"{opened} holds secrets and is open to everybody on this machine. Run: chmod 600 {opened}"
    ]
    shown = secret_files_check(paths)()
    assert (shown.ok, shown.warning) == (True, True)
    opened.chmod(0o600)
    assert not secret_files_check(paths)().warning
