"""A power cut of the machine that keeps journals: a layer over the files notes what was fsynced,
and afterwards no more than that is sure to be there."""

import json
import os
import random
from pathlib import Path
from typing import Any, Final

from face_rec import files
from face_rec.stores.journal.journal_folder import KEPT
from face_rec.stores.journal.journal_segment import SUFFIX

_NOTES: Final = ".fsynced"


def recorded(folder: Path) -> None:
    """From now on this process notes beside ``folder`` what it has had fsynced in it. What is
    noted outlives the process, as what it has written does."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    ours = folder
    # Before the folder: what is in it is noted from the beginning.
    notes = os.open(_notes(folder), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    sync_file, sync_folder = files.sync_file, files.sync_folder

    def file_noted(descriptor: int) -> None:
        found = os.fstat(descriptor)  # before: what is written meanwhile may not be covered
        sync_file(descriptor)
        _note(notes, {"file": found.st_ino, "size": found.st_size})

    def folder_noted(folder: Path) -> None:
        names = {path.name: path.stat().st_ino for path in _journals(folder)}
        sync_folder(folder)
        if folder == ours:
            _note(notes, {"names": names})

    files.sync_file, files.sync_folder = file_noted, folder_noted


def cut(folder: Path, dice: random.Random) -> None:
    """All processes of the machine are dead. Of what was appended to a journal and not fsynced, a
    part may be there, cut anywhere; a name that was not fsynced is the old one, or gone, or the
    new one."""
    if not folder.exists():  # nobody has begun there yet
        return
    sizes, names = _read(folder)
    for path in _journals(folder):
        number = path.stat().st_ino
        written = path.stat().st_size
        least = min(sizes.get(number, 0), written)
        os.truncate(path, dice.randint(least, written))
        before = next((name for name, known in names.items() if known == number), None)
        if before != path.name and dice.random() < 0.5:
            if before is None:
                path.unlink()
            else:
                path.rename(folder / before)
    found = {path.name: path.stat() for path in _journals(folder)}
    lines: list[dict[str, object]] = [
        {"file": one.st_ino, "size": one.st_size} for one in found.values()
    ]
    lines.append({"names": {name: one.st_ino for name, one in found.items()}})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    _notes(folder).write_text(text, encoding="ascii")


def _read(folder: Path) -> tuple[dict[int, int], dict[str, int]]:
    """By a file's number, how much of it is fsynced; and the names that are."""
    sizes: dict[int, int] = {}
    names: dict[str, int] = {}
    for line in _notes(folder).read_text(encoding="ascii").splitlines():
        said: dict[str, Any] = json.loads(line)
        if "names" in said:
            names = said["names"]
        else:
            sizes[said["file"]] = said["size"]
    return sizes, names


def _note(notes: int, what: dict[str, object]) -> None:
    os.write(notes, json.dumps(what).encode() + b"\n")


def _notes(folder: Path) -> Path:
    return folder.with_name(folder.name + _NOTES)


def _journals(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix in {SUFFIX, KEPT}]
