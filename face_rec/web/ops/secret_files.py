"""Files that hold secrets: readable by whom they concern, or remarked."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from face_rec.domain.health import HealthCheck
from face_rec.web.ops.health import Check

_OTHERS: Final = stat.S_IROTH | stat.S_IWOTH
_GROUP: Final = stat.S_IRGRP | stat.S_IWGRP


def open_to_others(path: Path) -> str:
    """Who else may read or write ``path``, in words; empty if nobody, or if there is none.

    A file of root's that the service reads through its group, as ``deploy/install.sh`` makes
    it, is right as it is. Windows has other rights, which are not looked at.
    """
    if os.name == "nt":
        return ""
    try:
        found = path.stat()
    except OSError:
        return ""
    if found.st_mode & _OTHERS:
        return "everybody on this machine"
    through_group = found.st_uid != os.geteuid() and not found.st_mode & stat.S_IWGRP
    if found.st_mode & _GROUP and not through_group:
        return "its group"
    return ""


def remarks(paths: Iterable[Path]) -> Iterator[str]:
    """A sentence for each file that others may read, with what to do."""
    for path in paths:
        if who := open_to_others(path):
            yield f"{path} holds secrets and is open to {who}. Run: chmod 600 {path}"


def secret_files_check(paths: Iterable[Path]) -> Check:
    """A warning: the app works, and whoever has an account here has its keys."""

    def check() -> HealthCheck:
        found = list(remarks(paths))
        if found:
            return HealthCheck(
                "secrets", ok=True, warning=True, detail=f"{len(found)} files are open to others",
                advice=" ".join(found),
            )  # fmt: skip
        return HealthCheck("secrets", ok=True, detail="the files that hold some are private")

    return check
