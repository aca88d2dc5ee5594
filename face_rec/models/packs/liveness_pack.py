"""Liveness packs: the models that tell a face from a picture of one, and what their files must be.

One lies in ``DATA_DIR/models/<name>/`` with a manifest, or in any folder whose ``*.onnx`` files
are among :data:`KNOWN`. There is none until somebody installs one, and nothing is downloaded.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from face_rec.domain.errors import PackBroken
from face_rec.files import write_durable
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.models.packs.catalogue import PackFile
from face_rec.models.packs.digests import Digests
from face_rec.models.packs.manifest import NAME, UNFIT

MANIFEST: Final = "liveness.json"
_FORMAT: Final = 1
_SCALES: Final = (1.0, 6.0)


@dataclass(frozen=True, slots=True)
class TextureFile:
    """One model: it sees ``scale`` times the detector's box, as 80×80 pixels, and class ``live``
    of its answer is the live one."""

    name: str
    bytes: int
    sha256: str
    scale: float
    live: int = 1

    @property
    def file(self) -> PackFile:
        return PackFile(self.name, self.bytes, self.sha256)


@dataclass(frozen=True, slots=True)
class LivenessPack:
    """Models whose mean is taken. ``licence``: as their publisher states it."""

    name: str
    folder: Path
    models: tuple[TextureFile, ...]
    licence: str

    @property
    def known(self) -> bool:
        """Whether these are files that somebody has measured."""
        return all(one.sha256 in KNOWN for one in self.models)


APACHE: Final = msgid(
    "MiniFASNet V2 and V1SE of Silent-Face-Anti-Spoofing (Minivision AI) are under the Apache "
    "License 2.0."
)
KNOWN: Final[Mapping[str, TextureFile]] = {
    one.sha256: one
    for one in (
        TextureFile(
            "minifasnet_v2_2.7_80x80.onnx",
            1_744_116,
            "23c35d6762dca2a07e17979b0f76263cc9ffea6e3d55c7ded23108a625bd79f7",
            scale=2.7,
        ),
        TextureFile(
            "minifasnet_v1se_4.0_80x80.onnx",
            1_743_284,
            "993e41cad1ca54f02ae4a67bb3f6f41e8091ebc5310f295fa823c51747649384",
            scale=4.0,
        ),
    )
}
"""Models whose crop is known by their digest, so that a folder of them needs no manifest."""


class LivenessPacks:
    """Those under one folder, ``DATA_DIR/models``."""

    def __init__(self, root: Path, digests: Digests) -> None:
        self._root = root
        self._digests = digests

    def place(self, wanted: str) -> Path:
        """The folder that a LIVENESS_PACK of ``wanted`` (a name or a path) means."""
        return self._root / wanted if NAME.fullmatch(wanted) else Path(wanted).expanduser()

    def find(self, wanted: str, *, fresh: bool = False) -> LivenessPack | None:
        """The pack of this name or folder, every file verified; None where there is none.

        ``fresh``: read every byte again. Raises PackBroken."""
        folder = self.place(wanted)
        if not (folder / MANIFEST).is_file() and not any(folder.glob("*.onnx")):
            return None
        return self.read(folder, fresh=fresh)

    def read(self, folder: Path, *, fresh: bool = False) -> LivenessPack:
        """The pack that lies in ``folder``; raises PackBroken."""
        written = (folder / MANIFEST).is_file()
        pack = read_manifest(folder) if written else self._by_digest(folder)
        for one in pack.models:
            self._verify(folder / one.name, one, fresh=fresh)
        return pack

    def _by_digest(self, folder: Path) -> LivenessPack:
        found = []
        for path in sorted(folder.glob("*.onnx")):
            known = KNOWN.get(self._digests.of(path))
            if known is None:
                raise PackBroken(
                    sentence(
                        "{path} is no liveness model that is known here. Leave it "
                        "out, or say in {manifest} what it wants (see "
                        "docs/liveness.md).",
                        path=path,
                        manifest=folder / MANIFEST,
                    )
                )
            found.append(dataclasses.replace(known, name=path.name))
        if not found:
            raise PackBroken(
                sentence(
                    "{folder} holds no *.onnx file. Name the folder with the models.",
                    folder=folder,
                )
            )
        return LivenessPack(folder.resolve().name, folder, tuple(found), APACHE)

    def _verify(self, path: Path, one: TextureFile, *, fresh: bool) -> None:
        reason = self._digests.fault(path, one.bytes, one.sha256, fresh=fresh)
        if not reason:
            return
        raise PackBroken(
            sentence(
                "{path} {reason}. Install the liveness models again (python -m "
                "face_rec models import --liveness FOLDER).",
                path=path,
                reason=reason,
            )
        )


def write_manifest(pack: LivenessPack) -> None:
    """Put ``pack``'s manifest into its folder, atomically."""
    content = {
        "format": _FORMAT,
        "licence": pack.licence,
        "models": [dataclasses.asdict(one) for one in pack.models],
    }
    write_durable(pack.folder / MANIFEST, json.dumps(content, indent=1).encode())


def read_manifest(folder: Path) -> LivenessPack:
    """The pack of a folder that has a manifest, not yet verified; raises PackBroken."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return _understood(folder, content)
    except (*UNFIT, PackBroken) as error:
        raise PackBroken(
            sentence(
                "{file} cannot be understood ({error}); see docs/liveness.md, or "
                "install the liveness models again.",
                file=folder / MANIFEST,
                error=error,
            )
        ) from error


def _understood(folder: Path, content: Mapping[str, Any]) -> LivenessPack:
    models = tuple(_model(one) for one in content["models"])
    if content["format"] != _FORMAT or not models:
        raise PackBroken(
            sentence(
                "format {value}, {number} models", value=content["format"], number=len(models)
            )
        )
    return LivenessPack(folder.resolve().name, folder, models, str(content["licence"]))


def _model(content: Mapping[str, Any]) -> TextureFile:
    one = TextureFile(
        str(content["name"]), int(content["bytes"]), str(content["sha256"]),
        float(content["scale"]), int(content.get("live", 1)),
    )  # fmt: skip
    if Path(one.name).name != one.name:
        raise PackBroken(sentence("{name} points out of the pack", name=one.name))
    if not _SCALES[0] <= one.scale <= _SCALES[1] or one.live < 0:
        raise PackBroken(
            sentence(
                "{name} has a scale of {scale} and class {live}",
                name=one.name,
                scale=one.scale,
                live=one.live,
            )
        )
    return one
