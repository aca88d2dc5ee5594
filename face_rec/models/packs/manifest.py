"""What a pack is, and the manifest that says what its files must be."""

import dataclasses
import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from face_rec.domain.errors import ModelError, PackBroken
from face_rec.files import write_durable
from face_rec.models.packs.catalogue import PackFile, is_official
from face_rec.models.scores.calibration import Point, ScoreCalibration, calibration_of

MANIFEST = "manifest.json"
_FORMAT = 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


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
    if not NAME.fullmatch(name):
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
    write_durable(pack.folder / MANIFEST, json.dumps(content, indent=1).encode())


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
