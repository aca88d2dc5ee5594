"""What comes out of a decoder, as the pictures that the journey looks at."""

import numpy as np
from av.video.frame import VideoFrame

from face_rec.cameras.picture import bgr


def test_a_picture_from_a_graphics_card_is_the_one_that_the_processor_makes() -> None:
    """A card hands out NV12 where the processor has planes: the same numbers in another order."""
    planes = np.random.default_rng(7).integers(16, 236, (120 * 3 // 2, 160), dtype=np.uint8)
    decoded = VideoFrame.from_ndarray(planes, format="yuv420p")
    from_card = decoded.reformat(format="nv12")
    assert from_card.format.name == "nv12"
    assert np.array_equal(bgr(from_card), bgr(decoded))


def test_a_picture_is_blue_green_red_in_the_size_that_was_sent() -> None:
    red = np.zeros((90, 160, 3), np.uint8)
    red[:, :, 0] = 255
    picture = bgr(VideoFrame.from_ndarray(red, format="rgb24"))
    assert picture.shape == (90, 160, 3)
    assert picture[45, 80].tolist() == [0, 0, 255]
