"""Installed packs: where they are, what they must hold, whether they still do.

A pack is a detection and a recognition model. An installed one lies in
``DATA_DIR/models/<name>/`` with a manifest of ours; any other folder with one of each is a
pack as well, told by its graphs.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from face_rec.domain.errors import PackBroken, PackMissing
from face_rec.models.packs.catalogue import OFFICIAL, PackFile
from face_rec.models.packs.digests import Digests
from face_rec.models.packs.manifest import MANIFEST, NAME, Pack, read_manifest
from face_rec.models.packs.roles import Role, role_of

log = logging.getLogger(__name__)


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
        return self.root / wanted if NAME.fullmatch(wanted) else path

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
            f"The model pack '{wanted}' is not installed. Download it on the Models page or "
            f"with: python -m face_rec models pull {wanted}"
        )
    return (
        f"There is no model pack at {folder}. Set MODEL_PACK to an installed pack or a folder "
        "with a detection and a recognition model, or import one: "
        "python -m face_rec models import ZIP-or-FOLDER"
    )
