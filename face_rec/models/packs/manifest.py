"""What a pack is, and the manifest that says what its files must be."""

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from face_rec.domain.errors import ModelError, PackBroken
from face_rec.files import write_durable
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.models.packs.catalogue import (
    PREPROCESSING,
    DetectorKind,
    PackFile,
    Preprocessing,
    official_with,
)
from face_rec.models.scores.calibration import Point, ScoreCalibration, calibration_of
from face_rec.models.terms.model_facts import UNSAID, Licence

MANIFEST = "manifest.json"
_FORMAT = 1
UNFIT: Final = (
    OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError
)  # fmt: skip
"""What reading a manifest raises that is none, or is damaged."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


YUNET_OUTPUTS = tuple(
    f"{answer}_{stride}" for answer in ("cls", "obj", "bbox", "kps") for stride in (8, 16, 32)
)
"""What YuNet calls its answers; nothing else has these names."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack on disk; ``measured`` are points of a calibration made here. ``shown``: what its
    manifest says that the recogniser wants to be shown; None where it says nothing. ``stated``:
    the licence that it states."""

    name: str
    folder: Path
    detection: PackFile
    recognition: PackFile
    installed_at: datetime | None = None
    measured: tuple[Point, ...] = ()
    detector: DetectorKind = DetectorKind.SCRFD
    shown: Preprocessing | None = None
    stated: Licence | None = None

    @property
    def custom(self) -> bool:
        """Whether these are other weights than those of a published pack."""
        return official_with(self.detection, self.recognition) is None

    @property
    def licence(self) -> Licence:
        """The published one where the weights are; what the manifest states of others."""
        official = official_with(self.detection, self.recognition)
        return official.licence if official else self.stated or UNSAID

    @property
    def preprocessing(self) -> Preprocessing | None:
        """What the recogniser wants to be shown; None: InsightFace reads it from the graph."""
        return self.shown or PREPROCESSING.get(self.recognition.sha256)

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
            sentence(
                "'{name}' cannot name a pack: use up to 64 letters, digits, '_', '-' and '.'.",
                name=name,
            )
        )
    return name


def write_manifest(pack: Pack) -> None:
    """Put ``pack``'s manifest into its folder, atomically."""
    content = {
        "format": _FORMAT,
        "name": pack.name,
        "origin": "custom" if pack.custom else "official",
        "installed_at": pack.installed_at.isoformat() if pack.installed_at else None,
        "detection": {**dataclasses.asdict(pack.detection), "kind": str(pack.detector)},
        "recognition": {
            **dataclasses.asdict(pack.recognition),
            **({"input": dataclasses.asdict(pack.shown)} if pack.shown else {}),
        },
        "calibration": [dataclasses.asdict(point) for point in pack.measured],
        **({"licence": dataclasses.asdict(pack.stated)} if pack.stated else {}),
    }
    write_durable(pack.folder / MANIFEST, json.dumps(content, indent=1).encode())


def read_manifest(folder: Path) -> Pack:
    """The pack of a folder that has a manifest; raises PackBroken."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return _understood(folder, content)
    except (*UNFIT, PackBroken) as error:
        raise PackBroken(
            sentence(
                "The manifest in {folder} cannot be understood; install the pack again.",
                folder=folder,
            )
        ) from error


def with_description(pack: Pack) -> Pack:
    """``pack`` with what a manifest in its folder says that no graph tells: what the recogniser
    wants to be shown, the licence, a calibration. Whoever publishes weights may write one with
    only these. Raises PackBroken if it cannot be understood, or is that of other files."""
    path = pack.folder / MANIFEST
    if not path.is_file():
        return pack
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        _same_files(pack, content)
        shown, stated, measured = _said(content)
    except (*UNFIT, PackBroken) as error:
        raise PackBroken(
            sentence(
                "The {manifest} that came with the models cannot be understood "
                "({error}). Leave it out, or mend it (see docs/models.md).",
                manifest=MANIFEST,
                error=error,
            )
        ) from error
    return dataclasses.replace(pack, shown=shown, stated=stated, measured=measured)


def _same_files(pack: Pack, content: Mapping[str, Any]) -> None:
    for role, file in (("detection", pack.detection), ("recognition", pack.recognition)):
        digest = content.get(role, {}).get("sha256", file.sha256)
        if digest != file.sha256:
            raise PackBroken(
                sentence(
                    "its {role} model has the sha256 {digest}, the file another one",
                    role=role,
                    digest=digest,
                )
            )


def _said(
    content: Mapping[str, Any],
) -> tuple[Preprocessing | None, Licence | None, tuple[Point, ...]]:
    """What a manifest may say or leave out."""
    shown, stated = content.get("recognition", {}).get("input"), content.get("licence")
    measured = tuple(
        Point(float(point["far"]), float(point["cosine"]))
        for point in content.get("calibration", ())
    )
    return _preprocessing(shown) if shown else None, _licence(stated) if stated else None, measured


def _preprocessing(content: Mapping[str, Any]) -> Preprocessing:
    shown = Preprocessing(
        float(content["mean"]), float(content["std"]), str(content.get("colours", "RGB"))
    )
    if shown.colours not in {"RGB", "BGR"} or not shown.std > 0:
        raise PackBroken(
            sentence(
                "a recogniser shown ({colours} - {mean}) / {std}",
                colours=shown.colours,
                mean=shown.mean,
                std=shown.std,
            )
        )
    return shown


def _licence(content: Mapping[str, Any]) -> Licence:
    companies, text = content.get("companies"), str(content["text"])
    if not (companies is None or isinstance(companies, bool)) or not text:
        raise PackBroken(msgid("a licence needs a text, and companies as true or false"))
    if companies is None:
        return Licence(None, UNSAID.short, text)
    short = (
        msgid("A company may use it, as its manifest states")
        if companies
        else msgid("A company may not use it without asking")
    )
    return Licence(companies, short, text)


def _understood(folder: Path, content: dict[str, Any]) -> Pack:
    if content["format"] != _FORMAT:
        raise PackBroken(sentence("manifest format {value}", value=content["format"]))
    installed_at = content["installed_at"]
    shown, stated, measured = _said(content)
    return Pack(
        name=folder.resolve().name,
        folder=folder,
        detection=_file(content["detection"]),
        recognition=_file(content["recognition"]),
        installed_at=datetime.fromisoformat(installed_at) if installed_at else None,
        measured=measured,
        detector=DetectorKind(content["detection"].get("kind", DetectorKind.SCRFD)),
        shown=shown,
        stated=stated,
    )


def _file(content: dict[str, Any]) -> PackFile:
    file = PackFile(str(content["name"]), int(content["bytes"]), str(content["sha256"]))
    if Path(file.name).name != file.name:
        raise PackBroken(sentence("{name} points out of the pack", name=file.name))
    return file
