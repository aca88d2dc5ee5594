"""``python -m tests.turns.nods``: what the five landmarks say of heads that look up and down.

Why a kiosk does not ask for it. Rendered heads, filmed once, on whom no limit was chosen.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import numpy as np
import onnxruntime

from face_rec.models.model_service import ModelService
from face_rec.models.runtime.yunet import YuNetDetector
from face_rec.people.photos.quality import pose
from face_rec.protocols.models import Detector
from tests.data import shared_data
from tests.presentations.camera import Sensor
from tests.presentations.heads import Head, Pose, before, room
from tests.presentations.identities import identities
from tests.presentations.species import NEAR
from tests.presentations.studio import Studio

NODS: Final = (0, 10, 15, 20, 35)
"""Degrees up and down."""
TURNS: Final = (30, 40, 50)
"""Degrees to either side, of which a nod may be read that was none."""
_DETECT_AT: Final = 320


@dataclass(frozen=True, slots=True)
class Read:
    """A head turned by ``yaw`` and ``pitch`` (up): by how many degrees its pitch is read to
    differ from its own front."""

    yaw: int
    pitch: int
    says: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.turns.nods")
    parser.add_argument("--people", type=int, default=24)
    options = parser.parse_args()
    poses = [(0, sign * nod) for nod in NODS for sign in ((1, -1) if nod else (1,))]
    poses += [(sign * turn, 0) for turn in TURNS for sign in (1, -1)]
    for name, finder in _finders().items():
        print(name, _table(_reads(finder, options.people, poses), poses), sep="\n")  # noqa: T201


def _finders() -> dict[str, Detector]:
    with TemporaryDirectory() as folder:
        models = ModelService(Path(folder), str(shared_data("models/buffalo_sc"))).load()
    (yunet,) = shared_data("models/yunet").glob("*.onnx")
    session = onnxruntime.InferenceSession(yunet, providers=["CPUExecutionProvider"])
    return {"SCRFD": models.detector, "YuNet": YuNetDetector(session)}


def _reads(finder: Detector, people: int, poses: Sequence[tuple[int, int]]) -> list[Read]:
    found = identities(shared_data("faces/people"), tuning=False)
    studio = Studio(found, shared_data("videos"), finder)
    reads: list[Read] = []
    for number in range(people):
        random = np.random.default_rng([3, number])
        _, head = studio.somebody(random, number)
        reads += _of(head, finder, poses, random)
    return reads


def _of(
    head: Head, finder: Detector, poses: Sequence[tuple[int, int]], random: np.random.Generator
) -> list[Read]:
    sensor, behind = Sensor(random), room(random)

    def pitch(yaw: int, up: int) -> float | None:
        turned = Pose(yaw=yaw, pitch=-up)
        image = sensor(before(behind, head.turned(turned), head.box, turned, NEAR))
        faces = finder.detect(image, _DETECT_AT)
        return pose(faces[0].landmarks)[1] if faces else None

    level = [one for one in (pitch(0, 0) for _ in range(3)) if one is not None]
    seen = ((yaw, up, pitch(yaw, up)) for yaw, up in poses)
    return [
        Read(yaw, up, one - float(np.median(level)))
        for yaw, up, one in seen
        if one is not None and level
    ]


def _table(reads: Sequence[Read], poses: Sequence[tuple[int, int]]) -> str:
    rows = ["| side | up | read: 5 % | 50 % | 95 % |", "|---|---|---|---|---|"]
    for yaw, pitch in poses:
        said = [one.says for one in reads if (one.yaw, one.pitch) == (yaw, pitch)]
        cells = " | ".join(f"{one:.0f}" for one in np.percentile(said, [5, 50, 95]))
        rows.append(f"| {yaw} | {pitch} | {cells} |")
    return "\n".join(rows)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
