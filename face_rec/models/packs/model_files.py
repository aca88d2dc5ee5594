"""The ONNX files of a pack: out of a ZIP, although nobody vouches for it, and what each is for,
told from its graph and never from its name."""

import re
import warnings
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from face_rec.domain.errors import ArchiveRefused, PackBroken
from face_rec.files import sync_file
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.models.packs.catalogue import DetectorKind, PackFile
from face_rec.models.packs.digests import Digests
from face_rec.models.packs.manifest import MANIFEST, YUNET_OUTPUTS, Pack
from face_rec.protocols.models import Progress
from face_rec.zip_directory import DAMAGED, files_in, opened_zip, path_of

_CHUNK = 1 << 20
MOST_ENTRIES = 500
LARGEST_FILE = 1 << 30
LARGEST_DESCRIPTION = 1 << 16
LARGEST_TOTAL = 2 << 30
"""Bytes once unpacked; buffalo_l, the largest pack with all five models, has 0.34 GB."""
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
        raise PackBroken(
            sentence(
                "{name} keeps its weights in other files; save it as one file.", name=path.name
            )
        )
    inputs = [_shape(value) for value in graph.input if value.name not in weights]
    outputs = [_shape(value) for value in graph.output]
    if len(inputs) != 1 or len(inputs[0]) != 4 or inputs[0][1] != 3:
        return Role.OTHER
    if len(outputs) in _SCRFD_WITH_LANDMARKS or _is_yunet(graph):
        return Role.DETECTION
    return Role.RECOGNITION if _recognises(inputs[0], outputs) else Role.OTHER


def _is_yunet(graph: onnx.GraphProto) -> bool:
    return {value.name for value in graph.output} == set(YUNET_OUTPUTS)


def detector_of(path: Path) -> DetectorKind:
    """Whose outputs the detector ``path`` has; raises what :func:`role_of` raises."""
    return DetectorKind.YUNET if _is_yunet(_load(path).graph) else DetectorKind.SCRFD


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
            sentence(
                "{name} is no complete ONNX model; download or copy it again.", name=path.name
            )
        ) from error
    if not model.graph.node:
        raise PackBroken(
            sentence("{name} holds no model; download or copy it again.", name=path.name)
        )
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
    return Pack(
        name,
        folder,
        _described(detection, digests),
        _described(recognition, digests),
        detector=detector_of(detection),
    )


def _only(role: Role, paths: list[Path], folder: Path) -> Path:
    if len(paths) != 1:
        found = ", ".join(path.name for path in paths) or "none"
        raise PackBroken(
            sentence(
                "A pack needs exactly one {role} model, but {folder} has: "
                "{found}. Leave one detector (SCRFD with landmarks, or YuNet) and "
                "one ArcFace-like recogniser in it.",
                role=role.value,
                folder=folder,
                found=found,
            )
        )
    return paths[0]


def _described(path: Path, digests: Digests) -> PackFile:
    return PackFile(path.name, path.stat().st_size, digests.of(path))


def unpack_models(
    archive: Path, target: Path, progress: Progress, only: frozenset[str] = frozenset()
) -> None:
    """Write every ``*.onnx`` of ``archive`` (or ``only`` these) into ``target`` under its bare
    name, with the manifest that may lie beside them.

    ``progress`` gets (bytes so far, of). Raises ArchiveRefused for anything odd: paths that
    leave the archive, links, encryption, a wrong checksum, or too much of anything.
    """
    try:
        with opened_zip(archive, MOST_ENTRIES) as opened:
            models = [e for e in _models(opened) if not only or _name(e) in only]
            _unpack(opened, models, target, progress)
            if not only:
                _unpack_description(opened, target)
    except DAMAGED as error:
        raise ArchiveRefused(
            msgid("This is no complete ZIP archive; download or make it again.")
        ) from error


def _unpack_description(opened: zipfile.ZipFile, target: Path) -> None:
    for entry in files_in(opened, MOST_ENTRIES):
        if _name(entry) == MANIFEST and entry.file_size <= LARGEST_DESCRIPTION:
            (target / MANIFEST).write_bytes(opened.read(entry))


def _models(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    models = [e for e in files_in(opened, MOST_ENTRIES) if _name(e).lower().endswith(".onnx")]
    names = [_name(entry).lower() for entry in models]
    if not models or len(set(names)) != len(names):
        raise ArchiveRefused(
            msgid("The ZIP must hold the models as *.onnx files of different names.")
        )
    for entry in models:
        if ":" in _name(entry):  # to Windows a stream of another file
            raise ArchiveRefused(
                sentence(
                    "The ZIP holds a model of no usable name: {name}.", name=f"{_name(entry)!r}"
                )
            )
        if entry.file_size > LARGEST_FILE:
            raise ArchiveRefused(
                sentence(
                    "{name} has more than {size} GB.",
                    name=f"{_name(entry)!r}",
                    size=LARGEST_FILE >> 30,
                )
            )
    if sum(entry.file_size for entry in models) > LARGEST_TOTAL:
        raise ArchiveRefused(
            sentence("The ZIP unpacks to more than {size} GB.", size=LARGEST_TOTAL >> 30)
        )
    return models


def _name(entry: zipfile.ZipInfo) -> str:
    return path_of(entry).name


def _unpack(
    opened: zipfile.ZipFile, models: list[zipfile.ZipInfo], target: Path, progress: Progress
) -> None:
    total, done = sum(entry.file_size for entry in models), 0
    for entry in models:
        with opened.open(entry) as source, (target / _name(entry)).open("xb") as sink:
            for size in _copy(source, sink):
                progress(done + size, total)
        done += entry.file_size


def _copy(source: IO[bytes], sink: IO[bytes]) -> Iterator[int]:
    """Copies and makes it last; yields the bytes copied so far.

    zipfile itself gives no byte more than the entry declares, and checks its CRC."""
    done = 0
    while piece := source.read(_CHUNK):
        done += sink.write(piece)
        yield done
    sink.flush()
    sync_file(sink.fileno())
