"""Installed packs: where they are, what they must hold, whether they still do.

A pack is a detection and a recognition model. An installed one lies in
``DATA_DIR/models/<name>/`` with a manifest of ours; any other folder with one of each is a
pack as well, told by its graphs.
"""

import dataclasses
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from face_rec.errors import ModelError, PackBroken, PackMissing
from face_rec.models.calibration import Point, ScoreCalibration, calibration_of
from face_rec.models.catalogue import OFFICIAL, PackFile, is_official
from face_rec.models.digests import Digests, write_atomically
from face_rec.models.roles import Role, role_of

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
_FORMAT = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack on disk; ``measured`` are points of a calibration made here."""

    name: str
    folder: Path
    detection: PackFile
    recognition: PackFile
    installed_at: datetime | None = None
    measured: tuple[Point, ...] = ()

    @property
    def custom(self) -> bool:
        """Whether these are other weights than those of a published pack."""
        return not is_official(self.detection, self.recognition)

    @property
    def files(self) -> tuple[PackFile, PackFile]:
        return (self.detection, self.recognition)

    @property
    def calibration(self) -> ScoreCalibration:
        return calibration_of(self.recognition.sha256, self.measured)

    def path(self, file: PackFile) -> Path:
        return self.folder / file.name


def checked_name(name: str) -> str:
    """``name`` if a pack may be called so; raises ModelError."""
    if not _NAME.fullmatch(name):
        raise ModelError(
            f"'{name}' cannot name a pack: use up to 64 letters, digits, '_', '-' and '.'."
        )
    return name


def write_manifest(pack: Pack) -> None:
    """Put ``pack``'s manifest into its folder, atomically."""
    content = {
        "format": _FORMAT,
        "name": pack.name,
        "origin": "custom" if pack.custom else "official",
        "installed_at": pack.installed_at.isoformat() if pack.installed_at else None,
        "detection": dataclasses.asdict(pack.detection),
        "recognition": dataclasses.asdict(pack.recognition),
        "calibration": [dataclasses.asdict(point) for point in pack.measured],
    }
    write_atomically(pack.folder / MANIFEST, json.dumps(content, indent=1))


def read_manifest(folder: Path) -> Pack:
    """The pack of a folder that has a manifest; raises PackBroken."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return _understood(folder, content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, PackBroken) as error:
        raise PackBroken(
            f"The manifest in {folder} cannot be understood; install the pack again."
        ) from error


def _understood(folder: Path, content: dict[str, Any]) -> Pack:
    if content["format"] != _FORMAT:
        raise PackBroken(f"manifest format {content['format']}")
    installed_at = content["installed_at"]
    return Pack(
        name=folder.resolve().name,
        folder=folder,
        detection=_file(content["detection"]),
        recognition=_file(content["recognition"]),
        installed_at=datetime.fromisoformat(installed_at) if installed_at else None,
        measured=tuple(
            Point(float(point["far"]), float(point["cosine"])) for point in content["calibration"]
        ),
    )


def _file(content: dict[str, Any]) -> PackFile:
    file = PackFile(str(content["name"]), int(content["bytes"]), str(content["sha256"]))
    if Path(file.name).name != file.name:
        raise PackBroken(f"{file.name} points out of the pack")
    return file


def folder_pack(folder: Path, digests: Digests) -> Pack:
    """The pack that the ONNX files of ``folder`` make, whatever they are called.

    Raises PackBroken unless exactly one of them detects and one recognises faces.
    """
    paths = sorted(folder.glob("*.onnx"))
    roles = {path: role_of(path) for path in paths}
    detection, recognition = (
        _only(role, [path for path in paths if roles[path] is role], folder)
        for role in (Role.DETECTION, Role.RECOGNITION)
    )
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", folder.resolve().name).strip("-.")[:64] or "custom"
    return Pack(name, folder, _described(detection, digests), _described(recognition, digests))


def _only(role: Role, paths: list[Path], folder: Path) -> Path:
    if len(paths) != 1:
        found = ", ".join(path.name for path in paths) or "none"
        raise PackBroken(
            f"A pack needs exactly one {role.value} model, but {folder} has: {found}. "
            "Leave one SCRFD detector with landmarks and one ArcFace-like recogniser in it."
        )
    return paths[0]


def _described(path: Path, digests: Digests) -> PackFile:
    return PackFile(path.name, path.stat().st_size, digests.of(path))


class PackShelf:
    """The packs under one folder, ``DATA_DIR/models``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.digests = Digests(root / "verified.json")

    def place(self, wanted: str) -> Path:
        """The folder that a MODEL_PACK of ``wanted`` (a name or a path) means."""
        path = Path(wanted).expanduser()
        return self.root / wanted if _NAME.fullmatch(wanted) else path

    def find(self, wanted: str, *, fresh: bool = False) -> Pack:
        """The pack called ``wanted`` (or lying there), verified and fit to be loaded.

        ``fresh``: read every byte again. Raises PackMissing or PackBroken."""
        folder = self.place(wanted)
        if (folder / MANIFEST).is_file():
            pack = read_manifest(folder)
            self.verify(pack, fresh=fresh)
            return pack
        if not folder.is_dir() or not any(folder.glob("*.onnx")):
            raise PackMissing(_how_to_get(wanted, folder))
        return folder_pack(folder, self.digests)

    def installed(self) -> list[Pack]:
        """Packs with a manifest that can be read, by name; their files are not verified."""
        return list(self._readable())

    def names(self) -> list[str]:
        """What is on the shelf, whole or not."""
        return sorted(manifest.parent.name for manifest in self.root.glob(f"[!.]*/{MANIFEST}"))

    def _readable(self) -> Iterator[Pack]:
        for name in self.names():
            try:
                yield read_manifest(self.root / name)
            except PackBroken as error:
                log.warning("pack left out name=%s reason=%s", name, error)

    def verify(self, pack: Pack, *, fresh: bool = False) -> None:
        """Raise PackBroken unless both files are there, whole and unaltered."""
        for file in pack.files:
            path = pack.path(file)
            reason = self._fault(path, file, fresh=fresh)
            if reason:
                raise PackBroken(
                    f"{path} {reason}. Install the pack '{pack.name}' again "
                    f"(python -m face_rec models {_verb(pack)})."
                )

    def _fault(self, path: Path, file: PackFile, *, fresh: bool) -> str:
        if not path.is_file():
            return "is missing"
        if path.stat().st_size != file.bytes:
            return f"has {path.stat().st_size} bytes instead of {file.bytes}"
        if self.digests.of(path, fresh=fresh) != file.sha256:
            return "has been altered (its sha256 is not the expected one)"
        return ""


def _verb(pack: Pack) -> str:
    return f"pull {pack.name}" if pack.name in OFFICIAL and not pack.custom else "import …"


def _how_to_get(wanted: str, folder: Path) -> str:
    if wanted in OFFICIAL:
        return (
            f"The model pack '{wanted}' is not installed. Download it on the Settings page or "
            f"with: python -m face_rec models pull {wanted}"
        )
    return (
        f"There is no model pack at {folder}. Set MODEL_PACK to an installed pack or a folder "
        "with a detection and a recognition model, or import one: "
        "python -m face_rec models import ZIP-or-FOLDER"
    )
