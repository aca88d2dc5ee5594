"""The app with a catalogue whose recommended pack has the files in ``STAND_IN``: published ones
cannot be had here, and no other files would be taken for them. All else is the app itself."""

import os
import runpy
import sys
from dataclasses import replace
from pathlib import Path

from face_rec.models.packs import catalogue
from face_rec.models.packs.catalogue import OFFICIAL, DetectorKind
from face_rec.models.packs.digests import Digests
from face_rec.models.packs.model_files import folder_pack

VARIABLE = "STAND_IN"
NAME = catalogue.OPENCV_ZOO.name


def _put(folder: Path) -> None:
    data_dir = Path(os.environ["DATA_DIR"])
    data_dir.mkdir(parents=True, exist_ok=True)
    found = folder_pack(folder, Digests(data_dir / "stand-in.json"))
    OFFICIAL[NAME] = replace(
        OFFICIAL[NAME], detection=found.detection, recognition=found.recognition,
        download=found.detection.bytes + found.recognition.bytes, detector=DetectorKind.SCRFD,
        addresses={file.name: f"https://packs.example/{file.name}" for file in found.files},
    )  # fmt: skip


if __name__ == "__main__":
    _put(Path(os.environ.pop(VARIABLE)))
    sys.argv[:] = ["app.py"]
    runpy.run_path("app.py", run_name="__main__")
