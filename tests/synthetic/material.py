"""The drawn people and their pack as files, in the folders that real ones come in."""

from pathlib import Path

from tests.data import Material
from tests.synthetic.detector import save_detector
from tests.synthetic.photos import write_people, write_strangers
from tests.synthetic.recogniser import save_recogniser


def write_pack(folder: Path, dimension: int = 512) -> Path:
    """A detector and a recogniser, together some hundred KB; the same bytes every time."""
    folder.mkdir(parents=True)
    save_detector(folder / "detector.onnx")
    save_recogniser(folder / "recogniser.onnx", dimension)
    return folder


def write_material(folder: Path) -> Material:
    """Under a folder that exists."""
    return Material(
        pack=write_pack(folder / "drawn"),
        people=write_people(folder / "people"),
        strangers=write_strangers(folder / "strangers"),
        real=False,
    )
