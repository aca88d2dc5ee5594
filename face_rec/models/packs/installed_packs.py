"""Installed packs: where they are, what they must hold, whether they still do, and which of them
is wanted.

A pack is a detection and a recognition model. An installed one lies in
``DATA_DIR/models/<name>/`` with a manifest of ours; any other folder with one of each is a
pack as well: what an ONNX file is for is told from its graph and never from its name.
"""

import json
import logging
import re
import warnings
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from face_rec.domain.errors import PackBroken, PackMissing
from face_rec.files import make_folder, write_durable
from face_rec.models.packs.catalogue import OFFICIAL, PackFile
from face_rec.models.packs.digests import Digests
from face_rec.models.packs.manifest import MANIFEST, NAME, Pack, read_manifest

log = logging.getLogger(__name__)

_SCRFD_WITH_LANDMARKS = (9, 15)
"""Outputs: scores, boxes and landmarks at three or five strides."""
_LANDMARK_INPUT = 192
"""InsightFace's 2-D and 3-D landmark models take this; recognition never does."""


class Role(StrEnum):
    DETECTION = "detection"
    RECOGNITION = "recognition"
    OTHER = "other"


def role_of(path: Path) -> Role:
    """Whether ``path`` detects faces, recognises them, or is of no use here.

    Raises PackBroken for a file that is no complete ONNX model, or that keeps its weights in
    other files (they would not be covered by its digest).
    """
    graph = _load(path).graph
    weights = {weight.name for weight in graph.initializer}
    if any(weight.data_location == onnx.TensorProto.EXTERNAL for weight in graph.initializer):
        raise PackBroken(f"{path.name} keeps its weights in other files; save it as one file.")
    inputs = [_shape(value) for value in graph.input if value.name not in weights]
    outputs = [_shape(value) for value in graph.output]
    if len(inputs) != 1 or len(inputs[0]) != 4 or inputs[0][1] != 3:
        return Role.OTHER
    if len(outputs) in _SCRFD_WITH_LANDMARKS:
        return Role.DETECTION
    return Role.RECOGNITION if _recognises(inputs[0], outputs) else Role.OTHER


def _recognises(picture: list[int], outputs: list[list[int]]) -> bool:
    height, width = picture[2:]
    aligned = height == width and height > 0 and (height % 112 == 0 or height % 128 == 0)
    return aligned and height != _LANDMARK_INPUT and len(outputs) == 1 and len(outputs[0]) == 2


def _load(path: Path) -> onnx.ModelProto:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            model = onnx.load_model(str(path), load_external_data=False)
    except (DecodeError, OSError, ValueError) as error:
        raise PackBroken(
            f"{path.name} is no complete ONNX model; download or copy it again."
        ) from error
    if not model.graph.node:
        raise PackBroken(f"{path.name} holds no model; download or copy it again.")
    return model


def _shape(value: onnx.ValueInfoProto) -> list[int]:
    """Sizes of the axes; 0 for one that is only known when it runs."""
    return [int(axis.dim_value) for axis in value.type.tensor_type.shape.dim]


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


class InstalledPacks:
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
        """What there is, whole or not."""
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


class Choice:
    """A choice outlives restarts, but not a change of the setting it was made against:
    who then edits MODEL_PACK gets what they wrote."""

    def __init__(self, path: Path, configured: str) -> None:
        self._path = path
        self._configured = configured

    @property
    def wanted(self) -> str:
        """Name or folder of the pack to use."""
        try:
            made = json.loads(self._path.read_text(encoding="utf-8"))
            valid = made["configured"] == self._configured
            return str(made["chosen"]) if valid else self._configured
        except (OSError, ValueError, KeyError, TypeError):
            return self._configured  # nobody has chosen

    def make(self, name: str) -> None:
        """From now on ``name`` is wanted."""
        make_folder(self._path.parent)
        made = {"configured": self._configured, "chosen": name}
        write_durable(self._path, json.dumps(made).encode())


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
