"""A disk that may lose what was not fsynced, and fail: what stands under journals in tests."""

import errno
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from face_rec import files
from face_rec.stores.journal.journal_folder import KEPT
from face_rec.stores.journal.journal_segment import SUFFIX


@dataclass(slots=True)
class SimulatedDisk:
    """Notes what each file held when it was fsynced, and which names a folder had; see
    :func:`simulated_disk`. Of one thread."""

    full: bool = False
    """Writes fail half-way."""
    deaf: bool = False
    """Writes are taken, fsync fails."""
    _synced: dict[int, bytes] = field(default_factory=dict)
    _names: dict[Path, dict[str, int]] = field(default_factory=dict)
    _held: list[int] = field(default_factory=list)

    def write(self, descriptor: int, content: bytes) -> None:
        if self.full:
            os.write(descriptor, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        os.write(descriptor, content)

    def sync(self, descriptor: int) -> None:
        if self.deaf:
            raise OSError(errno.EIO, "Input/output error")
        number, path = os.fstat(descriptor).st_ino, Path(f"/proc/self/fd/{descriptor}")
        if number not in self._synced:  # an open file keeps its number for itself
            self._held.append(os.open(path, os.O_RDONLY))
        self._synced[number] = path.read_bytes()

    def sync_folder(self, folder: Path) -> None:
        if self.deaf:
            raise OSError(errno.EIO, "Input/output error")
        self._names[folder] = _numbers(folder)

    def power_cut(self, folder: Path, dice: random.Random) -> None:
        """What is found after the machine came back: all that was fsynced, and of the rest what
        happened to be written. A new name, a renaming and a removal that were not fsynced may
        have happened or not; of what was appended a part may be there, cut anywhere."""
        now, before = _numbers(folder), self._names.get(folder, {})
        content = {n: (folder / name).read_bytes() for name, n in now.items()}
        found: dict[str, bytes] = {}
        for number in {**dict.fromkeys(before.values()), **dict.fromkeys(now.values())}:
            names = [_name_of(number, before), _name_of(number, now)]
            name = dice.choice(names)
            if name is not None:
                found[name] = self._left(number, content.get(number), dice)
        for name in now:
            (folder / name).unlink()
        for number in {*before.values(), *now.values()}:
            self._synced.pop(number, None)
        for name, left in found.items():
            (folder / name).write_bytes(left)
            with (folder / name).open("rb") as file:
                self.sync(file.fileno())
        self.sync_folder(folder)

    def close(self) -> None:
        for descriptor in self._held:
            os.close(descriptor)

    def _left(self, number: int, now: bytes | None, dice: random.Random) -> bytes:
        synced = self._synced.get(number, b"")
        if now is None:
            return synced
        if now.startswith(synced):
            return now[: dice.randint(len(synced), len(now))]
        return dice.choice([synced, now])


def memory_folder() -> str | None:
    """Where files cost no disk; None: wherever temporary files are."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def _numbers(folder: Path) -> dict[str, int]:
    found = {}
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.suffix in {SUFFIX, KEPT}:
                found[path.name] = path.stat().st_ino
    return found


def _name_of(number: int, names: dict[str, int]) -> str | None:
    return next((name for name, known in names.items() if known == number), None)


@contextmanager
def simulated_disk() -> Iterator[SimulatedDisk]:
    """While inside, all files of ours are written and synced by way of the disk that is given."""
    disk = SimulatedDisk()
    was = files.write_all, files.sync_file, files.sync_folder
    files.write_all, files.sync_file, files.sync_folder = disk.write, disk.sync, disk.sync_folder
    try:
        yield disk
    finally:
        files.write_all, files.sync_file, files.sync_folder = was
        disk.close()
