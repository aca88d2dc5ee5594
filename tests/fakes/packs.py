"""Tiny ONNX files with the outside of a pack's models, for tests of installing them."""

import hashlib
import zipfile
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from face_rec.models.packs.catalogue import OfficialPack, PackFile
from face_rec.models.packs.liveness_pack import LivenessPack, TextureFile, write_manifest

DETECTION = "eyes.onnx"
RECOGNITION = "brain.onnx"


def write_detector(path: Path, side: int | str = "size") -> Path:
    """Nine outputs, as SCRFD with landmarks."""
    names = [f"out{n}" for n in range(9)]
    return _write(path, ["n", 3, side, side], names, ["n", 3, "h", "w"])


def write_recogniser(path: Path, side: int = 112, flavour: str = "a", steep: float = 1.0) -> Path:
    """One picture in, one row out, ``steep`` times its mean; ``flavour`` makes other bytes."""
    picture = helper.make_tensor_value_info(f"x{flavour}", TensorProto.FLOAT, ["n", 3, side, side])
    row = helper.make_tensor_value_info("row", TensorProto.FLOAT, ["n", 3])
    nodes = [
        helper.make_node("GlobalAveragePool", [f"x{flavour}"], ["mean"]),
        helper.make_node("Mul", ["mean", "steep"], ["times"]),
        helper.make_node("Flatten", ["times"], ["row"]),
    ]
    times = helper.make_tensor("steep", TensorProto.FLOAT, [1], [steep])
    graph = helper.make_graph(nodes, "g", [picture], [row], [times])
    onnx.save(helper.make_model(graph), path)
    return path


def write_other(path: Path) -> Path:
    """A landmark model of buffalo_l, from outside."""
    return _write(path, [1, 3, 192, 192], ["points"], [1, 3, 192, 192])


def write_pack(folder: Path, flavour: str = "a") -> Path:
    """A folder with one of each, and a model that nobody needs."""
    folder.mkdir(parents=True, exist_ok=True)
    write_detector(folder / DETECTION)
    write_recogniser(folder / RECOGNITION, flavour=flavour)
    write_other(folder / "landmarks.onnx")
    return folder


def zip_of(folder: Path, target: Path, inside: str = "") -> Path:
    """A ZIP of the folder's files, under the folder ``inside`` of the archive."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{inside}{path.name}")
    return target


def official_of(folder: Path, name: str) -> OfficialPack:
    """A catalogue entry for the pack in ``folder``."""
    return OfficialPack(
        name=name,
        title="",
        download=1,
        accuracy="",
        detection_work=1.0,
        recognition_work=1.0,
        efficiency=1.0,
        detection=_described(folder / DETECTION),
        recognition=_described(folder / RECOGNITION),
    )


def _described(path: Path) -> PackFile:
    data = path.read_bytes()
    return PackFile(path.name, len(data), hashlib.sha256(data).hexdigest())


def _write(
    path: Path, shape: list[int | str], names: list[str], out_shape: list[int | str]
) -> Path:
    picture = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, out_shape) for n in names]
    nodes = [helper.make_node("Identity", ["x"], [name]) for name in names]
    onnx.save(helper.make_model(helper.make_graph(nodes, "g", [picture], outputs)), path)
    return path


def liveness_file(path: Path, scale: float, live: int = 1) -> TextureFile:
    """What a liveness pack's manifest says of ``path``; a file of ``write_recogniser(side=80)``
    takes for live what is green (1), blue (0) or red (2)."""
    data = path.read_bytes()
    return TextureFile(path.name, len(data), hashlib.sha256(data).hexdigest(), scale, live)


def write_liveness(
    folder: Path, scales: tuple[float, float] = (2.0, 4.0), live: int = 1, steep: float = 1.0
) -> Path:
    """A folder with two liveness models and their manifest; the less ``steep``, the more shades
    there are between live and not."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for flavour, scale in zip("ab", scales, strict=True):
        path = write_recogniser(folder / f"{flavour}.onnx", 80, flavour, steep)
        files.append(liveness_file(path, scale, live))
    write_manifest(LivenessPack(folder.name, folder, tuple(files), "For tests only."))
    return folder
