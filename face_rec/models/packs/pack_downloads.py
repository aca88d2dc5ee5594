"""Downloads of official packs: what breaks off is gone on with, and a process that ends on the way
is noticed by the next."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from face_rec import files
from face_rec.domain.errors import DownloadBroken, ModelError
from face_rec.languages.sentence import sentence
from face_rec.models.packs.catalogue import OFFICIAL, OfficialPack
from face_rec.models.packs.download import Download, fetch, kept_of
from face_rec.models.packs.model_files import unpack_models
from face_rec.protocols.models import Progress

PARTS = ".parts"
"""Where downloads that broke off are kept, to be gone on with."""

Again = Callable[[int, DownloadBroken], bool]
"""Whether a download that has broken off so many times is to be tried again, asked when it is
time to: it may wait."""


def silent(done: int, total: int) -> None:
    """A Progress that tells nobody."""


def give_up(failures: int, error: DownloadBroken) -> bool:  # noqa: ARG001
    """An Again that leaves it to whoever asked for the download."""
    return False


class PackDownloads:
    """``parts``: the folder of what broke off; ``mirror``: the address of a folder from which
    official packs come, instead of where they are published."""

    def __init__(self, parts: Path, mirror: str = "") -> None:
        self._parts = parts
        self._mirror = mirror

    def sources(self, official: OfficialPack) -> tuple[str, ...]:
        """The addresses of what :meth:`bring` downloads."""
        return tuple(official.sources(self._mirror).values())

    def begun(self, official: OfficialPack) -> int:
        """Bytes of ``official`` that came before its download broke off, and are gone on with."""
        return sum(kept_of(one, self._parts) for one in self._wanted(official, self._parts))

    def bring(
        self, official: OfficialPack, folder: Path, progress: Progress, again: Again
    ) -> None:
        """The files of ``official`` into ``folder``; ``progress`` counts bytes. Raises
        ModelError."""
        for failures in itertools.count(1):
            try:
                self._download(official, folder, progress)
            except DownloadBroken as error:
                if not again(failures, error):
                    raise
            else:
                break

    @contextmanager
    def under_way(self, name: str) -> Iterator[None]:
        """While a pack is downloaded, and waits to be tried again, a file beside its parts says
        so. However this ends, that goes; only a process that ends first leaves it. Raises
        ModelError where another one is at it."""
        mark = self._mark(name)
        mark.parent.mkdir(exist_ok=True)
        held = files.open_lock(mark)
        try:
            if not files.lock(held):
                raise ModelError(
                    sentence(
                        "'{name}' is being downloaded by another process of this app. Wait until "
                        "it has ended, and try again.",
                        name=name,
                    )
                )
            try:
                yield
            finally:
                with suppress(PermissionError):  # Windows removes no open file
                    mark.unlink(missing_ok=True)
        finally:
            os.close(held)

    def unfinished(self) -> list[str]:
        """Official packs whose download ran when its process ended: neither done, nor failed, nor
        stopped, and under way nowhere else."""
        return [name for name in OFFICIAL if self._left(self._mark(name))]

    def _mark(self, name: str) -> Path:
        return self._parts / f"{name}.wanted"

    def _left(self, mark: Path) -> bool:
        with suppress(FileNotFoundError), mark.open("r+b") as held:
            return files.lock(held.fileno())
        return False

    def _download(self, official: OfficialPack, folder: Path, progress: Progress) -> None:
        wanted = self._wanted(official, folder)
        fetch(wanted, self._parts, progress)
        if not official.addresses:
            (archive,) = (one.target for one in wanted)
            names = frozenset((official.detection.name, official.recognition.name))
            unpack_models(archive, folder, silent, only=names)
            archive.unlink()

    def _wanted(self, official: OfficialPack, folder: Path) -> list[Download]:
        sizes = {file.name: file.bytes for file in (official.detection, official.recognition)}
        return [
            Download(address, sizes.get(name, 0), folder / name)
            for name, address in official.sources(self._mirror).items()
        ]
