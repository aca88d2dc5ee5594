"""What cannot be used is set aside: kept on disk, counted and shown, and in nobody's way.

Each thing lies in a file of its own, with the reason beside it in a file ``NAME.why``. Moved
back to where it came from it is tried again.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from face_rec.files import make_folder, sync_folder, write_durable

log = logging.getLogger(__name__)

_WHY: Final = ".why"


@dataclass(frozen=True, slots=True)
class SetAside:
    """One thing that was set aside."""

    name: str
    reason: str


class Quarantine:
    """Things set aside in ``folder``, by name; safe for several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, content: bytes, reason: str) -> None:
        """Keep ``content``; the same name again replaces it. Raises OSError."""
        self._note(name, reason)
        write_durable(self.folder / name, content)

    def take(self, path: Path, name: str, reason: str) -> None:
        """Move the file ``path`` here without reading it. Raises OSError."""
        self._note(name, reason)
        path.replace(self.folder / name)
        sync_folder(self.folder)

    def back(self, name: str, folder: Path) -> None:
        """Move a file to where it is tried again. Raises OSError."""
        (self.folder / name).replace(folder / name)
        (self.folder / (name + _WHY)).unlink(missing_ok=True)

    def try_again(self, folder: Path, usable: Callable[[bytes], bool]) -> list[str]:
        """Move back to ``folder`` what is ``usable`` by now; the names. The rest stays, also what
        cannot be read."""
        moved = []
        for one in self.all():
            try:
                if usable((self.folder / one.name).read_bytes()):
                    self.back(one.name, folder)
                    moved.append(one.name)
            except OSError as error:
                log.error("set_aside_unreadable file=%s reason=%s", one.name, error)
        return moved

    def remove(self, name: str) -> None:
        """Delete it for good; no error if it is not here. Raises OSError."""
        (self.folder / name).unlink(missing_ok=True)
        (self.folder / (name + _WHY)).unlink(missing_ok=True)

    def rename(self, name: str, new: str) -> None:
        """No error if it is not here. Raises OSError."""
        for before, after in ((name + _WHY, new + _WHY), (name, new)):
            with suppress(FileNotFoundError):
                (self.folder / before).replace(self.folder / after)

    def all(self) -> list[SetAside]:
        """Everything here, by name."""
        return [SetAside(path.name, _reason(path)) for path in self._files()]

    def __contains__(self, name: str) -> bool:
        return (self.folder / name).exists()

    def __len__(self) -> int:
        return sum(1 for _ in self._files())

    def _note(self, name: str, reason: str) -> None:
        make_folder(self.folder)
        write_durable(self.folder / (name + _WHY), reason.encode() + b"\n")

    def _files(self) -> Iterator[Path]:
        try:
            paths = sorted(self.folder.iterdir())
        except FileNotFoundError:
            return
        yield from (p for p in paths if p.suffix != _WHY and not p.name.startswith("."))


def _reason(path: Path) -> str:
    try:
        return (
            path.with_name(path.name + _WHY).read_text(encoding="utf-8", errors="replace").strip()
        )
    except OSError:
        return ""
