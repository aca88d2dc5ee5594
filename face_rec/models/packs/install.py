"""Installs packs: pulled from where they are published, or imported from a ZIP or folder.

Whatever happens on the way (no network, a full disk, a killed process), a pack is either
there whole and verified, or not there.
"""

import dataclasses
import logging
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from face_rec.clock import Clock
from face_rec.domain.errors import ModelError, PackBroken
from face_rec.languages.sentence import sentence
from face_rec.models.packs.catalogue import (
    EDIFFIQA,
    EDIFFIQA_ADDRESS,
    OFFICIAL,
    OfficialPack,
)
from face_rec.models.packs.download import Download, fetch
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.packs.liveness_pack import MANIFEST as LIVENESS_MANIFEST
from face_rec.models.packs.liveness_pack import LivenessPack, LivenessPacks
from face_rec.models.packs.liveness_pack import write_manifest as write_liveness_manifest
from face_rec.models.packs.manifest import (
    MANIFEST,
    Pack,
    checked_name,
    read_manifest,
    with_description,
    write_manifest,
)
from face_rec.models.packs.model_files import folder_pack, unpack_models
from face_rec.models.packs.pack_downloads import PARTS, Again, PackDownloads, give_up, silent
from face_rec.protocols.models import Progress

log = logging.getLogger(__name__)

_STAGING = ".incoming-"
QUALITY = "quality"
"""The folder of the quality model."""
_ABANDONED_AFTER = 24 * 3600.0
"""Seconds; a younger staging folder may belong to another process that is still at it."""


class Installer:
    """Adds to the installed packs; ``mirror`` is the address of a folder from which official ones
    come, instead of where they are published."""

    def __init__(self, packs: InstalledPacks, clock: Clock, mirror: str = "") -> None:
        self._packs = packs
        self._clock = clock
        self.downloads = PackDownloads(packs.root / PARTS, mirror)

    def pull(self, name: str, progress: Progress = silent, again: Again = give_up) -> Pack:
        """Download an official pack and install it; ``progress`` counts downloaded bytes. What
        a broken download left is gone on with.

        Raises ModelError (unknown name, no network, full disk) or PackBroken (not the
        published files); the pack installed before, if any, then stays.
        """
        official = OFFICIAL.get(name)
        if official is None:
            raise ModelError(
                sentence(
                    "'{name}' cannot be pulled; official packs are {names}. Other "
                    "weights can be imported: python -m face_rec models import "
                    "ZIP-or-FOLDER",
                    name=name,
                    names=", ".join(OFFICIAL),
                )
            )
        with self._staging() as staging, self.downloads.under_way(name):
            self.downloads.bring(official, staging, progress, again)
            return self._install(self._published(staging, official))

    def import_from(self, source: Path, name: str = "", progress: Progress = silent) -> Pack:
        """Install the pack in a ZIP or folder, under ``name`` (default: what it is called).

        Raises ArchiveRefused, PackBroken, or ModelError if other weights are installed under
        that name already.
        """
        with self._staging() as staging:
            self._collect(source, staging, progress)
            found = with_description(folder_pack(staging, self._packs.digests))
            name = checked_name(name or _called(source))
            return self._install(self._kept_apart(dataclasses.replace(found, name=name)))

    def import_liveness(
        self, source: Path, name: str = "liveness", progress: Progress = silent
    ) -> LivenessPack:
        """Install the liveness models in a ZIP or folder, in the place of those of before.

        Raises ArchiveRefused, PackBroken, or ModelError if a model pack has that name."""
        target = self._packs.root / checked_name(name)
        if (target / MANIFEST).is_file():
            raise ModelError(
                sentence("'{name}' is a model pack; choose another name (--name NAME).", name=name)
            )
        with self._staging() as staging:
            self._collect(source, staging, progress)
            if source.is_dir() and (source / LIVENESS_MANIFEST).is_file():
                shutil.copyfile(source / LIVENESS_MANIFEST, staging / LIVENESS_MANIFEST)
            found = LivenessPacks(self._packs.root, self._packs.digests).read(staging)
            write_liveness_manifest(found)
            self._swap(staging, target)
        log.info("liveness_models_installed name=%s", name)
        return dataclasses.replace(found, name=name, folder=target)

    def pull_quality(self, progress: Progress = silent) -> Path:
        """Download the quality model and put it in its place; returns that. Raises ModelError,
        PackBroken (not the published file)."""
        target = self._packs.root / QUALITY
        with self._staging() as staging:
            path = staging / EDIFFIQA.name
            download = Download(EDIFFIQA_ADDRESS, EDIFFIQA.bytes, path)
            fetch([download], self._packs.root / PARTS, progress)
            reason = self._packs.digests.fault(path, EDIFFIQA.bytes, EDIFFIQA.sha256)
            if reason:
                raise PackBroken(
                    sentence(
                        "What came from {ediffiqa_address} {reason}. Try again later.",
                        ediffiqa_address=EDIFFIQA_ADDRESS,
                        reason=reason,
                    )
                )
            self._swap(staging, target)
        return target

    def recalibrate(self, pack: Pack) -> None:
        """Keep ``pack.measured`` in the manifest of an installed pack; raises ModelError."""
        if not (pack.folder / MANIFEST).is_file():
            raise ModelError(
                sentence(
                    "'{name}' is used from {folder}, which belongs to you; import "
                    "it first (python -m face_rec models import FOLDER), then "
                    "calibrate the copy.",
                    name=pack.name,
                    folder=pack.folder,
                )
            )
        write_manifest(pack)

    # --- steps ---------------------------------------------------------------

    @contextmanager
    def _staging(self) -> Iterator[Path]:
        """A folder on the packs' own disk, so that moving it into place is one step."""
        self._packs.root.mkdir(parents=True, exist_ok=True)
        self._sweep()
        folder = self._packs.root / f"{_STAGING}{secrets.token_hex(8)}"
        folder.mkdir()
        try:
            yield folder
        except OSError as error:
            raise ModelError(
                sentence(
                    "The pack could not be written to {folder}: {why}. Make room there, and let "
                    "the app write to it.",
                    folder=self._packs.root,
                    why=error.strerror or str(error),
                )
            ) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _sweep(self) -> None:
        for folder in self._packs.root.glob(f"{_STAGING}*"):
            if time.time() - folder.stat().st_mtime > _ABANDONED_AFTER:
                shutil.rmtree(folder, ignore_errors=True)

    def _collect(self, source: Path, staging: Path, progress: Progress) -> None:
        if source.is_dir():
            _copy_models(source, staging, progress)
        elif source.is_file():
            unpack_models(source, staging, progress)
        else:
            raise ModelError(
                sentence("There is no {source}; give a ZIP file or a folder.", source=source)
            )

    def _published(self, staging: Path, official: OfficialPack) -> Pack:
        """The official pack in ``staging``, verified against the catalogue."""
        pack = Pack(
            official.name,
            staging,
            official.detection,
            official.recognition,
            detector=official.detector,
        )
        self._packs.verify(pack)
        return pack

    def _kept_apart(self, pack: Pack) -> Pack:
        """``pack``, with the calibration of the one it replaces; raises ModelError if that one
        has other weights: its name would come to mean something else."""
        folder = self._packs.root / pack.name
        if not (folder / MANIFEST).is_file():
            return pack
        try:
            before = read_manifest(folder)
        except PackBroken:
            return pack
        if before.files != pack.files:
            raise ModelError(
                sentence(
                    "A pack called '{name}' with other weights is installed; "
                    "import this one under another name (--name NAME).",
                    name=pack.name,
                )
            )
        return dataclasses.replace(pack, measured=pack.measured or before.measured)

    def _install(self, pack: Pack) -> Pack:
        """Move the staged files of ``pack`` into place in one step."""
        self._drop_others(pack)
        write_manifest(dataclasses.replace(pack, installed_at=self._clock.now()))
        target = self._packs.root / pack.name
        self._swap(pack.folder, target)
        log.info("pack_installed name=%s custom=%s", pack.name, pack.custom)
        return self._packs.find(pack.name)

    def _drop_others(self, pack: Pack) -> None:
        kept = {file.name for file in pack.files}
        for path in pack.folder.iterdir():
            if path.name not in kept:
                path.unlink()

    def _swap(self, staged: Path, target: Path) -> None:
        aside = staged.with_name(f"{staged.name}-old")
        if target.exists():
            target.rename(aside)
        try:
            staged.rename(target)
        except OSError:
            if aside.exists():
                aside.rename(target)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _copy_models(source: Path, staging: Path, progress: Progress) -> None:
    if (source / MANIFEST).is_file():
        shutil.copyfile(source / MANIFEST, staging / MANIFEST)
    paths = sorted(source.glob("*.onnx"))
    total, done = sum(path.stat().st_size for path in paths), 0
    for path in paths:
        shutil.copyfile(path, staging / path.name)
        done += path.stat().st_size
        progress(done, total)


def _called(source: Path) -> str:
    """A name for what lies in ``source``: that of the folder, or of the ZIP without .zip."""
    return source.resolve().name.removesuffix(".zip")
