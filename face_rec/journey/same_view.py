"""Sameness: is this another view of a face, or the picture that was looked at already?

Several looks prove something only if each is a view of its own. A frozen camera, or one picture
that is sent again and again, gives one. What is compared is the face's place in the picture: it is
the same view while nothing there changed by more than what coding, brightness or a shift of one
pixel do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Box, Image

SAME: Final = 0.0016
"""One minus the correlation of two patches, up to which they are one view. Measured on faces of 50
to 280 px: the same JPEG coded again at quality 25 to 60 at most 0.0015, brighter by 20 levels
0.0012, with noise of 3 levels 0.0002, shifted by one pixel 0.0002, by half a pixel mostly below
0.002. Of people who stand still before a real camera, a view 0.2 s later is at 0.003 to 0.006 in
the median; three views of their own took 0.5 s (median) and 0.8 s (nine in ten)."""
_BLUR: Final = 1.5
"""Pixels: below the detail of a face, above the grain of a camera and of coding."""
_WIDEST: Final = 160
"""Patches wider than this are halved; more detail tells no more."""
_REACH: Final = 1
"""Pixels (of the patch) that a picture may be shifted by."""
_RIM: Final = 6
"""Pixels around a patch that smoothing draws from: four times the blur."""
_FLAT: Final = 2.0
"""Standard deviation in grey levels below which a patch has nothing to correlate."""

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class FaceView:
    """What a face's place in a picture looked like. ``patch`` is (H, W) grey, already smoothed;
    ``left`` and ``top`` say where it was in a picture of ``width`` px, after ``halvings``."""

    patch: Grey
    left: int
    top: int
    width: int
    halvings: int


def view_of(image: Image, box: Box) -> FaceView | None:
    """The view of ``box`` in ``image`` ((H, W, 3) uint8 BGR); None where nearly nothing of it is
    inside. About 0.5 ms."""
    halvings = _halvings(box.width)
    grey = _grey(image, image.shape[1], halvings)
    height, width = grey.shape
    scale, edge = 2**halvings, _REACH + 1
    left, top = max(edge, int(box.left / scale)), max(edge, int(box.top / scale))
    right, bottom = (
        min(width - edge, int(box.right / scale)),
        min(height - edge, int(box.bottom / scale)),
    )
    if right - left < 4 or bottom - top < 4:
        return None
    return FaceView(_cut(grey, top, bottom, left, right), left, top, image.shape[1], halvings)


def repeated(views: Sequence[FaceView | None], image: Image, same: float = SAME) -> int | None:
    """Which of ``views`` (the newest first to be asked) ``image`` shows again; None: it is another
    view. With ``same`` 0 every view is another one."""
    if same <= 0:
        return None
    for number in reversed(range(len(views))):
        view = views[number]
        if view is not None and difference(view, image) <= same:
            return number
    return None


def difference(view: FaceView, image: Image) -> float:
    """One minus the correlation of ``view`` and the same place in ``image``, at the best shift of
    up to one and a half pixels: 0 for the same picture, whatever its brightness and contrast.

    ``image`` may come in another size (a browser sends smaller pictures over a slow line).
    """
    around = _around(view, _grey(image, view.width, view.halvings))
    if around is None:
        return 1.0
    if float(np.std(view.patch)) < _FLAT or float(np.std(around)) < _FLAT:
        inner = around[_REACH + 1 : -_REACH - 1, _REACH + 1 : -_REACH - 1]
        return 0.0 if float(np.abs(inner.astype(float) - view.patch).mean()) < _FLAT else 1.0
    scores = cv2.matchTemplate(around, view.patch, cv2.TM_CCOEFF_NORMED)
    return max(0.0, 1.0 - _peak(np.asarray(scores, np.float32)))


def _around(view: FaceView, grey: Grey) -> Grey | None:
    """The patch's place with a border; None where the picture has another shape."""
    edge = _REACH + 1
    height, width = view.patch.shape
    top, left = view.top - edge, view.left - edge
    found = _cut(grey, top, top + height + 2 * edge, left, left + width + 2 * edge)
    return found if found.shape == (height + 2 * edge, width + 2 * edge) else None


def _peak(scores: npt.NDArray[np.float32]) -> float:
    """The best correlation, between pixels too: a parabola through its neighbours, at most half a
    pixel away."""
    inner = scores[1:-1, 1:-1]
    y, x = (int(i) + 1 for i in np.unravel_index(int(np.argmax(inner)), inner.shape))
    best = float(scores[y, x])
    pairs = ((scores[y, x - 1], scores[y, x + 1]), (scores[y - 1, x], scores[y + 1, x]))
    return min(1.0, best + sum(_gain(float(a), best, float(b)) for a, b in pairs))


def _gain(before: float, best: float, after: float) -> float:
    bend = 2 * best - before - after
    if bend < 1e-9:
        return 0.0
    offset = min(0.5, max(-0.5, (after - before) / (2 * bend)))
    return offset * (after - before) / 2 - offset * offset * bend / 2


def _halvings(width: float) -> int:
    count = 0
    while width / 2**count > _WIDEST:
        count += 1
    return count


def _grey(image: Image, width: int, halvings: int) -> Grey:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    scale = width / image.shape[1] / 2**halvings
    if scale != 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(grey, np.uint8)


def _cut(grey: Grey, top: int, bottom: int, left: int, right: int) -> Grey:
    """A part, smoothed with what stands around it: else its rim would depend on its size."""
    above, before = min(top, _RIM), min(left, _RIM)
    part = grey[top - above : bottom + _RIM, left - before : right + _RIM]
    smooth = cv2.GaussianBlur(part, (0, 0), _BLUR)
    return np.asarray(smooth[above:, before:][: bottom - top, : right - left], np.uint8)
