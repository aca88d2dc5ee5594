"""pre-commit refuses what it says it refuses, with the tools of the virtual environment alone."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from config import ROOT

CONFIG = ROOT / ".pre-commit-config.yaml"
VENV = ROOT / ".venv"

BAD = {
    "ruff": ("bad.py", b"import os\n"),
    "ruff-format": ("bad.py", b"x = [1,\n2]\n"),
    "codespell": ("bad.md", b"It was " + b"rec" + b"ieved.\n"),
    "trailing-whitespace": ("bad.md", b"A line. \n"),
    "end-of-file": ("bad.md", b"A line."),
    "line-endings": ("bad.md", b"A line.\r\n"),
    "merge-conflicts": ("bad.md", b"<" * 7 + b" HEAD\n"),
    "private-keys": ("bad.pem", b"-----BEGIN RSA " + b"PRIVATE KEY-----\n"),
    "large-files": ("bad.bin", b"\0" * 1_100_000),
    "weights": ("face.onnx", b"\0"),
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with nothing but the hooks, their settings and their tools."""
    if not (VENV / "bin" / "pre-commit").exists():
        pytest.skip("no .venv with the test tools here: make test makes one")
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in (CONFIG.name, "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(VENV.resolve())
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    return folder


def _asked(checkout: Path, hook: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The hook's answer to what is staged."""
    subprocess.run(["git", "add", "--", "."], cwd=checkout, check=True)
    return subprocess.run(
        [VENV / "bin" / "pre-commit", "run", hook],
        cwd=checkout,
        env={"PRE_COMMIT_HOME": str(checkout.parent), "PATH": "/usr/bin:/bin"} | more,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.heavy
@pytest.mark.parametrize("hook", sorted(BAD))
def test_a_commit_with_something_wrong_is_refused(checkout: Path, hook: str) -> None:
    name, content = BAD[hook]
    (checkout / ".gitignore").write_text(".venv\n", "utf-8")
    (checkout / name).write_bytes(content)
    answer = _asked(checkout, hook)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "Failed" in answer.stdout


@pytest.mark.heavy
@pytest.mark.parametrize("hook", sorted(BAD))
def test_a_commit_with_nothing_wrong_passes(checkout: Path, hook: str) -> None:
    (checkout / ".gitignore").write_text(".venv\n", "utf-8")
    (checkout / "good.py").write_text('"""A line."""\n', "utf-8")
    assert _asked(checkout, hook).returncode == 0


@pytest.mark.heavy
def test_all_that_is_committed_passes(checkout: Path) -> None:
    """As CI asks; make test asks for types itself."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("no checkout of Git here")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, checkout / name)
    answer = _asked(checkout, "--all-files", SKIP="mypy")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_hook_is_tried_here_and_fetches_nothing() -> None:
    (repository,) = yaml.safe_load(CONFIG.read_text("utf-8"))["repos"]
    assert repository["repo"] == "local"
    hooks = {hook["id"]: hook for hook in repository["hooks"]}
    assert set(hooks) == set(BAD) | {"mypy"}  # make test asks for types itself
    assert {hook["language"] for hook in hooks.values()} <= {"system", "fail"}
