"""Which commit was measured: a number without it cannot be compared with an older one."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Commit:
    """``id``: the whole hash, "" outside a checkout. ``at``: ISO 8601 with its zone.
    ``changed``: whether files differed from it, so that the figures are not quite its own."""

    id: str = ""
    at: str = ""
    subject: str = ""
    changed: bool = False


def measured(root: Path = ROOT) -> Commit:
    """The commit that ``root`` is checked out at."""
    try:
        found = _git(root, "log", "-1", "--format=%H%n%cI%n%s")
        changed = bool(_git(root, "status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive, or no git
        return Commit()
    commit, at, subject = found.split("\n", 2)
    return Commit(commit, at, subject, changed)


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
