"""A detector with SCRFD's inputs and outputs, whose weights were thought out and not trained.

What it does at every anchor, in a window twice as wide as the anchor: it takes the mass, the
middle and the spread of each colour (face, eyes, nose, lips). A face's box follows from the
spread of all of it, the landmarks from the middle of the nose and from the middle and the long
axis of the two eyes and of the mouth. The score says whether size, place and proportions are
those of a face.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.synthetic.faces import EYE_RADIUS, HALF, MOUTH, NOSE_RADIUS
from tests.synthetic.palette import planes
from tests.synthetic.wires import Graph, Weights, Wire

ANCHORS = {8: (16, 32), 16: (64, 128), 32: (256, 512)}
"""SCRFD's: the widths, px, of the faces that two anchors look for at each place of a stride."""
_CELL = {16: 2, 32: 4, 64: 8, 128: 16, 256: 32, 512: 32}
"""px; at which grain an anchor looks."""
_REACH = 1.05
"""Half a window, in anchors."""
_FACE, _EYES, _NOSE, _LIPS = range(4)
_PARTS = 4
_POWERS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
"""Of x and y in a part's moments."""
_LEAST = 1e-4
"""Mass (anchors²) below which there is nothing to divide by."""
_FACE_AREA = HALF[0] * HALF[1]
"""Areas over π, like those below."""
_BEST = 0.92


@dataclass(frozen=True, slots=True)
class Blob:
    """One colour in a window, lengths in anchors, each (1, 1, H, W). ``wide``, ``mixed`` and
    ``high`` are its variance along x, along both and along y."""

    mass: Wire
    x: Wire
    y: Wire
    wide: Wire
    mixed: Wire
    high: Wire

    def axis(self) -> tuple[Wire, Wire]:
        """From its middle along its long axis, to the right: for two round spots the way to the
        right one, for an ellipse half of that to its focus."""
        spread, mixed = self.wide - self.high, self.mixed * 2.0
        length = (spread * spread + mixed * mixed).of("Sqrt")
        right = ((length + spread) * 0.5).at_least(0.0).of("Sqrt")
        down = ((length - spread) * 0.5).at_least(0.0).of("Sqrt")
        return right, down * self.mixed.of("Sign")


def save_detector(path: Path) -> None:
    """Write the detector: a picture of any size whose sides are multiples of 32."""
    graph = Graph()
    picture = graph.input("picture", [1, 3, "height", "width"])
    shares, _ = planes(picture * 128.0 + 127.5)
    cells = {side: _parts(level) for side, level in _pyramid(shares).items()}
    rows = {
        stride: [_anchor(cells[_CELL[size]], stride, size) for size in sizes]
        for stride, sizes in ANCHORS.items()
    }
    for number, (name, width) in enumerate((("score", 1), ("box", 4), ("landmarks", 10))):
        for stride, found in rows.items():
            wire = _rows([anchor[number] for anchor in found], width)
            graph.output(f"{name}_{stride}", [f"anchors_{stride}", width], wire)
    graph.save(path)


def _parts(shares: Wire) -> Wire:
    """(1, 4, H, W): the whole face, eyes, nose and lips."""
    face = np.array([[1, 1, 1, 1, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]])
    weights = face.astype(np.float32)[..., None, None]
    return shares.conv(weights, np.zeros(_PARTS, np.float32))


def _pyramid(shares: Wire) -> dict[int, Wire]:
    """The colours in cells of 2 to 32 px."""
    cells, levels = shares, {}
    for side in (2, 4, 8, 16, 32):
        cells = cells.of("AveragePool", kernel_shape=[2, 2], strides=[2, 2])
        levels[side] = cells
    return levels


def _anchor(cells: Wire, stride: int, size: int) -> tuple[Wire, Wire, Wire]:
    """Score, box and landmarks as SCRFD gives them, (1, 1 or 4 or 10, H, W)."""
    weights = _window(_CELL[size], size)
    moments = cells.conv(
        weights, np.zeros(len(weights), np.float32), group=_PARTS,
        strides=[stride // _CELL[size]] * 2, pads=[weights.shape[2] // 2] * 4,
    )  # fmt: skip
    face, eyes, nose, lips = (_blob(moments, part) for part in range(_PARTS))
    scale = size / stride
    box = _joined(_box(face, _CELL[size] / size)) * scale
    landmarks = _joined(_landmarks(eyes, nose, lips)) * scale
    return _score(face, eyes, nose, lips), box, landmarks


def _window(cell: int, size: int) -> Weights:
    """(24, 1, K, K): the moments of each part in a window, in anchors, counted from the corner
    pixel of the anchor's place, as SCRFD counts."""
    reach = int(_REACH * size / cell)
    away = (np.arange(-reach, reach + 1) * cell + (cell - 1) / 2) / size
    area = (cell / size) ** 2
    moments = [area * away[None, :] ** i * away[:, None] ** j for i, j in _POWERS]
    return np.stack(moments * _PARTS)[:, None].astype(np.float32)


def _blob(moments: Wire, part: int) -> Blob:
    mass, *sums = (moments.channel(part * len(_POWERS) + n) for n in range(len(_POWERS)))
    x, y, xx, xy, yy = (one / mass.at_least(_LEAST) for one in sums)
    return Blob(mass, x, y, xx - x * x, xy - x * y, yy - y * y)


def _box(face: Blob, cell: float) -> Sequence[Wire]:
    """How far left, up, right and down of the place an ellipse with this spread reaches; a cell
    blurs by its own variance."""
    half_width = ((face.wide - cell**2 / 12) * 4.0).at_least(0.0).of("Sqrt")
    half_height = ((face.high - cell**2 / 12) * 4.0).at_least(0.0).of("Sqrt")
    return (half_width - face.x, half_height - face.y, half_width + face.x, half_height + face.y)


def _landmarks(eyes: Blob, nose: Blob, lips: Blob) -> Sequence[Wire]:
    right, down = eyes.axis()
    end, fall = (way * 2.0 for way in lips.axis())
    return (
        eyes.x - right, eyes.y - down, eyes.x + right, eyes.y + down, nose.x, nose.y,
        lips.x - end, lips.y - fall, lips.x + end, lips.y + fall,
    )  # fmt: skip


def _score(face: Blob, eyes: Blob, nose: Blob, lips: Blob) -> Wire:
    """The poorest of the marks for size, place, shape and proportions."""
    away = face.x * face.x + face.y * face.y
    right, down = eyes.axis()
    between = right * right + down * down
    # How far the mouth is from the eyes, square to the line of the eyes and measured by it.
    fallen = (right * (lips.y - eyes.y) - down * (lips.x - eyes.x)) / between.at_least(_LEAST)
    marks = [
        face.mass.ramp(0.32, 0.40), face.mass.ramp(2.0, 1.6), away.ramp(0.30, 0.16),
        ((face.wide + face.high) / face.mass.at_least(_LEAST)).ramp(0.25, 0.20),
        fallen.ramp(1.0, 1.6), fallen.ramp(5.0, 4.0),
        *_share(eyes, face, 2 * EYE_RADIUS**2), *_share(nose, face, NOSE_RADIUS**2),
        *_share(lips, face, MOUTH[0] * MOUTH[1]),
    ]  # fmt: skip
    poorest = marks[0].of("Min", *marks[1:])
    return poorest * _BEST - away * 0.1


def _share(part: Blob, face: Blob, area: float) -> tuple[Wire, Wire]:
    """Whether ``part`` is as much of the face as ``area`` says, by half or twice."""
    share = part.mass / face.mass.at_least(_LEAST) * (_FACE_AREA / area)
    return share.ramp(0.35, 0.65), share.ramp(2.2, 1.7)


def _joined(channels: Sequence[Wire]) -> Wire:
    return channels[0].of("Concat", *channels[1:], axis=1)


def _rows(anchors: Sequence[Wire], width: int) -> Wire:
    """(places × anchors, width), both anchors of a place one after the other."""
    both = _joined(anchors).of("Transpose", perm=[0, 2, 3, 1])
    return both.of("Reshape", both.graph.constant(np.array([-1, width], np.int64)))
