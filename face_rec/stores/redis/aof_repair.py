"""An append-only file that Redis refuses to read: repaired on a copy, the original kept aside.

``redis-check-aof --fix`` cuts it at the first command that cannot be read. What was behind that
and is still in a journal of this app is offered again at the start; nothing else comes back.
"""

import json
import logging
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from face_rec import files
from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence
from face_rec.stores.redis.binary import RedisBinary
from face_rec.stores.redis.redis_health import Check

log = logging.getLogger(__name__)

_FOLDER, _FILE = "appendonlydir", "appendonly.aof"  # since Redis 7, before
_REFUSED: Final = "Bad file format reading the append only file"
_NOTE: Final = "repair.json"
ASIDE: Final = "refused-"
"""How folders begin that hold a file as it was; an erasure removes them."""
WORK: Final = ".repair-"
"""How folders begin in which a copy is repaired, before the server starts. An erasure removes what
a process has left that was killed at it."""
_SECONDS: Final = 600.0


def refused(said: str) -> bool:
    """Whether a server ended because of its file; ``said``: the end of its log."""
    return _REFUSED in said


def repair(folder: Path, binary: RedisBinary) -> bool:
    """Put a repaired copy into the place of the file in ``folder``, and the file as it was into
    a folder ``refused-…`` beside it; False where nothing was changed: it could not be done, or
    nothing of the file can be read."""
    name = next((name for name in (_FOLDER, _FILE) if (folder / name).exists()), None)
    if name is None:
        return False
    try:
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=folder))
        try:
            return _repaired(folder, name, work, binary)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        log.error("redis_file_not_repaired reason=%s", error)
        return False


def _repaired(folder: Path, name: str, work: Path, binary: RedisBinary) -> bool:
    original, copy = folder / name, work / name
    if original.is_dir():
        shutil.copytree(original, copy)
    else:
        shutil.copy2(original, copy)
    if not _fixed(copy, binary) or _nothing_left(original, copy):
        return False
    cut = _size(original) - _size(copy)
    aside = folder / f"{ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S}"
    files.make_private(aside)
    for path in copy.rglob("*") if copy.is_dir() else [copy]:
        with path.open("rb") as written:
            files.sync_file(written.fileno())
    _write(aside, {"cut": cut})
    original.rename(aside / name)
    copy.rename(original)
    files.sync_folder(folder)
    log.critical("redis_file_repaired bytes_cut=%d original=%s", cut, aside)
    return True


def _fixed(copy: Path, binary: RedisBinary) -> bool:
    """The server's own file is the tool as well, where it is called by that name."""
    what = next(copy.glob("*.manifest"), copy) if copy.is_dir() else copy
    tool = Path(binary.path).name.replace("-server", "-check-aof")
    ran = subprocess.run(  # noqa: S603 - a path of our own finding
        [tool, "--fix", str(what)], executable=binary.path, input=b"y\n",
        capture_output=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    if ran.returncode:
        log.error("redis_file_not_repaired reason=%s", ran.stdout[-300:].decode(errors="replace"))
    return ran.returncode == 0


def _nothing_left(original: Path, copy: Path) -> bool:
    """Whether a file was cut to nothing: that is no repair, and somebody has to look at it."""
    files_of = [path.relative_to(copy) for path in copy.rglob("*")] if copy.is_dir() else [Path()]
    emptied = [
        name
        for name in files_of
        if not (copy / name).stat().st_size and (original / name).stat().st_size
    ]
    if emptied:
        log.error("redis_file_not_repaired reason=nothing_of_it_can_be_read")
    return bool(emptied)


def _size(path: Path) -> int:
    found = path.rglob("*") if path.is_dir() else [path]
    return sum(one.stat().st_size for one in found if one.is_file())


def note_came_back(folder: Path, marks: int, writes: int) -> None:
    """Of the file in ``folder`` that was repaired last, so many marks and other writes that were
    cut are there again."""
    kept = sorted(folder.glob(f"{ASIDE}*"))
    if kept and (marks or writes):
        known = _told(kept[-1])
        there = {"marks": marks, "writes": writes}
        _write(kept[-1], known | {name: known.get(name, 0) + n for name, n in there.items()})


def _told(aside: Path) -> dict[str, int]:
    """Nothing of a file that a version before this one has repaired."""
    try:
        found = json.loads((aside / _NOTE).read_bytes())
        return {str(name): int(value) for name, value in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write(aside: Path, told: dict[str, int]) -> None:
    try:
        files.write_durable(aside / _NOTE, json.dumps(told).encode())
    except OSError as error:
        log.warning("redis_repair_not_noted reason=%s", error)


def _words(aside: Path, days: str) -> str:
    told = _told(aside)
    marks, writes = told.get("marks", 0), told.get("writes", 0)
    back = (
        sentence(
            "{marks} marks and {writes} other changes came back from this machine's disk",
            marks=Figure(marks), writes=Figure(writes),
        ) if marks or writes else msgid("nothing yet came back from this machine's disk")
    )  # fmt: skip
    if "cut" not in told:
        return sentence("was damaged and repaired ({days}); {back}", days=days, back=back)
    return sentence(
        "was damaged and repaired ({days}), {cut} bytes were cut; {back}",
        days=days, cut=Figure(told["cut"]), back=back,
    )  # fmt: skip


def repaired_check(folder: Path, hours: int) -> Check:
    """A warning while a file that was refused lies in ``folder``. ``hours``: JOURNAL_HOURS."""

    def check() -> HealthCheck:
        kept = sorted(folder.glob(f"{ASIDE}*"))
        if not kept:
            return HealthCheck("database file", ok=True, detail=msgid("never had to be repaired"))
        days = ", ".join(path.name.removeprefix(ASIDE)[:8] for path in kept)
        return HealthCheck(
            "database file", ok=True, detail=_words(kept[-1], days),
            advice=sentence(
                "What stood behind the damage was cut. Marks, people, rules, accounts, "
                "corrections and the audit log of the last {hours} hours come back by themselves, "
                "from this machine's disk; what is older, or was written by another machine, does "
                "not: python -m face_rec verify names what is missing. The file as it was lies in "
                "{folder}: remove that folder when you need it no more.",
                hours=hours, folder=kept[-1],
            ),
            warning=True,
        )  # fmt: skip

    return check
